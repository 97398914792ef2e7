"""Which guideline families a citation names, by rules.

The families and their limits are those of ``corpus/GUIDELINES.md``, section *Issues*.
"""

from __future__ import annotations

import re
from typing import Final

from spacy_imr.labels import FAMILIES, Family

_FLAGS: Final = re.IGNORECASE

# What a party says it did not rely on is cut out before anything is looked for.
_NOT_RELIED_ON: Final = re.compile(
    r"did\s+not\s+(?:base|rely)[^.]{0,60}?\bon\s+(?:the\s+|any\s+)?(?:MTUS|ACOEM|ODG)\b(?:(?!\bbut\b|\bbased\b)[^.;])*"
    r"|(?:(?:which|neither|none)(?:\s+of\s+which)?\s+(?:is|are|being)\s+(?:not\s+)?|not\s+|both\s+|also\s+)?"
    r"(?:a\s+)?part\s+of\s+the\s+(?:MTUS|medical\s+treatment\s+utilization\s+schedule)"
    r"|\bno\s+(?:\w+\s+){0,2}(?:section|part|chapter|provision|guideline)s?\s+of\s+the\s+MTUS"
    r"(?:\s+(?:was|is|being|were)?\s*(?:found\s+)?(?:to\s+be\s+)?(?:applicable|relevant|so))?"
    r"|outside\s+of\s+the\s+MTUS(?:\s+Guidelines?)?"
    r"|(?:the\s+)?(?:MTUS|ACOEM|ODG)(?:\s+(?:Guidelines?|and|or|nor|/|ACOEM|ODG|,)){0,4}\s+"
    r"(?:is|are|was|were)\s+(?:silent|not\s+applicable)[^.]*"
    r"|(?:the\s+)?(?:MTUS|ACOEM|ODG)(?:\s+(?:Guidelines?|and|or|nor|/|ACOEM|ODG|,)){0,4}\s+"
    r"(?:do|does|did)\s+not\s+(?:\w+\s+)?(?:address|apply|cover|mention|discuss|speak)(?:(?!\band\s+(?:based|used|relied)|\bbut\b)[^.;,])*"
    r"|\bno\s+MTUS\s+\w+\s+(?:address|appl)\w*|\bMTUS\s+\w+\s+(?:\w+\s+)?not\s+applicable",
    _FLAGS,
)
_NONE: Final = re.compile(
    r"did\s+not\s+(?:cite|provide|identify|reference|specify|list|use|state|indicate|name)\b[^.]{0,40}?"
    r"(?:evidence|guideline|citation|criteria|source|basis|authority)"
    r"|(?:no|not\s+based\s+on\s+any|did\s+not\s+(?:base|rely)[^.]{0,60}\bon\s+(?:any|a))\s+"
    r"(?:(?:evidence[- ]based|other|medical|specific|applicable|treatment|published)\s+)*"
    r"(?:guideline|evidence|citation|criteria)"
    r"|not\s+(?:cited|given|provided|stated|specified)\b",
    _FLAGS,
)
# The names of sections are no names of guidelines ("General Approaches 2004, Section(s): Initial Approaches to …").
_SECTION_LIST: Final = re.compile(
    r"Section\(?s?\)?\s*:.{0,400}?(?=[,;]?\s+(?:and\s+)?(?:on\s+)?(?:Non-?\s*)?MTUS\b"
    r"|,?\s+and\s+(?:on\s+)?(?:the\s+)?[A-Z][^,.;]{0,60}\b20\d\d|[.;]|$)",
    re.DOTALL,
)
_NON_MTUS: Final = re.compile(r"non\s*-?\s*MTUS\s+(?:citations?|guidelines?|sources?)", _FLAGS)
_ODG: Final = re.compile(r"\bODG\b|official\s+disabilit(?:y|ies)", _FLAGS)

_CHAPTERS: Final = (
    r"(?:Low(?:er)?\s+Back|Neck\s+(?:and|&)\s+Upper\s+Back|Cervical\s+and\s+Thoracic\s+Spine|Shoulder|Elbow|"
    r"Forearm,?\s+Wrist,?\s*(?:and|&)\s+Hand|Hand,?\s+Wrist,?\s*(?:and|&)\s+Forearm|Knee|Ankle\s+(?:and|&)\s+Foot|"
    r"Hip\s+(?:and|&)\s+Groin|Eye|Stress[-\s]+Related|Traumatic\s+Brain\s+Injury|Workplace\s+Mental\s+Health)"
)
_MTUS: Final[dict[Family, re.Pattern[str]]] = {
    "MTUS_CHRONIC_PAIN": re.compile(
        r"chronic\s+pain\s+(?:medical\s+)?(?:treatment|guidelines?|section)|CPMTG|"
        r"MTUS\s+(?:(?:2009|2016)\s+)?chronic\s+pain(?!\s+20(?:1[789]|2\d)|\s+(?:disorders?|chapter))",
        _FLAGS,
    ),
    "MTUS_ACOEM": re.compile(
        r"\bACOEM\b|American\s+College\s+of\s+Occupational|"
        rf"{_CHAPTERS}\s+(?:Complaints?|Conditions?|Disorders?)|"
        rf"MTUS\s+{_CHAPTERS}\b|initial\s+approaches\s+to\s+treatment|cornerstones\s+of\s+disability|"
        r"MTUS\s+(?:\(?effective[^)]*\)?\s+)?(?:Chronic\s+Pain|Opioids)\s+(?:Guideline\s+)?20(?:1[789]|2\d)",
        _FLAGS,
    ),
    "MTUS_POSTSURGICAL": re.compile(
        r"post\s*-?\s*surgical\s+(?:physical\s+)?(?:treatment|medicine|rehab|guideline|therapy|section)",
        _FLAGS,
    ),
    "MTUS_ACUPUNCTURE": re.compile(
        r"acupuncture\s+(?:medical\s+)?(?:treatment|guidelines?|\d{4})|MTUS\s+acupuncture|9792\.24\.1", _FLAGS
    ),
    "MTUS_OTHER": re.compile(
        r"opioids?\s+(?:medical\s+)?treatment|general\s+approaches(?!.{0,40}ACOEM)|formulary|MTUS\s+opioids?\s+guideline|"
        r"(?:based\s+on|and)\s+(?:the\s+)?MTUS\s*[.;]|MTUS,?\s+(?:in\s+general|generally|as\s+a\s+whole|no\s+section)|"
        r"MTUS\s+(?:\(?medical\s+evidence|hierarchy|evidence)|9792\.2[0-1]\b|medical\s+evidence\s+search\s+sequence|strength\s+of\s+evidence",
        _FLAGS,
    ),
}
_MTUS_NAMED: Final = re.compile(r"\bMTUS\b|medical\s+treatment\s+utilization\s+schedule", _FLAGS)
_OTHER: Final = re.compile(
    r"\bFDA\b|food\s+and\s+drug|package\s+insert|prescribing\s+information|\blabel(?:l?ing)?\b|up\s*-?\s*to\s*-?\s*date|"
    r"medscape|pub\s*med|\bNCBI\b|\bNIH\b|\bNLM\b|med\s*line|journal|\bet\s+al\b|cochrane|systematic\s+review|meta-analys|"
    r"\b(?:American|North\s+American|National|International|European|Canadian|Washington|Colorado|New\s+York)\s+"
    r"(?!College\s+of\s+Occupational)[A-Z]|\b(?:AAOS|AAN|AHRQ|APA|ASIPP|NASS|CDC|CMS|NCCN|PDR|JAMA|NEJM|AAFP|ACR|ACC|AHA)\b|"
    r"physicians?['’]?s?\s+desk|textbook|society|internal\s+(?:review\s+)?(?:criteria|guideline|policy)|\bU\.?S\.?C\b|\bact\b|www\.|https?:|\.(?:com|org|gov|edu|net)\b|"
    r"labor\s+code|\bCCR\b(?!\W+(?:section\s+)?9792)|code\s+of\s+regulations(?!\W+(?:section\s+)?9792)|statute|aetna|blue\s+cross|anthem|cigna|milliman|\bMCG\b|interqual|"
    r"medicare|clearinghouse|judg(?:e)?ment|standard\s+of\s+care|literature|article|drugs?\.com|mosby|epocrates|wheeless|"
    r"campbell|harrison|goodman|merck|mayo\s+clinic|wikipedia|web\s*md|drug\s+information|clinical\s+(?:experience|practice)|"
    r"\bmedical\s+(?:policy|disability\s+adv)|\bMDA\b|consensus|study|trial\b",
    _FLAGS,
)


def families(citation: str) -> list[Family]:
    """Families that `citation` relies on, in the order of `FAMILIES`; ``["NONE"]`` if it cites nothing.

    An empty citation gives an empty list.
    """
    if not citation.strip():
        return []
    says_none = bool(_NONE.search(citation))
    text = _SECTION_LIST.sub(" ", _NOT_RELIED_ON.sub(" ", citation))
    marks = list(_NON_MTUS.finditer(text))
    inside = text[: marks[0].start()] if marks else text
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    outside = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=False)]
    found: set[Family] = set()
    # After a source outside the MTUS a new sentence may come back to it.
    for number, part in enumerate(outside):
        back = re.search(r"\.\s+(?:and\s+)?(?:Decision\s+)?(?:also\s+)?based\s+on\s+(?:the\s+)?(?=MTUS)", part, _FLAGS)
        if back:
            inside += " ; " + part[back.end() :]
            outside[number] = part[: back.start()]
    for name, pattern in _MTUS.items():
        if pattern.search(inside):
            found.add(name)
    if not found and _MTUS_NAMED.search(inside):
        found.add("MTUS_OTHER")
    if _ODG.search(inside):
        found.add("ODG")
    if _OTHER.search(_without_named(inside)):
        found.add("OTHER")
    for part in outside:
        odg = bool(_ODG.search(part))
        if odg:
            found.add("ODG")
        if (
            (not odg and re.search(r"\w", part))
            or _OTHER.search(_without_named(part))
            or (_MTUS["MTUS_ACOEM"].search(re.sub(r"(?i)official.*?(?=ACOEM|;|$)", "", part)) and "ACOEM" in part)
        ):
            found.add("OTHER")
    if not found:
        return ["NONE"] if says_none or not re.search(r"\w", text) else ["OTHER"]
    return [name for name in FAMILIES if name in found]


def _without_named(text: str) -> str:
    """`text` without the names and editions of the guidelines that have a family of their own."""
    return re.sub(
        r"(?:official\s+disability\s+guidelines?|ODG(?:\s+guidelines?)?|ACOEM|MTUS|occupational\s+medicine\s+practice\s+guidelines?"
        r"|American\s+College\s+of\s+Occupational\s+and\s+Environmental\s+Medicine)"
        r"(?:\s*\((?:ODG|ACOEM|MTUS)\))?(?:[\s,;(-]*(?:\d+(?:st|nd|rd|th)|second|third|20\d\d|web(?:\s+version)?|on-?line|internet)"
        r"[\s,]*(?:ed(?:ition|\.)?)?[)\s,]*)*",
        " ",
        text,
        flags=_FLAGS,
    )

"""Which guideline families a citation names, by rules.

The families and their limits are those of ``corpus/GUIDELINES.md``, section *Issues*.
"""

from __future__ import annotations

import re
from typing import Final

from spacy_imr.labels import FAMILIES, Family
from spacy_imr.letter.scans import scanned

_FLAGS: Final = re.IGNORECASE

# What a party says it did not rely on is cut out before anything is looked for.
_NOT_RELIED_ON: Final = re.compile(
    r"\bneither\s+(?:the\s+)?MTUS\s+nor\b[^.;]*|(?:the\s+)?MTUS\s+having\s+nothing\b[^.;,]*"
    r"|did\s+not\s+cite\s+(?:any\s+section\s+of\s+the|an?|any)\s+MTUS(?:\s+guidelines?)?"
    rf"|did\s+not\s+(?:{scanned('base')}|rely)[^.]{{0,60}}?\bon\s+(?:the\s+|any\s+)?(?:MTUS|ACOEM|ODG)\b(?:(?!\bbut\b|\bbased\b)[^.;])*"
    r"|(?:(?:which|neither|none)(?:\s+of\s+which)?\s+(?:is|are|being)\s+(?:not\s+)?|not\s+|both\s+|also\s+)?"
    r"(?:a\s+)?part\s+of\s+the\s+(?:MTUS|medical\s+treatment\s+utilization\s+schedule)"
    r"|\bno\s+(?:\w+\s+){0,2}(?:section|part|chapter|provision|guideline)s?\s+of\s+the\s+MTUS"
    r"(?:\s+(?:was|is|being|were)?\s*(?:found\s+)?(?:to\s+be\s+)?(?:applicable|relevant|so))?"
    rf"|{scanned('outside')}\s+of\s+the\s+MTUS(?:\s+Guidelines?)?"
    r"|(?:the\s+)?(?:MTUS|ACOEM|ODG)(?:\s+(?:Guidelines?|and|or|nor|/|ACOEM|ODG|,)){0,4}\s+"
    r"(?:is|are|was|were)\s+(?:silent|not\s+applicable)[^.]*"
    r"|(?:the\s+)?(?:MTUS|ACOEM|ODG)(?:\s+(?:Guidelines?|and|or|nor|/|ACOEM|ODG|,)){0,4}\s+"
    r"(?:do|does|did)\s+not\s+(?:\w+\s+)?(?:address|apply|cover|mention|discuss|speak|provide|contain)(?:(?!\band\s+(?:based|used|relied)|\bbut\b)[^.;,])*"
    r"|\bno\s+MTUS\s+\w+\s+(?:address|appl)\w*|\bMTUS\s+\w+\s+(?:\w+\s+)?not\s+applicable",
    _FLAGS,
)
_NONE: Final = re.compile(
    r"did\s+not\s+(?:cite|provide|identify|reference|specify|list|use|state|indicate|name)\b[^.]{0,40}?"
    rf"(?:{scanned('evidence')}|guideline|citation|criteria|source|basis|authority)"
    r"|did\s+not\s+base[^.]{0,60}\bon\s+the\s+MTUS\s+or\s+any\s+other\s+guideline"
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
_APPROACHES: Final = re.compile(
    r"(?P<name>general\s+approaches)(?:\s+20\d\d)?\s*[:,]\s+(?:initial\s+approaches\s+to|cornerstones)\b[^.;,]*"
    r"|(?P<other>post\s*-?\s*surgical\s+treatment\s+guidelines?),?\s+general\s+approaches",
    _FLAGS,
)
_NON_MTUS: Final = re.compile(rf"non\s*-?\s*MTUS\s+(?:{scanned('citation')}s?|guidelines?|sources?)", _FLAGS)
_ODG: Final = re.compile(r"\bODG\b|official\s+disabilit(?:y|ies)", _FLAGS)

_CHAPTERS: Final = (
    r"(?:Low(?:er)?\s+Back|Neck\s+(?:and|&)\s+Upper\s+Back|Cervical\s+and\s+Thoracic\s+Spine|Shoulder|Elbow|"
    r"Forearm,?\s+Wrist,?\s*(?:and|&)\s+Hand|Hand,?\s+Wrist,?\s*(?:and|&)\s+Forearm|Knee|Ankle\s+(?:and|&)\s+Foot|"
    r"Hip\s+(?:and|&)\s+Groin|Eye|Occupational/Work-?Related\s+Asthma|Stress[-\s]+Related|Traumatic\s+Brain\s+Injury|Workplace\s+Mental\s+Health)"
)
# The MTUS named beside its chapters, and no chapter of its own behind it.
_MTUS_ALONE: Final = (
    r"(?:the\s+)?(?:MTUS|medical\s+treatment\s+utilization\s+schedule(?:\s*\(MTUS\))?)\s*"
    r"(?:[.;]|$|\((?:no|section|part)\b|,\s*(?:(?:no|section|part|without|general\s+provisions|drug\s+monitoring)\b))"
)
_MTUS: Final[dict[Family, re.Pattern[str]]] = {
    "MTUS_CHRONIC_PAIN": re.compile(
        rf"{scanned('chronic')}\s+pain\s+(?:medical|treatment|guidelines?|section)|CPMTG|"
        r"MTUS\s+(?:(?:2009|2016)\s+)?chronic\s+pain(?!\s+20(?:1[789]|2\d)|\s+(?:disorders?|chapter))",
        _FLAGS,
    ),
    "MTUS_ACOEM": re.compile(
        r"\bACOEM\b|American\s+College\s+of\s+Occupational|"
        rf"{_CHAPTERS}\s+(?:Complaints?|Conditions?|Disorders?)|"
        rf"MTUS\s+{_CHAPTERS}\b|initial\s+approaches\s+to\s+treatment|cornerstones\s+of\s+disability|"
        r"general\s+approach\s+to\s+initial\s+assessment|independent\s+medical\s+examinations\s+and\s+consultations|"
        r"MTUS\s+(?:\(?effective[^)]*\)?\s+)?(?:Chronic\s+Pain|Opioids)\s+(?:(?:Disorders?|Guideline)\s+)?20(?:1[789]|2\d)",
        _FLAGS,
    ),
    "MTUS_POSTSURGICAL": re.compile(
        r"post\s*-?\s*surgical\s+(?:physical\s+)?(?:treatment|medicine|rehab|guideline|therapy|section)",
        _FLAGS,
    ),
    "MTUS_ACUPUNCTURE": re.compile(
        rf"{scanned('acupuncture')}\s+(?:{scanned('medical')}\s+)?(?:treatment|guidelines?|\d{4})|MTUS\s+acupuncture|9792\.24\.1",
        _FLAGS,
    ),
    "MTUS_OTHER": re.compile(
        r"opioids?\s+(?:medical\s+)?treatment|general\s+approaches(?!.{0,40}ACOEM)|formulary|MTUS\s+opioids?\s+guideline|"
        rf"(?:based\s+on|\band(?:\s+on)?|[;,])\s+{_MTUS_ALONE}|MTUS,?\s+(?:in\s+general|generally|as\s+a\s+whole|no\s+section)|"
        r"MTUS\s+(?:\(?medical\s+evidence|hierarchy|evidence)|9792\.2[0-1]\b(?!\s*[-–])|medical\s+evidence\s+search\s+sequence|strength\s+of\s+evidence",
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
    r"campbell|harrison|goodman|merck|mayo\s+clinic|wikipedia|web\s*md|drug\s+information|clinical\s+(?:experience|practice|polic)|"
    r"\d(?:st|nd|rd|th)\s+ed(?:ition\b|\.)|AMA\s+Guides|\bBeers\b|\bCFR\b|medical\s+board|practice\s+guidance|recommended\s+policy|"
    r"technology\s+assessment|policy\s+bulletin|\binstitute\b|\binitiative\b|lab\s*tests\s*online|patient\s+placement|"
    r"(?-i:[A-Z]\w+(?:['’]s|s['’])\s+[A-Z]\w+|[A-Z][a-z]+\s+[A-Z]{2}(?:,\s+[A-Z][a-z]+\s+[A-Z]{1,2}\b|\.\s+[A-Z][a-z]+\s+[a-z])|\bJ\s+[A-Z][a-z]+)|association|\bmanual\b(?!\s+(?:therapy|medicine|muscle|physical))|"
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
    text = _SECTION_LIST.sub(" ", _APPROACHES.sub(_first_name, _NOT_RELIED_ON.sub(" ", citation)))
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


def _first_name(match: re.Match[str]) -> str:
    return match["name"] or match["other"]


def _without_named(text: str) -> str:
    """`text` without the names and editions of the guidelines that have a family of their own."""
    return re.sub(
        r"(?:official\s+disability\s+guidelines?|ODG(?:\s+guidelines?)?(?:\s+by\s+MCG)?|ACOEM(?:\s+(?:practice\s+)?guidelines?)?|MTUS|occupational\s+medicine\s+practice\s+guidelines?"
        r"|American\s+College\s+of\s+Occupational\s+and\s+Environmental\s+Medicine(?:\s*\(ACOEM\))?(?:\s+(?:occupational\s+medicine\s+)?(?:practice\s+)?guidelines?)?)"
        r"(?:\s*\((?:ODG|ACOEM|MTUS)\))?(?:[\s,;(-]*(?:\d+(?:st|nd|rd|th)|second|third|20\d\d|web(?:\s+version)?|on-?line|internet)"
        r"[\s,]*(?:ed(?:ition|\.)?)?[)\s,]*)*",
        " ",
        text,
        flags=_FLAGS,
    )

"""The grammar of the letters: every heading and label, stated once.

A pattern is written as the state prints it. `heading` turns it into a regular expression in which any white space
may stand between two words (none, a space, a line break), letter case is free, and letters that a scanner takes for
one another stand for one another.
"""

from __future__ import annotations

import re
from typing import Final

from spacy_imr.letter.scans import scanned


def heading(words: str) -> str:
    """Source of a regular expression for `words`, each as printed or misread: white space between them is free or
    missing.
    """
    return r"\s*".join(scanned(word) for word in words.split())


def any_of(*alternatives: str) -> str:
    """Source of a regular expression for one of several headings."""
    return "(?:" + "|".join(heading(words) for words in alternatives) + ")"


def _at_line(source: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*(?P<heading>{source})(?![^\S\n]*(?-i:[a-z]))", re.IGNORECASE | re.MULTILINE)


def _alone(words: str) -> str:
    """A heading whose words may open a line of running text too: in capitals, or closed by a colon."""
    return rf"(?:{heading(words)}[ \t]*:|(?-i:{heading(words)})(?![ \t]+(?-i:[a-z])))"


# Section headings, at the start of a line. The name of a section is the key.
SECTIONS: Final[dict[str, re.Pattern[str]]] = {
    "how_made": _at_line(any_of("HOW THE IMR FINAL DETERMINATION WAS MADE", "HOW THE IMR DECISION WAS MADE")),
    "credentials": _at_line(
        any_of(
            "The Expert Reviewer has the following credentials:",
            "Medical Qualifications of the Expert Reviewer",
            "MEDICAL REVIEWER QUALIFICATIONS",
        )
    ),
    "case_summary": _at_line(
        any_of("CLINICAL CASE SUMMARY", "Expert Reviewer Case Summary", "CASE SUMMARY") + r"(?:[ \t]*:|(?=[ \t]*$))"
    ),
    "documents_reviewed": _at_line(
        "(?:" + heading("Documents Reviewed for Determination") + r"[ \t]*:?|" + _alone("DOCUMENTS REVIEWED") + ")"
    ),
    "issues": _at_line(
        any_of(
            "IMR ISSUES, DECISIONS AND RATIONALES", "IMR DECISION(S) AND RATIONALE(S)", "IMR DECISIONS AND RATIONALES"
        )
    ),
    "decision": _at_line(any_of("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE")),
    "issue_at_dispute": _at_line("(?:" + _alone("ISSUE AT DISPUTE") + "|" + _alone("ISSUES AT DISPUTE") + ")"),
}


# Labels inside an issue. The colon may be missing where the label begins a line.
def _label(*alternatives: str) -> re.Pattern[str]:
    names = any_of(*alternatives)
    return re.compile(rf"{names}\s{{0,9}}:|^[ \t]*{names}(?=[ \t]*(?:\n|(?-i:[A-Z])))", re.IGNORECASE | re.MULTILINE)


OUTCOME: Final = re.compile(
    r"(?P<tail>\s{1,9}(?:is|are))?(?:\s{0,9}(?P<mark>[:–-])\s{0,9}|\s{1,9})(?P<outcome>(?P<upheld>"
    + scanned("Upheld")
    + ")|"
    + scanned("Overturned")
    + r")\b"
    r"(?:[ \t]*\([^()\n]{0,40}\)|[ \t]+in\s+part\b)?(?=[ \t.]{0,99}(?:\n|$)|\s{1,99}"
    + heading("Claims Administrator")
    + ")",
    re.IGNORECASE,
)
CLAIMS_ADMINISTRATOR: Final = _label("Claims Administrator guideline", "Claims Administrator guidelines")
REVIEWER: Final = _label("MAXIMUS guideline", "MAXIMUS guidelines", "Reviewer guideline")
RATIONALE: Final = _label("Decision rationale")
SET_FORTH: Final = re.compile(
    heading("The Final Determination was based on decisions for the disputed items/services set forth below")
    + r"\s*:?",
    re.IGNORECASE,
)

# A request that was partly authorised: what is in dispute is what remains.
REMAINING: Final = re.compile(
    r"(?:(?:the\s+)?remaining\s+IMR[\s-]*eligible\s+portion\s+of\s+the\s+original\s+request|IMR\s+eligible\.\s+"
    r"The\s+original\s+request)\s*,\s*(?:with\s+)?",
    re.IGNORECASE,
)

# The notices of 2013.
DETERMINED: Final = re.compile(
    r"(?:(?<![\d/.-])(?P<number>\d{1,2})\s*[).]\s*)?" + heading("MAXIMUS Federal Services") + r",?\s*Inc\.?,?\s*"
    + heading("has determined") + r"\s*(?:that\s*)?" + heading("the request") + r"(?:\s*\(s\)|s)?\s*for\s",
    re.IGNORECASE,
)  # fmt: skip
NECESSARY: Final = re.compile(
    r"\s{0,9}\b(?:is|are|was|were|would\s+be)(?:\s*(?P<not>"
    + scanned("not")
    + r"|n['’]t)\b\s*|\s*(?P<run>not))?\s*"
    + heading("medically necessary")
    + r"(?:\s*and\s*appropriate)?",
    re.IGNORECASE,
)
REGARDING: Final = re.compile(
    r"^[ \t]*(?:(?P<number>\d{1,2})\s*[).]\s*)?" + heading("Regarding the request") + r"(?:\s*\(s\)|s)?\s*for\s",
    re.IGNORECASE | re.MULTILINE,
)
RELIED_UPON: Final = re.compile(
    heading("Medical Treatment Guideline") + r"(?:\s*\(s\)|s)?\s*" + heading("Relied Upon by") + r"\s*(?:"
    + heading("the Expert Reviewer to Make His/Her Decision")
    + r"|(?:the\s*)?(?:Medical\s*)?" + heading("Professional Reviewer and Why") + r")\s*:?",
    re.IGNORECASE,
)  # fmt: skip
EXPERT_CITES: Final = re.compile(r"The\s*(?:(?:Expert|Medical|Professional|Physician)\s*)?Reviewer\b", re.IGNORECASE)
RATIONALE_2013: Final = re.compile(
    r"^[ \t]*" + heading("Rationale for the Decision") + r"\s*:?", re.IGNORECASE | re.MULTILINE
)

# The professional reviews.
RATIONALE_WHY: Final = re.compile(
    r"^[ \t]*" + heading("Rationale for why the requested treatment") + r"\s*/?\s*service\s*(?:is|was|are|were)\s*"
    r"(?P<not>" + scanned("not") + r"\s*)?" + heading("medically necessary") + r"\s*:?",
    re.IGNORECASE | re.MULTILINE,
)

# Header block: name of the field, label. A value follows its label on the line or on the next one.
_DATE_VALUE = (
    r"[\s:]*(?P<value>\d{4}-\d{2}-\d{2}|\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}"
    r"|[A-Z][a-z]+\s+\d{1,2},?\s+\d{4})(?!\d)"
)
HEADER_DATES: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(label + _DATE_VALUE, re.IGNORECASE | re.MULTILINE)
    for name, label in {
        "assigned": "(?:" + heading("Date Assigned") + r"|Notice\s+of\s+Assignment\b[^.]{0,150}?\bparties\s+on)",
        "injury": heading("Date of Injury"),
        "decision": r"(?:" + heading("Decision Date") + r"|^[ \t]*Dated\s*:)",
        "ur_denial": heading("UR Denial Date"),
        "application_received": r"Application\s*(?:\w+\s*)?Received",
    }.items()
}
_CASE: Final = r"\bCM\s?(?P<year>\d{2})\s{0,3}-\s{0,3}(?P<serial>\d{6,8})\b"
CASE_NUMBER: Final = re.compile(_CASE, re.IGNORECASE)
# The letter's own number stands behind its label or alone on a line; one in running text may be another case's.
_ALONE: Final = _CASE.replace("?P<", "?P<alone_")
OWN_CASE_NUMBER: Final = re.compile(
    rf"Case\s*Number\s*:?\s*(?P<labelled>{_CASE})|^[ \t]*(?P<alone>{_ALONE})[ \t]*(?:\d{{1,3}})?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
PRIORITY: Final = re.compile(r"\bPriority\s*:?\s*(?P<value>[A-Za-z]+)", re.IGNORECASE)

# Where a letter may begin, and what shows that the one before it has been told.
LETTER_START: Final = re.compile(
    r"^[ \t]*(?:"
    + "|".join(
        (
            r"(?:IMR\s*)?Case\s*Number\s*:\s*CM\S+\s+Date\s*(?:Assigned|of\s*Injury)",
            heading("HOW THE IMR FINAL DETERMINATION WAS MADE"),
            heading("Notice of Independent Medical Review Determination"),
            heading("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE") + r"(?!\(|S)",
            heading("MAXIMUS FEDERAL SERVICES, INC.") + r"\s*\n\s*(?:Notice|Independent)",
            heading("MEDICAL PROFESSIONAL REVIEW"),
        )
    )
    + ")",
    re.IGNORECASE | re.MULTILINE,
)

# Lines that belong to the page and not to the letter. A line of this kind is read as white space.
FURNITURE: Final = re.compile(
    r"^[ \t]*(?:"
    r"(?:page\s+)?\d{1,3}[ \t]+of[ \t]+\d{1,3}"
    r"|page[ \t]+\d{1,3}"
    r"|MAXIMUS[ \t]+Federal[ \t]+Services[ \t]*[-–—][ \t]*CONFIDENTIAL[^\n]{0,40}"
    r"|(?:(?:IMR[ \t]+)?Case[ \t]+Number:?[ \t]*)?CM\d{2}-\d{6,8}[ \t]*(?:\d{1,3}|page[ \t]+\d+(?:[ \t]+of[ \t]+\d+)?)?"
    r")[ \t]*$"
    # A page number alone between empty lines.
    r"|(?<=\n)[ \t]*\n[ \t]*\d{1,2}[ \t]*\n(?=[ \t]*\n)",
    re.IGNORECASE | re.MULTILINE,
)

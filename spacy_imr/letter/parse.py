"""From the text of a letter to its parts, all by offsets into the text as given."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Final

from spacy_imr.letter import patterns as p
from spacy_imr.letter.issues import issues_2013, issues_2014, issues_review, issues_unknown
from spacy_imr.letter.parts import Bounds, Letter, Section, strip

# One character for one: page and line breaks of other kinds are line feeds, hard spaces are spaces.
_PLAIN: Final = str.maketrans(
    {**dict.fromkeys("\f\v\x85\u2028\u2029", "\n"), **dict.fromkeys("\u00a0\u2007\u202f\ufeff", " ")}
)


def plain_breaks(text: str) -> str:
    """`text` with line feeds and plain spaces for every other kind of break and space, character for character."""
    return re.sub(r"\r(?!\n)", "\n", text).replace("\r", " ").translate(_PLAIN)


@lru_cache(maxsize=8)
def mask_furniture(text: str) -> str:
    """`text` with plain breaks and with page furniture blanked out, character for character, so that offsets stay.

    The last few texts are remembered: splitting, parsing and the record each need the masked text of a letter.
    """
    return p.FURNITURE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), plain_breaks(text))


def parse_letter(text: str) -> Letter:
    """Find format, header, sections and issues of one letter.

    Never raises, whatever the text. A text with no heading at all is one issue without item, of format
    ``unknown``.
    """
    clean = mask_furniture(text)
    sections = _sections(clean)
    letter = Letter("unknown", (0, len(text)), sections=sections)
    if p.CLAIMS_ADMINISTRATOR.search(clean) or p.RATIONALE.search(clean):
        has_header = any(p.HEADER_DATES[name].search(clean) for name in ("assigned", "decision"))
        letter.format = "determination_2016" if has_header else "determination_2014"
        if any("decision(s)" in clean[section.heading[0] : section.heading[1]].lower() for section in sections):
            letter.format = "imr_decision"
        letter.issues, letter.warnings = issues_2014(text, clean, sections, has_header)
    elif p.DETERMINED.search(clean) or p.REGARDING.search(clean):
        letter.format = "notice_2013"
        letter.issues, letter.warnings = issues_2013(clean, sections)
    elif p.RATIONALE_WHY.search(clean) or any(section.name == "issue_at_dispute" for section in sections):
        letter.format = "professional_review"
        letter.issues = issues_review(clean, sections)
    else:
        letter.issues = issues_unknown(sections)
    _header(text, clean, letter)
    return letter


def split_letters(text: str) -> list[Bounds]:
    """Bounds of the letters in a text, in order: a letter begins at a heading that only begins letters, once the one
    before it has given a rationale.
    """
    clean = mask_furniture(text)
    told = sorted(
        match.end() for pattern in (p.RATIONALE, p.RATIONALE_2013, p.RATIONALE_WHY) for match in pattern.finditer(clean)
    )
    starts = [0]
    for match in p.LETTER_START.finditer(plain_breaks(text)):
        if bisect_right(told, match.start()) > bisect_right(told, starts[-1]):
            starts.append(match.start())
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def parse_letters(text: str) -> list[Letter]:
    """All letters of a text, with offsets into the whole of it."""
    return [_shifted(parse_letter(text[start:end]), start) for start, end in split_letters(text)]


def _shifted(letter: Letter, by: int) -> Letter:
    if by == 0:
        return letter

    def move(bounds: Bounds | None) -> Bounds | None:
        return (bounds[0] + by, bounds[1] + by) if bounds else None

    letter.bounds = (letter.bounds[0] + by, letter.bounds[1] + by)
    for section in letter.sections:
        section.bounds = (section.bounds[0] + by, section.bounds[1] + by)
        section.heading = (section.heading[0] + by, section.heading[1] + by)
    letter.dates = {name: (start + by, end + by) for name, (start, end) in letter.dates.items()}
    letter.case_number, letter.priority = move(letter.case_number), move(letter.priority)
    for issue in letter.issues:
        issue.item, issue.heading, issue.rationale = move(issue.item), move(issue.heading), move(issue.rationale)
        issue.claims_administrator_citation = move(issue.claims_administrator_citation)
        issue.reviewer_citation = move(issue.reviewer_citation)
    return letter


def _header(text: str, clean: str, letter: Letter) -> None:
    if found := p.OWN_CASE_NUMBER.search(plain_breaks(text)):
        letter.case_number = found.span("labelled" if found["labelled"] else "alone")
    # The header stands before the body: a later "Date of Injury:" belongs to a report that the letter retells.
    ends = [section.heading[0] for section in letter.sections if section.name not in ("decision", "text")]
    ends += [issue.heading[0] for issue in letter.issues[:1] if issue.heading and letter.format != "notice_2013"]
    end = min(ends or [len(text)])
    for name, pattern in p.HEADER_DATES.items():
        if match := pattern.search(clean, 0, end):
            letter.dates[name] = match.span("value")
    if match := p.PRIORITY.search(clean, 0, end):
        letter.priority = match.span("value")


def _sections(text: str) -> list[Section]:
    starts = sorted(
        (match.start("heading"), match.end("heading"), name)
        for name, pattern in p.SECTIONS.items()
        for match in pattern.finditer(text)
    )
    sections = []
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    for (start, begin, name), end in zip(starts, ends, strict=False):
        if bounds := strip(text, begin, end):
            sections.append(Section(name, bounds, (start, begin)))
    if not sections and (bounds := strip(text, 0, len(text))):
        sections.append(Section("text", bounds, (bounds[0], bounds[0])))
    return sections

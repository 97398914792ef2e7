"""From the text of a letter to its parts, all by offsets into the text as given."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from spacy_imr.labels import Outcome
from spacy_imr.letter import patterns as p

Bounds = tuple[int, int]


@dataclass
class Section:
    """A named part of the letter: its bounds, without the heading."""

    name: str
    bounds: Bounds


@dataclass
class Issue:
    """One disputed item; every bound is an offset into the text, None where the letter has no such part."""

    number: int
    item: Bounds | None
    outcome: Outcome | None
    heading: Bounds | None
    claims_administrator_citation: Bounds | None
    reviewer_citation: Bounds | None
    rationale: Bounds | None


@dataclass
class Letter:
    """What the grammar finds in one letter."""

    format: str
    bounds: Bounds
    case_number: Bounds | None = None
    priority: Bounds | None = None
    dates: dict[str, Bounds] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def mask_furniture(text: str) -> str:
    """`text` with page furniture blanked out, character for character, so that offsets stay.

    A case number that stands in the first lines is the letter's own and is kept for `parse_letter` by reading the
    text itself.
    """
    return p.FURNITURE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def strip(text: str, start: int, end: int) -> Bounds | None:
    """`start`, `end` without white space at the edges; None if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def parse_letter(text: str) -> Letter:
    """Find format, header, sections and issues of one letter.

    Never raises, whatever the text. A text with no heading at all is one issue without item, of format
    ``unknown``.
    """
    clean = mask_furniture(text)
    sections = _sections(clean)
    if p.CLAIMS_ADMINISTRATOR.search(clean) or p.RATIONALE.search(clean):
        has_header = any(p.HEADER_DATES[name].search(clean) for name in ("assigned", "decision"))
        name = "determination_2016" if has_header else "determination_2014"
        if any(section.name == "documents_reviewed" for section in sections):
            name = "imr_decision"
        issues = _issues_2014(clean, has_header)
    elif p.DETERMINED.search(clean) or p.REGARDING.search(clean):
        name, issues = "notice_2013", _issues_2013(clean)
    elif p.RATIONALE_WHY.search(clean) or any(section.name == "issue_at_dispute" for section in sections):
        name, issues = "professional_review", _issues_review(clean)
    else:
        name, issues = "unknown", _issues_unknown(clean, sections)
    letter = Letter(name, (0, len(text)), sections=sections, issues=issues)
    _header(text, letter)
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
    for match in p.LETTER_START.finditer(text):
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
    letter.dates = {name: (start + by, end + by) for name, (start, end) in letter.dates.items()}
    letter.case_number, letter.priority = move(letter.case_number), move(letter.priority)
    for issue in letter.issues:
        issue.item, issue.heading, issue.rationale = move(issue.item), move(issue.heading), move(issue.rationale)
        issue.claims_administrator_citation = move(issue.claims_administrator_citation)
        issue.reviewer_citation = move(issue.reviewer_citation)
    return letter


def _header(text: str, letter: Letter) -> None:
    if found := p.OWN_CASE_NUMBER.search(text):
        letter.case_number = found.span("labelled" if found["labelled"] else "alone")
    # The header stands before the body: a later "Date of Injury:" belongs to a report that the letter retells.
    end = min([section.bounds[0] for section in letter.sections if section.name != "decision"] or [len(text)])
    for name, pattern in p.HEADER_DATES.items():
        if match := pattern.search(text, 0, end):
            letter.dates[name] = match.span("value")
    if match := p.PRIORITY.search(text, 0, end):
        letter.priority = match.span("value")


def _sections(text: str) -> list[Section]:
    starts = sorted(
        (match.start("heading"), match.end("heading"), name)
        for name, pattern in p.SECTIONS.items()
        for match in pattern.finditer(text)
    )
    sections = []
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    for (_, begin, name), end in zip(starts, ends, strict=False):
        if bounds := strip(text, begin, end):
            sections.append(Section(name, bounds))
    if not sections and (bounds := strip(text, 0, len(text))):
        sections.append(Section("text", bounds))
    return sections


# --- letters of 2014 and later ---------------------------------------------------------------------------------


def _issues_2014(text: str, has_header: bool) -> list[Issue]:
    """Each issue is anchored at its outcome line, or, where that is missing, at its first guideline label."""
    heading = p.SECTIONS["issues"].search(text)
    begin = heading.end() if heading else 0
    if set_forth := p.SET_FORTH.search(text, begin):
        begin = set_forth.end()
    anchors = _anchors(text, begin)
    double = _line_spaced(text)
    starts = [
        _heading_start(text, anchors[index - 1][2] if index else begin, low, double)
        for index, (low, _, _) in enumerate(anchors)
    ]
    numbered = _numbered(text, starts, anchors, has_header)
    issues = []
    for index, (low, outcome_match, body) in enumerate(anchors):
        # The rationale ends where the heading of the next issue begins.
        high = starts[index + 1] if index + 1 < len(anchors) else len(text)
        heading_start = starts[index]
        item = _item(text, heading_start, low, numbered)
        ca, reviewer, rationale = _parts(text, body, high)
        outcome: Outcome | None = None
        if outcome_match:
            outcome = "UPHELD" if outcome_match["outcome"].lower() == "upheld" else "OVERTURNED"
        heading_end = outcome_match.end() if outcome_match else low
        issues.append(Issue(index + 1, item, outcome, strip(text, heading_start, heading_end), ca, reviewer, rationale))
    return issues


Anchor = tuple[int, "re.Match[str] | None", int]


def _anchors(text: str, begin: int) -> list[Anchor]:
    """For each issue: where its item ends, the match of its outcome, where its body begins."""
    outcomes = list(p.OUTCOME.finditer(text, begin))
    labels = [match.start() for match in p.CLAIMS_ADMINISTRATOR.finditer(text, begin)]
    if not labels:
        labels = [match.start() for match in p.RATIONALE.finditer(text, begin)]
    anchors: list[Anchor] = []
    cursor = 0
    for label in labels:
        before = None
        while cursor < len(outcomes) and outcomes[cursor].start() < label:
            before = outcomes[cursor]
            cursor += 1
        # An outcome belongs to the label that follows it with nothing but white space between.
        if before is not None and not text[before.end() : label].strip(" \t\n\r\f."):
            anchors.append((before.start(), before, label))
        else:
            anchors.append((label, None, label))
    return anchors


_BREAK = re.compile(r"\n[ \t\r\f]*\n\s*")
_SENTENCE_END = re.compile(r"[.!?:][\"'”’)\]]*\s*$")


def _heading_start(text: str, low: int, high: int, double: bool) -> int:
    """Where the heading that ends at `high` begins: after the last paragraph break that is no page break."""
    start = low
    window = max(low, high - 3000)
    chunk = text[window:high]
    breaks = [m for m in _BREAK.finditer(chunk) if not double or m[0].count("\n") > 2]
    for match in reversed(breaks):
        after = chunk[match.end() : match.end() + 1]
        if not after:
            continue
        ended = _SENTENCE_END.search(chunk[: match.start()][-40:])
        if ended or not after.islower():
            return window + match.end()
    if not breaks:
        # No paragraph break survived: the heading begins after the last line that ends a sentence.
        lines = list(re.finditer(r"[^\n]*\n", chunk))
        for line in reversed(lines):
            if _SENTENCE_END.search(line[0].rstrip()[-40:]) and not re.search(r"\brequest\.\s*$", line[0]):
                return window + line.end()
    return start


def _line_spaced(text: str) -> bool:
    """Whether every printed line is followed by an empty one, as in the letters of 2014."""
    sample = text[:20000]
    singles = len(re.findall(r"[^\n\s][ \t]*\n[ \t]*\S", sample))
    doubles = len(re.findall(r"[^\n\s][ \t]*\n[ \t]*\n[ \t]*\S", sample))
    return doubles > 3 * singles


_NUMBER = re.compile(r"\s*(?P<number>\d{1,2})\s*[.)]?\s+(?=\S)")


def _numbered(text: str, starts: list[int], anchors: list[Anchor], has_header: bool) -> bool:
    """Whether the headings count 1, 2, 3; a single 1 counts in a letter without header block too."""
    matches = [_NUMBER.match(text, start, low) for start, (low, _, _) in zip(starts, anchors, strict=True)]
    if not all(match and int(match["number"]) == number for number, match in enumerate(matches, 1)):
        return False
    if len(matches) == 1 and matches[0]:
        return not has_header or matches[0][0].strip() in ("1.", "1)")
    return bool(matches)


def _item(text: str, start: int, end: int, numbered: bool) -> Bounds | None:
    if numbered and (match := _NUMBER.match(text, start, end)):
        start = match.end()
    for remaining in p.REMAINING.finditer(text, start, end):
        start = remaining.end()
    return strip(text, start, end)


def _parts(text: str, body: int, high: int) -> tuple[Bounds | None, Bounds | None, Bounds | None]:
    ca = p.CLAIMS_ADMINISTRATOR.search(text, body, high)
    reviewer = p.REVIEWER.search(text, body, high)
    rationale = p.RATIONALE.search(text, reviewer.end() if reviewer else body, high)
    rationale_start = rationale.start() if rationale else high
    reviewer_start = reviewer.start() if reviewer else rationale_start
    return (
        strip(text, ca.end(), reviewer_start) if ca else None,
        strip(text, reviewer.end(), rationale_start) if reviewer else None,
        strip(text, rationale.end(), high) if rationale else None,
    )


# --- notices of 2013 -------------------------------------------------------------------------------------------


def _issues_2013(text: str) -> list[Issue]:
    decisions: dict[int, tuple[Bounds | None, Outcome | None, Bounds]] = {}
    heads = list(p.DETERMINED.finditer(text))
    for index, head in enumerate(heads):
        high = heads[index + 1].start() if index + 1 < len(heads) else min(len(text), head.end() + 3000)
        verdict = p.NECESSARY.search(text, head.end(), high)
        number = int(head["number"]) if head["number"] else len(decisions) + 1
        if number in decisions:
            break  # the list is printed a second time
        outcome: Outcome | None = None
        if verdict:
            outcome = "UPHELD" if verdict["not"] else "OVERTURNED"
        end = verdict.start() if verdict else high
        decisions[number] = (strip(text, head.end(), end), outcome, (head.start(), verdict.end() if verdict else high))
    bodies = _bodies_2013(text)
    issues = []
    for position, number in enumerate(sorted(set(decisions) | set(bodies)), 1):
        item, outcome, head_bounds = decisions.get(number, (None, None, None))
        regarding, ca, reviewer, rationale = bodies.get(number, (None, None, None, None))
        issues.append(Issue(position, item or regarding, outcome, head_bounds, ca, reviewer, rationale))
    return issues


Body = tuple["Bounds | None", "Bounds | None", "Bounds | None", "Bounds | None"]


def _bodies_2013(text: str) -> dict[int, Body]:
    bodies: dict[int, Body] = {}
    heads = list(p.REGARDING.finditer(text))
    for index, head in enumerate(heads):
        high = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        relied = p.RELIED_UPON.search(text, head.end(), high)
        rationale = p.RATIONALE_2013.search(text, relied.end() if relied else head.end(), high)
        item_end = relied.start() if relied else rationale.start() if rationale else head.end()
        item = strip(text, head.end(), item_end)
        if item and text[item[1] - 1] == ":":
            item = strip(text, item[0], item[1] - 1)
        ca, reviewer = (
            _citations_2013(text, relied.end(), rationale.start() if rationale else high) if relied else (None, None)
        )
        number = int(head["number"]) if head["number"] else index + 1
        bodies.setdefault(number, (item, ca, reviewer, strip(text, rationale.end(), high) if rationale else None))
    return bodies


def _citations_2013(text: str, start: int, end: int) -> tuple[Bounds | None, Bounds | None]:
    """Two citations in running text: the second begins with the first sentence about the reviewer."""
    match = p.EXPERT_CITES.search(text, start, end)
    middle = match.start() if match else end
    return strip(text, start, middle), strip(text, middle, end)


# --- professional reviews, and texts of no known format --------------------------------------------------------


def _issues_review(text: str) -> list[Issue]:
    heads = list(p.SECTIONS["issue_at_dispute"].finditer(text))
    issues = []
    ends = [name for name in p.SECTIONS if name != "issue_at_dispute"]
    for index, head in enumerate(heads or [None]):
        low = head.end() if head else 0
        high = heads[index + 1].start() if head and index + 1 < len(heads) else len(text)
        relied = p.RELIED_UPON.search(text, low, high)
        why = p.RATIONALE_WHY.search(text, relied.end() if relied else low, high)
        stops = [match.start() for name in ends if (match := p.SECTIONS[name].search(text, low, high))]
        stops += [match.start() for match in (relied, why) if match]
        item = strip(text, low, min(stops or [high])) if head else None
        ca, reviewer = _citations_2013(text, relied.end(), why.start() if why else high) if relied else (None, None)
        tail = p.SECTIONS["credentials"].search(text, why.end() if why else low, high)
        issues.append(
            Issue(
                index + 1,
                item,
                ("UPHELD" if why["not"] else "OVERTURNED") if why else None,
                why.span() if why else None,
                ca,
                reviewer,
                strip(text, why.end(), tail.start() if tail else high) if why else None,
            )
        )
    return issues


def _issues_unknown(text: str, sections: list[Section]) -> list[Issue]:
    """A pasted rationale is one issue without item; a text with headings but no issue has none."""
    if len(sections) == 1 and sections[0].name == "text":
        return [Issue(1, None, None, None, None, None, sections[0].bounds)]
    return []

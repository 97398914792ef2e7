"""The disputed issues of a letter, one grammar a format. Texts are masked (`mask_furniture`) unless said otherwise."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from spacy_imr.labels import Outcome
from spacy_imr.letter import patterns as p
from spacy_imr.letter.parts import Bounds, Issue, Section, strip

Parts = tuple[Bounds | None, Bounds | None, Bounds | None]

# --- letters of 2014 and later ---------------------------------------------------------------------------------

# Where an item ends, the match of its outcome, where the body of the issue begins.
Anchor = tuple[int, "re.Match[str] | None", int]


def issues_2014(text: str, clean: str, sections: Sequence[Section], has_header: bool) -> tuple[list[Issue], list[str]]:
    """Issues, and warnings about outcomes that belong to none. `text` is as given, `clean` masked."""
    heading = p.SECTIONS["issues"].search(clean)
    begin = heading.end() if heading else 0
    if set_forth := p.SET_FORTH.search(clean, begin):
        begin = set_forth.end()
    anchors, unused = _anchors(clean, begin)
    spaced = line_spaced(clean)
    lows = [begin] + [_told(clean, body, anchors[n + 1][0]) for n, (_, _, body) in enumerate(anchors[:-1])]
    starts = [_heading_start(text, clean, low, end, spaced) for low, (end, _, _) in zip(lows, anchors, strict=True)]
    counted = _counted(clean, starts, anchors, has_header)
    issues = []
    for index, (end, outcome_match, body) in enumerate(anchors):
        # A rationale ends where the heading of the next issue, or another section, begins.
        high = starts[index + 1] if index + 1 < len(anchors) else _next_section(sections, body, len(clean))
        outcome: Outcome | None = None
        if outcome_match:
            outcome = "UPHELD" if outcome_match["upheld"] else "OVERTURNED"
        whole = strip(clean, starts[index], outcome_match.end() if outcome_match else end)
        item = _item(clean, starts[index], end, counted)
        issues.append(Issue(index + 1, item, outcome, whole, *_parts(clean, body, high)))
    warnings = [f"an outcome at offset {match.start('outcome')} belongs to no issue that was found" for match in unused]
    return issues, warnings


def _anchors(text: str, begin: int) -> tuple[list[Anchor], list[re.Match[str]]]:
    """An issue begins at an outcome that a label follows, or at a label that cannot belong to the issue before it."""
    labels = sorted(
        (match.start(), order)
        for order, pattern in enumerate((p.CLAIMS_ADMINISTRATOR, p.REVIEWER, p.RATIONALE))
        for match in pattern.finditer(text, begin)
    )
    outcomes = list(p.OUTCOME.finditer(text, begin))
    anchors: list[Anchor] = []
    unused = []
    cursor = 0
    last = 3  # the order of the last label of the running issue; 3 opens a new one
    for start, order in labels:
        adjacent = None
        while cursor < len(outcomes) and outcomes[cursor].start() < start:
            if adjacent is not None and adjacent["mark"]:
                unused.append(adjacent)
            adjacent = outcomes[cursor]
            cursor += 1
        if adjacent is not None and text[adjacent.end() : start].strip(" \t\n\f."):
            if adjacent["mark"]:
                unused.append(adjacent)
            adjacent = None
        opens = not text[max(0, text.rfind("\n", 0, start)) : start].strip() or _SENTENCE_END.search(
            text[max(begin, start - 40) : start]
        )
        if adjacent is not None or last == 3 or (opens and order <= last):
            anchors.append((adjacent.start() if adjacent else start, adjacent, start))
        last = order
    unused += [match for match in outcomes[cursor:] if match["mark"]]
    return anchors, unused


def _told(text: str, body: int, high: int) -> int:
    """Where the rationale of the issue at `body` begins: no heading of the next issue stands before that."""
    rationale = p.RATIONALE.search(text, body, high)
    return rationale.end() if rationale else body


_BREAK: Final = re.compile(r"\n[ \t\f]*\n\s*")
_SENTENCE_END: Final = re.compile(r"[.!?:][\"'”’)\]]*\s*$")
_COUNT: Final = re.compile(r"\s*(?P<number>\d{1,2})\s*(?P<mark>[.)])?\s+(?=\S)")
_WINDOW: Final = 3000


def line_spaced(text: str) -> bool:
    """Whether every printed line is followed by an empty one, as in the letters of 2014: lines that stop inside a
    sentence show it.
    """
    gaps = re.findall(r"[A-Za-z,)][ \t]*\n((?:[ \t]*\n)*)[ \t]*[a-z]", text[:20000])
    return len(gaps) > 1 and 2 * sum(bool(gap) for gap in gaps) > len(gaps)


def _heading_start(text: str, clean: str, low: int, high: int, spaced: bool) -> int:
    """Where the heading that ends at `high` begins: after the last break between paragraphs that is no page break."""
    window = max(low, high - _WINDOW)
    chunk = clean[window:high]
    for match in reversed(list(_BREAK.finditer(chunk))):
        after = chunk[match.end() : match.end() + 1]
        if not after:
            continue
        ended = _SENTENCE_END.search(chunk[max(0, match.start() - 40) : match.start()])
        paged = bool(text[window + match.start() : window + match.end()].strip())
        if paged:
            # A page mark parts paragraphs only where one has ended.
            if ended:
                return window + match.end()
        elif spaced and match[0].count("\n") <= 2:
            if _COUNT.match(chunk, match.end()) and ended:
                return window + match.end()
        elif ended or not after.islower():
            return window + match.end()
    return _after_last_sentence(chunk, window, low)


def _after_last_sentence(chunk: str, window: int, low: int) -> int:
    """Where no break helps: after the last line that ends a sentence, or at the last line that opens with a count."""
    for line in reversed(list(re.finditer(r"[^\n]*\n", chunk))):
        opening = _COUNT.match(chunk, line.end())
        if opening and opening["mark"] and line.end() < len(chunk):
            return window + line.end()
        ended = _SENTENCE_END.search(line[0].rstrip()[-40:])
        if ended and not re.search(r"\brequest\.\s*$|\b\w\.\w\.\s*$", line[0]):
            return window + line.end()
    return max(low, window)


def _counted(text: str, starts: Sequence[int], anchors: Sequence[Anchor], has_header: bool) -> bool:
    """Whether bare numbers before the items count them: 1, 2, 3, or a single 1 in a letter without header block."""
    matches = [_COUNT.match(text, start, end) for start, (end, _, _) in zip(starts, anchors, strict=True)]
    if not matches or not all(m and int(m["number"]) == number for number, m in enumerate(matches, 1)):
        return False
    return not has_header or len(matches) > 2


def _item(text: str, start: int, end: int, counted: bool) -> Bounds | None:
    match = _COUNT.match(text, start, end)
    if match and (match["mark"] or counted):
        start = match.end()
    for remaining in p.REMAINING.finditer(text, start, end):
        start = remaining.end()
    return strip(text, start, end)


def _next_section(sections: Sequence[Section], begin: int, end: int) -> int:
    """Where the first section after `begin` has its heading, or `end`."""
    index = bisect_right(sections, begin, key=lambda section: section.heading[0])
    return sections[index].heading[0] if index < len(sections) else end


def _parts(text: str, body: int, high: int) -> Parts:
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

Decision = tuple[Bounds | None, "Outcome | None", Bounds]
Body = tuple["Bounds | None", "Bounds | None", "Bounds | None", "Bounds | None"]


def issues_2013(text: str, sections: Sequence[Section]) -> tuple[list[Issue], list[str]]:
    """Issues from the list of decisions and the bodies below, and warnings where the two printed lists differ."""
    decisions: dict[int, Decision] = {}
    places: dict[str, int] = {}
    warnings = []
    heads = list(p.DETERMINED.finditer(text))
    for index, head in enumerate(heads):
        high = heads[index + 1].start() if index + 1 < len(heads) else min(len(text), head.end() + _WINDOW)
        found = _decision(text, head, high)
        name = "".join(text[slice(*found[0])].lower().split()) if found[0] else ""
        number = int(head["number"]) if head["number"] else places.get(name, len(decisions) + 1)
        places.setdefault(name, number)
        if number not in decisions:
            decisions[number] = found
        elif found[1] and decisions[number][1] not in (None, found[1]):
            warnings.append(f"issue {number}: the letter decides it both ways, {decisions[number][1]} and {found[1]}")
    bodies = _bodies_2013(text, sections)
    issues = []
    for position, number in enumerate(sorted(set(decisions) | set(bodies)), 1):
        item, outcome, head_bounds = decisions.get(number, (None, None, None))
        regarding, ca, reviewer, rationale = bodies.get(number, (None, None, None, None))
        issues.append(Issue(position, item or regarding, outcome, head_bounds, ca, reviewer, rationale))
    return issues, warnings


def _decision(text: str, head: re.Match[str], high: int) -> Decision:
    verdict = p.NECESSARY.search(text, head.end(), high)
    if verdict is None:
        blank = _BREAK.search(text, head.end(), high)
        end = blank.start() if blank else high
        return strip(text, head.end(), end), None, (head.start(), end)
    outcome: Outcome = "UPHELD" if verdict["not"] or verdict["run"] else "OVERTURNED"
    return strip(text, head.end(), verdict.start()), outcome, (head.start(), verdict.end())


def _bodies_2013(text: str, sections: Sequence[Section]) -> dict[int, Body]:
    bodies: dict[int, Body] = {}
    heads = list(p.REGARDING.finditer(text))
    for index, head in enumerate(heads):
        high = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        high = min(high, _next_section(sections, head.end(), high))
        relied = p.RELIED_UPON.search(text, head.end(), high)
        rationale = p.RATIONALE_2013.search(text, relied.end() if relied else head.end(), high)
        item_end = relied.start() if relied else rationale.start() if rationale else head.end()
        item = strip(text, head.end(), item_end)
        if item and text[item[1] - 1] == ":":
            item = strip(text, item[0], item[1] - 1)
        cited = citations(text, relied.end(), rationale.start() if rationale else high) if relied else (None, None)
        number = int(head["number"]) if head["number"] else index + 1
        bodies.setdefault(number, (item, *cited, strip(text, rationale.end(), high) if rationale else None))
    return bodies


def citations(text: str, start: int, end: int) -> tuple[Bounds | None, Bounds | None]:
    """Two citations in running text: the second begins with the first sentence about the reviewer."""
    match = p.EXPERT_CITES.search(text, start, end)
    middle = match.start() if match else end
    return strip(text, start, middle), strip(text, middle, end)


# --- professional reviews, and texts of no known format --------------------------------------------------------


def issues_review(text: str, sections: Sequence[Section]) -> list[Issue]:
    """Issues of a professional review: each opens with what is at dispute; its rationale's heading decides."""
    heads = [section.heading for section in sections if section.name == "issue_at_dispute"]
    issues = []
    for index, (_, low) in enumerate(heads or [(0, 0)]):
        high = heads[index + 1][0] if index + 1 < len(heads) else len(text)
        relied = p.RELIED_UPON.search(text, low, high)
        why = p.RATIONALE_WHY.search(text, relied.end() if relied else low, high)
        stops = [_next_section(sections, low, high), *(match.start() for match in (relied, why) if match)]
        cited = citations(text, relied.end(), why.start() if why else high) if relied else (None, None)
        outcome: Outcome | None = None
        if why:
            outcome = "UPHELD" if why["not"] else "OVERTURNED"
        tail = min(high, _next_section(sections, why.end(), high)) if why else high
        rationale = strip(text, why.end(), tail) if why else None
        item = strip(text, low, min(stops)) if heads else None
        issues.append(Issue(index + 1, item, outcome, why.span() if why else None, *cited, rationale))
    return issues


def issues_unknown(sections: Sequence[Section]) -> list[Issue]:
    """A pasted rationale is one issue without item; a text with headings but no issue has none."""
    if len(sections) == 1 and sections[0].name == "text":
        return [Issue(1, None, None, None, None, None, sections[0].bounds)]
    return []

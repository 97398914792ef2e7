"""The parts of a letter, all by offsets."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy_imr.labels import Outcome

Bounds = tuple[int, int]


@dataclass
class Section:
    """A named part of the letter: its bounds, without the heading, and the heading's own."""

    name: str
    bounds: Bounds
    heading: Bounds


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
    warnings: list[str] = field(default_factory=list)


def strip(text: str, start: int, end: int) -> Bounds | None:
    """`start`, `end` without white space at the edges; None if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None

"""The rows that a run writes: one a letter, one an issue, one an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from spacy_imr.labels import EntityLabel, Family, Outcome
from spacy_imr.letter.people import Sex
from spacy_imr.records import SCHEMA_VERSION, Determination, Issue


class LetterRow(BaseModel):
    """One letter. `source` and `letter` tell it from any other of the run."""

    source: str
    letter: int = Field(description="The letters of a file, counted from 1.")
    schema_version: str = SCHEMA_VERSION
    model: str
    determination: Determination


class IssueRow(BaseModel):
    """One issue of a letter, flat. Texts stand on one line each; lists are in the order of the letter."""

    source: str
    letter: int
    schema_version: str = SCHEMA_VERSION
    model: str
    case_number: str | None
    format: str
    injury_date: str | None = Field(description="ISO 8601, as precise as the letter.")
    decision_date: str | None
    patient_age: int | None
    patient_sex: Sex | None
    reviewer_specialties: list[str]
    number: int
    item: str | None
    procedures: list[str] = Field(description="Of the item, in lower case.")
    medications: list[str] = Field(description="Of the item, in lower case.")
    levels: list[str] = Field(description="Of the item: motion segments (L4-L5), or vertebrae where it names one.")
    outcome: Outcome | None
    outcome_source: str | None
    outcome_confidence: float | None
    review: bool
    claims_administrator_guidelines: list[Family]
    claims_administrator_sections: list[str]
    reviewer_guidelines: list[Family]
    reviewer_sections: list[str]
    rationale: str | None


class ErrorRow(BaseModel):
    """An input that could not be read, or that the pipeline failed on. No text of a letter."""

    source: str
    stage: Literal["read", "pipeline"]
    message: str


def issue_rows(row: LetterRow) -> list[IssueRow]:
    """The issues of a letter."""
    record = row.determination
    dates = record.dates
    return [
        IssueRow(
            source=row.source,
            letter=row.letter,
            model=row.model,
            case_number=record.case_number,
            format=record.format,
            injury_date=dates.injury.value if dates.injury else None,
            decision_date=dates.decision.value if dates.decision else None,
            patient_age=record.patient.age,
            patient_sex=record.patient.sex,
            reviewer_specialties=[text.flat for text in record.reviewer.specialties],
            number=issue.number,
            item=issue.item.flat if issue.item else None,
            procedures=_named(issue, "PROCEDURE"),
            medications=_named(issue, "MEDICATION"),
            levels=_levels(record, issue),
            outcome=issue.outcome,
            outcome_source=issue.outcome_source,
            outcome_confidence=issue.outcome_confidence,
            review=issue.review,
            claims_administrator_guidelines=issue.claims_administrator_guidelines,
            claims_administrator_sections=issue.claims_administrator_sections,
            reviewer_guidelines=issue.reviewer_guidelines,
            reviewer_sections=issue.reviewer_sections,
            rationale=issue.rationale.flat if issue.rationale else None,
        )
        for issue in record.issues
    ]


def _named(issue: Issue, label: EntityLabel) -> list[str]:
    return list(dict.fromkeys(mention.flat.lower() for mention in issue.item_mentions if mention.label == label))


def _levels(record: Determination, issue: Issue) -> list[str]:
    if not issue.item:
        return []
    inside = [level for level in record.spine_levels if issue.item.start <= level.start and level.end <= issue.item.end]
    return list(dict.fromkeys(name for level in inside for name in level.segments or level.vertebrae))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)

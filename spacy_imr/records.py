"""The typed record of a letter. Later versions of the schema only add fields."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from spacy_imr.labels import EntityLabel, Family, Outcome

SCHEMA_VERSION: Final = "0.1"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Record):
    """A piece of the letter: ``letter[start:end] == text``. Offsets count characters of the text as given."""

    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Mention(Text):
    """An entity of the letter."""

    label: EntityLabel


class Issue(_Record):
    """One disputed item or service and how it was decided."""

    number: int = Field(ge=1)
    item: Text | None = Field(description="The disputed item; null where the text has no heading.")
    outcome: Outcome | None = Field(description="UPHELD: the denial stands. OVERTURNED: medically necessary.")
    outcome_source: str | None = Field(description="heading, or the name of the classifier.")
    outcome_probabilities: dict[Outcome, float] = Field(
        default_factory=dict, description="The classifier's reading of the rationale, whatever the heading says."
    )
    rationale: Text | None
    claims_administrator_citation: Text | None
    reviewer_citation: Text | None
    claims_administrator_guidelines: list[Family]
    reviewer_guidelines: list[Family]


class Determination(_Record):
    """One letter."""

    schema_version: str = SCHEMA_VERSION
    case_number: str | None
    format: str
    outcome: str | None = Field(description="UPHELD, OVERTURNED or MIXED; null where no issue has an outcome.")
    issues: list[Issue]
    mentions: list[Mention]
    warnings: list[str] = Field(default_factory=list, description="What a reader should know; empty if nothing.")


def text_at(text: str, bounds: Any) -> Text | None:
    """The piece of `text` between two offsets, or None for None."""
    if bounds is None:
        return None
    start, end = bounds
    return Text(text=text[start:end], start=start, end=end)

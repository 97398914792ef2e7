"""The typed record of a letter. Later versions of the schema only add fields."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from spacy_imr.labels import EntityLabel, Family, Outcome
from spacy_imr.letter.people import Sex
from spacy_imr.normalize.cues import Assertion
from spacy_imr.normalize.dates import Precision
from spacy_imr.relations import Side

SCHEMA_VERSION: Final = "1.0"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Record):
    """A piece of the letter: ``letter[start:end] == text``. Offsets count characters of the text as given."""

    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @property
    def flat(self) -> str:
        """The text on one line."""
        return " ".join(self.text.split())


class Mention(Text):
    """An entity of the letter."""

    label: EntityLabel
    source: Literal["model", "rule"] = Field(description="The trained recogniser, or the notation of dates and levels.")
    confidence: float | None = Field(
        ge=0, le=1, description="Probability that bounds and label are right, by the recogniser; null for a rule."
    )
    section: str = Field(description="Part of the letter: header, case_summary, item, rationale, …")
    page: int | None = Field(ge=1, description="Page of the PDF file; null where the text came without pages.")


class DateMention(Mention):
    """A calendar date."""

    value: str | None = Field(description="ISO 8601, as precise as the letter (2013-12, 2012; --06-12 without a year).")
    precision: Precision | None
    valid: bool = Field(description="False for a date that no calendar has, or that is misprinted.")


class SpineLevelMention(Mention):
    """A level of the spine."""

    vertebrae: list[str] = Field(description="Every vertebra (or root) of the level, ranges filled.")
    segments: list[str] = Field(description="Motion segments, such as L4-L5; empty for a single vertebra.")
    valid: bool = Field(description="False for a level that no spine has, such as L7.")


class AttachedMention(Mention):
    """A mention that has a side and levels."""

    side: Side | None
    levels: list[SpineLevelMention] = Field(description="The levels that stand with this mention.")


class Diagnosis(AttachedMention):
    """A disease, injury, disorder, named pain condition or pathological finding."""

    assertion: Assertion


class Procedure(AttachedMention):
    """A service or item other than a drug."""

    guidance: Text | None = Field(description="Imaging guidance of this procedure, where it is named apart.")


class HeaderDate(Text):
    """A date of the header block or the notice."""

    value: str | None = Field(description="ISO 8601.")
    precision: Precision | None
    valid: bool


class Dates(_Record):
    """Dates of the header, each null where the letter does not give it, and every date mentioned."""

    assigned: HeaderDate | None
    injury: HeaderDate | None
    decision: HeaderDate | None
    ur_denial: HeaderDate | None
    application_received: HeaderDate | None
    mentions: list[DateMention]


class Reviewer(_Record):
    """What the letter says of the reviewer."""

    licensure: list[Text]
    specialties: list[Text]


class Patient(_Record):
    """What the letter says of the patient."""

    age: int | None
    age_text: Text | None
    sex: Sex | None
    sex_text: Text | None


class Issue(_Record):
    """One disputed item or service and how it was decided."""

    number: int = Field(ge=1)
    item: Text | None = Field(description="The disputed item; null where the text has no heading.")
    item_mentions: list[Mention] = Field(description="Entities inside the item.")
    outcome: Outcome | None = Field(description="UPHELD: the denial stands. OVERTURNED: medically necessary.")
    outcome_source: str | None = Field(description="heading, or the name of the classifier; null without an outcome.")
    outcome_confidence: float | None = Field(
        description="1 where the heading says the outcome, else the classifier's probability of it."
    )
    review: bool = Field(description="True where no heading says the outcome and the classifier is not sure.")
    probabilities: dict[str, dict[str, float]] = Field(
        description="What each classifier reads, whatever the letter says, by its name: imr_outcome from "
        "the rationale, imr_reasons from the rationale without its conclusions, …"
    )
    rationale: Text | None
    claims_administrator_citation: Text | None
    claims_administrator_guidelines: list[Family]
    claims_administrator_sections: list[str] = Field(description="Chapters and sections that the citation names.")
    claims_administrator_pages: list[str]
    claims_administrator_guidelines_source: str | None = Field(description="citation, or the name of a classifier.")
    reviewer_citation: Text | None
    reviewer_guidelines: list[Family]
    reviewer_guidelines_source: str | None
    reviewer_sections: list[str]
    reviewer_pages: list[str]


class Determination(_Record):
    """One letter."""

    schema_version: str = SCHEMA_VERSION
    format: str
    case_number: str | None
    priority: str | None
    outcome: Literal["UPHELD", "OVERTURNED", "MIXED"] | None = Field(
        description="MIXED where the issues differ; null where no issue has an outcome."
    )
    dates: Dates
    reviewer: Reviewer
    patient: Patient
    issues: list[Issue]
    diagnoses: list[Diagnosis]
    procedures: list[Procedure]
    medications: list[Mention]
    spine_levels: list[SpineLevelMention]
    warnings: list[str] = Field(description="What a reader should know; empty if nothing.")

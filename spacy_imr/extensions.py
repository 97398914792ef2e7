"""The ``Doc`` attributes of the project. Stored values are plain JSON types, so that a ``Doc`` stays serialisable."""

from __future__ import annotations

from spacy.tokens import Doc

from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.letter.patterns import CASE_NUMBER
from spacy_imr.records import Determination, Issue, Mention, text_at


def register_extensions() -> None:
    """Register ``doc._.letter`` (plain dict, set by `imr_letter`) and ``doc._.determination`` (computed)."""
    Doc.set_extension("letter", default=None, force=True)
    Doc.set_extension("determination", getter=determination, force=True)


def determination(doc: Doc) -> Determination:
    """The record of a letter, built from what the pipeline left in the ``Doc``.

    Raises `ValueError` if the pipeline had no `imr_letter` component.
    """
    letter = doc._.letter
    if letter is None:
        raise ValueError("doc._.determination needs the component 'imr_letter': add it with nlp.add_pipe('imr_letter')")
    text = doc.text
    issues = [_issue(text, issue) for issue in letter["issues"]]
    outcomes = {issue.outcome for issue in issues if issue.outcome}
    return Determination(
        case_number=_case_number(text, letter["case_number"]),
        format=letter["format"],
        outcome=None if not outcomes else outcomes.pop() if len(outcomes) == 1 else "MIXED",
        issues=issues,
        mentions=[
            Mention(text=ent.text, start=ent.start_char, end=ent.end_char, label=ent.label_)
            for ent in doc.ents
            if ent.label_ in ENTITY_LABELS
        ],
        warnings=letter.get("warnings", []),
    )


def _case_number(text: str, bounds: list[int] | None) -> str | None:
    match = CASE_NUMBER.search(text, *bounds) if bounds else None
    return f"CM{match['year']}-{match['serial']}" if match else None


def _issue(text: str, issue: dict) -> Issue:  # type: ignore[type-arg]
    return Issue(
        number=issue["number"],
        item=text_at(text, issue["item"]),
        outcome=issue["outcome"],
        outcome_source=issue.get("outcome_source"),
        outcome_probabilities=issue.get("outcome_probabilities", {}),
        rationale=text_at(text, issue["rationale"]),
        claims_administrator_citation=text_at(text, issue["claims_administrator_citation"]),
        reviewer_citation=text_at(text, issue["reviewer_citation"]),
        claims_administrator_guidelines=issue["claims_administrator_guidelines"],
        reviewer_guidelines=issue["reviewer_guidelines"],
    )

"""`imr_letter`: sections and issues by the grammar of the letters."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from spacy_imr.guidelines import families
from spacy_imr.letter import Bounds, Issue, parse_letter


@Language.factory("imr_letter", assigns=["doc.spans", "doc._.letter"])
def create_letter_reader(nlp: Language, name: str) -> LetterReader:
    """Component that reads the letter's structure; needs nothing but the tokenizer."""
    return LetterReader()


class LetterReader:
    """Sets ``doc._.letter`` (a plain dict, all bounds as ``[start, end]`` characters), ``doc.spans["sections"]``
    (labelled by section name) and ``doc.spans["issues"]`` (heading to end of rationale, labelled by outcome).
    """

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        letter = parse_letter(text)
        warnings = []
        if letter.format == "unknown":
            warnings.append("unknown format: no heading of a determination letter was found")
        doc._.letter = {
            "format": letter.format,
            "case_number": _plain(letter.case_number),
            "priority": _plain(letter.priority),
            "dates": {name: list(bounds) for name, bounds in letter.dates.items()},
            "issues": [_issue(text, issue) for issue in letter.issues],
            "warnings": warnings,
        }
        doc.spans["sections"] = [
            span for section in letter.sections if (span := char_span(doc, section.bounds, section.name))
        ]
        issues = [_whole(issue) for issue in letter.issues]
        doc.spans["issues"] = [
            span
            for bounds, issue in zip(issues, letter.issues, strict=True)
            if bounds and (span := char_span(doc, bounds, issue.outcome or ""))
        ]
        return doc


def char_span(doc: Doc, bounds: Bounds, label: str) -> Span | None:
    """Span of the tokens that `bounds` touches."""
    return doc.char_span(*bounds, label=label, alignment_mode="expand")


def _plain(bounds: Bounds | None) -> list[int] | None:
    return list(bounds) if bounds else None


def _whole(issue: Issue) -> Bounds | None:
    parts = [
        part
        for part in (
            issue.heading,
            issue.item,
            issue.claims_administrator_citation,
            issue.reviewer_citation,
            issue.rationale,
        )
        if part
    ]
    # In a notice of 2013 the decision stands far from its reasons: the issue is where the reasons are.
    if issue.rationale:
        parts = [part for part in parts if issue.rationale[0] - part[1] < 5000]
    return (min(start for start, _ in parts), max(end for _, end in parts)) if parts else None


def _issue(text: str, issue: Issue) -> dict[str, object]:
    def cited(bounds: Bounds | None) -> list[str]:
        return list(families(text[slice(*bounds)])) if bounds else []

    return {
        "number": issue.number,
        "item": _plain(issue.item),
        "outcome": issue.outcome,
        "outcome_source": "heading" if issue.outcome else None,
        "heading": _plain(issue.heading),
        "claims_administrator_citation": _plain(issue.claims_administrator_citation),
        "claims_administrator_guidelines": cited(issue.claims_administrator_citation),
        "reviewer_citation": _plain(issue.reviewer_citation),
        "reviewer_guidelines": cited(issue.reviewer_citation),
        "rationale": _plain(issue.rationale),
    }

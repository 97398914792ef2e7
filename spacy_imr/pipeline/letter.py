"""`imr_letter`: sections and issues by the grammar of the letters."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from spacy_imr.guidelines import families
from spacy_imr.letter import Bounds, Issue, Letter, mask_furniture, parse_letters


@Language.factory("imr_letter", assigns=["doc.spans", "doc._.letters"])
def create_letter_reader(nlp: Language, name: str) -> LetterReader:
    """Component that reads the letter's structure; needs nothing but the tokenizer.

    Nothing in the pipelines needs memory beyond the length of the text, so that spaCy's limit of a million characters
    is lifted to fifty.
    """
    nlp.max_length = max(nlp.max_length, 50_000_000)
    return LetterReader()


class LetterReader:
    """Sets ``doc._.letters`` (plain dicts, all bounds as ``[start, end]`` characters), ``doc.spans["sections"]``
    (labelled by section name) and ``doc.spans["issues"]`` (heading to end of rationale, labelled by outcome).
    """

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        letters = parse_letters(text)
        clean = mask_furniture(text)
        doc._.letters = [_letter(clean, letter) for letter in letters]
        doc.spans["sections"] = [
            span
            for letter in letters
            for section in letter.sections
            if (span := char_span(doc, section.bounds, section.name))
        ]
        doc.spans["issues"] = [
            span
            for letter in letters
            for issue in letter.issues
            if (bounds := _whole(issue)) and (span := char_span(doc, bounds, issue.outcome or ""))
        ]
        return doc


def _letter(text: str, letter: Letter) -> dict[str, object]:
    warnings = list(letter.warnings)
    if letter.format == "unknown":
        warnings.append("unknown format: no heading of a determination letter was found")
    return {
        "format": letter.format,
        "bounds": list(letter.bounds),
        "case_number": _plain(letter.case_number),
        "priority": _plain(letter.priority),
        "dates": {name: list(bounds) for name, bounds in letter.dates.items()},
        "sections": [[section.name, *section.bounds] for section in letter.sections],
        "issues": [_issue(text, issue) for issue in letter.issues],
        "warnings": warnings,
    }


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
        "review": False,
        "probabilities": {},
        "heading": _plain(issue.heading),
        "claims_administrator_citation": _plain(issue.claims_administrator_citation),
        "claims_administrator_guidelines": cited(issue.claims_administrator_citation),
        "claims_administrator_guidelines_source": "citation" if issue.claims_administrator_citation else None,
        "reviewer_citation": _plain(issue.reviewer_citation),
        "reviewer_guidelines": cited(issue.reviewer_citation),
        "reviewer_guidelines_source": "citation" if issue.reviewer_citation else None,
        "rationale": _plain(issue.rationale),
    }

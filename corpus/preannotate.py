"""Letters of one's own in the corpus format, annotated by a model: where the work of a person begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.inputs import Source
from spacy_imr.pipeline.mentions import span_scores
from spacy_imr.records import Determination

# Formats of the record, as the corpus calls them.
FORMATS: Final = {
    "notice_2013": "2013",
    "determination_2014": "2014",
    "determination_2016": "2016",
    "imr_decision": "2018",
    "professional_review": "review",
    "unknown": "excerpt",
}
_REGIONS: Final = ("item", "claims_administrator_citation", "reviewer_citation", "rationale")


def preannotate(nlp: Language, sources: Iterable[Source], model: str) -> Iterator[CorpusLetter | str]:
    """The letters of `sources` as `nlp` reads them, a file of several letters giving several; for each source that
    cannot be read, a line that says what is wrong.

    A letter is called by its file; ``provenance`` says that `model` annotated it, and gives the probability of each
    mention (``confidence``). An issue whose outcome the model does not know is left out and listed under ``left_out``.
    """
    used: Counter[str] = Counter()
    for source in sources:
        if source.text is None:
            yield f"{source.name}: {source.error}"
            continue
        stem = Path(source.name).stem or "letter"
        for letter in doc_letters(source.read(nlp), model):
            used[stem] += 1
            name = stem if used[stem] == 1 else f"{stem}-{used[stem]}"
            yield letter.model_copy(update={"id": name})


def doc_letters(doc: Doc, model: str) -> Iterator[CorpusLetter]:
    """Each letter of `doc` with offsets into its own text; their ``id`` is empty."""
    scores = span_scores(doc)
    for letter, record in zip(doc._.letters, doc._.determinations, strict=True):
        low, high = letter["bounds"]
        ents = [ent for ent in doc.ents if low <= ent.start_char and ent.end_char <= high]
        spans = [{"start": e.start_char - low, "end": e.end_char - low, "label": e.label_} for e in ents]
        chances = [scores.get((ent.start, ent.end, ent.label_)) for ent in ents]
        known, unknown = _issues(record, low)
        yield CorpusLetter.model_validate(
            {
                "id": "",
                "format": FORMATS[record.format],
                "text": doc.text[low:high],
                "spans": spans,
                "issues": known,
                "header": _header(record, low),
                "provenance": {
                    "source": "model",
                    "model": model,
                    "case_number": record.case_number,
                    "confidence": {
                        confidence_key(s["start"], s["end"], s["label"]): round(p, 4)
                        for s, p in zip(spans, chances, strict=True)
                        if p is not None
                    },
                    "left_out": [f"issue {number}: the model does not know its outcome" for number in unknown],
                },
            }
        )


def confidence_key(start: int, end: int, label: str) -> str:
    """The name of a mention in ``provenance["confidence"]``."""
    return f"{start}-{end}-{label}"


def _issues(record: Determination, low: int) -> tuple[list[dict[str, Any]], list[int]]:
    """The issues with an outcome, in the corpus format, and the numbers of those without."""
    known: list[dict[str, Any]] = []
    unknown: list[int] = []
    for issue in record.issues:
        if issue.outcome is None:
            unknown.append(issue.number)
            continue
        plain: dict[str, Any] = {"number": len(known) + 1, "outcome": issue.outcome}
        for name in _REGIONS:
            piece = getattr(issue, name)
            plain[name] = {"start": piece.start - low, "end": piece.end - low} if piece else None
        for party in ("claims_administrator", "reviewer"):
            plain[f"{party}_guidelines"] = getattr(issue, f"{party}_guidelines")
        known.append(plain)
    return known, unknown


def _header(record: Determination, low: int) -> dict[str, Any]:
    dates = {name: getattr(record.dates, name) for name in type(record.dates).model_fields if name != "mentions"}
    return {
        name: {"start": piece.start - low, "end": piece.end - low, "value": piece.value}
        for name, piece in dates.items()
        if piece and piece.value
    }

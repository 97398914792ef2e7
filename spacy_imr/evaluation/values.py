"""Are the normalised values right? The dates of the header have annotated values; mentions have their surface."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.normalize.dates import normalize_date
from spacy_imr.normalize.levels import normalize_level
from spacy_imr.records import Determination

_NORMALIZERS: Final[dict[str, Callable[[str], Any]]] = {"DATE": normalize_date, "SPINE_LEVEL": normalize_level}


def _header_value(record: Determination, name: str) -> str | None:
    """The value of a field of the header as it was read: an ISO date, or the words of the letter."""
    if name in type(record.dates).model_fields:
        found = getattr(record.dates, name)
        return found.value if found else None
    return getattr(record, name)


def value_scores(gold: Sequence[CorpusLetter], docs: Sequence[Doc]) -> dict[str, dict[str, int]]:
    """For each field of the header: how many were ``found`` and ``right`` (the annotated value, ISO 8601 for a date) of
    its ``support``.

    For DATE and SPINE_LEVEL: of all annotated mentions, how many have a value at all (``found``: no misprint, no L7),
    and for how many the pipeline gives the value that the annotated surface has (``right``).
    """
    counts: dict[str, Counter[str]] = {}
    for letter, doc in zip(gold, docs, strict=True):
        records = doc._.determinations if doc._.letters else []
        for name, field in letter.header.items():
            read = _header_value(records[0], name) if records else None
            row = counts.setdefault(f"header: {name}", Counter())
            row.update(support=1, found=int(read is not None), right=int(read == field.value))
        for span in letter.spans:
            if normalize := _NORMALIZERS.get(span.label):
                wanted = normalize(letter.text[span.start : span.end])
                values = [
                    normalize(ent.text)
                    for ent in doc.ents
                    if ent.label_ == span.label and ent.start_char < span.end and span.start < ent.end_char
                ]
                row = counts.setdefault(span.label, Counter())
                row.update(support=1, found=int(wanted.valid), right=int(wanted.valid and wanted in values))
    return {name: {key: counts[name][key] for key in ("support", "found", "right")} for name in sorted(counts)}

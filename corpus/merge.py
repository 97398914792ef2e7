"""Two annotations of the same letters: where they differ, who is right, and one corpus of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.entities import gold_spans
from spacy_imr.evaluation.errors import entity_mistakes

CONTEXT = 60
SpanRow = tuple[int, int, str]


class MergeError(ValueError):
    """Annotations that cannot be merged yet; the message names every place and the mend."""


class Difference(BaseModel):
    """One place where two annotations differ. Whoever adjudicates sets ``choice`` to ``a`` or ``b``, or, of mentions,
    to a list of ``[start, end, label]``.
    """

    model_config = ConfigDict(extra="forbid")

    letter: str
    field: str
    text: str
    a: Any
    b: Any
    choice: Literal["a", "b"] | list[SpanRow] | None = None


def differences(first: Sequence[CorpusLetter], second: Sequence[CorpusLetter]) -> list[Difference]:
    """Where the letters that both hold differ: in mentions, a difference for each stretch of overlapping ones; else
    one for each issue and each date of the header. Raises `MergeError` if the text of a letter differs.
    """
    others = {letter.id: letter for letter in second}
    found: list[Difference] = []
    for letter in first:
        if other := others.get(letter.id):
            if other.text != letter.text:
                raise MergeError(f"{letter.id}: the two texts differ. Annotate the same text.")
            found += _mention_differences(letter, other)
            found += _field_differences(letter, other)
    return found


def _mention_differences(one: CorpusLetter, other: CorpusLetter) -> Iterator[Difference]:
    for place in entity_mistakes(gold_spans(one), gold_spans(other)):
        before = one.text[max(0, place.start - CONTEXT) : place.start]
        after = one.text[place.end : place.end + CONTEXT]
        shown = " ".join(f"{before}[{one.text[place.start : place.end]}]{after}".split())
        yield Difference(
            letter=one.id, field=f"mentions {place.start}-{place.end}", text=shown, a=place.gold, b=place.read
        )


def _field_differences(one: CorpusLetter, other: CorpusLetter) -> Iterator[Difference]:
    left, right = _fields(one), _fields(other)
    for name in sorted(left.keys() | right.keys()):
        if left.get(name) != right.get(name):
            yield Difference(letter=one.id, field=name, text="", a=left.get(name), b=right.get(name))


def _fields(letter: CorpusLetter) -> dict[str, Any]:
    """Everything that is annotated but the mentions: each issue, and each date of the header."""
    issues = {f"issue {issue.number}": issue.model_dump() for issue in letter.issues}
    return issues | {f"header: {name}": value.model_dump() for name, value in letter.header.items()}


def merge(
    first: Sequence[CorpusLetter], second: Sequence[CorpusLetter], decided: Iterable[Difference]
) -> list[CorpusLetter]:
    """The letters of both: one that only one of them holds as it is, one that both hold with every difference decided.

    Raises `MergeError` that lists every difference that nobody has decided.
    """
    choices = {(one.letter, one.field): one for one in decided if one.choice is not None}
    open_ones = [one for one in differences(first, second) if (one.letter, one.field) not in choices]
    if open_ones:
        places = "".join(f"\n  {one.letter}: {one.field} {one.text}".rstrip() for one in open_ones)
        raise MergeError(f"{len(open_ones)} differences are not decided. Set their choice:{places}")
    others = {letter.id: letter for letter in second}
    names = {letter.id for letter in first}
    merged = [_merged(letter, others[letter.id], choices) if letter.id in others else letter for letter in first]
    return merged + [letter for letter in second if letter.id not in names]


def _merged(one: CorpusLetter, other: CorpusLetter, choices: dict[tuple[str, str], Difference]) -> CorpusLetter:
    spans = gold_spans(one) & gold_spans(other)
    for place in _mention_differences(one, other):
        choice = choices[one.id, place.field].choice
        chosen = choice if isinstance(choice, list) else place.a if choice == "a" else place.b
        spans |= {(start, end, label) for start, end, label in chosen}
    fields = _fields(one)
    for place in _field_differences(one, other):
        choice = choices[one.id, place.field].choice
        if isinstance(choice, list):
            raise MergeError(f"{one.id}: {place.field}: the choice must be a or b.")
        fields[place.field] = place.a if choice == "a" else place.b
    kept = {name: value for name, value in fields.items() if value is not None}
    annotators = [letter.provenance["annotator"] for letter in (one, other) if "annotator" in letter.provenance]
    return CorpusLetter.model_validate(
        one.model_dump()
        | {
            "spans": [{"start": start, "end": end, "label": label} for start, end, label in sorted(spans)],
            "issues": sorted((v for n, v in kept.items() if n.startswith("issue")), key=lambda issue: issue["number"]),
            "header": {n.removeprefix("header: "): v for n, v in kept.items() if n.startswith("header")},
            "provenance": one.provenance | {"source": "adjudicated", "annotators": annotators},
        }
    )

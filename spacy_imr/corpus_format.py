"""The corpus format: JSONL, one letter a line; and the reader that `spacy train` uses."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry

from spacy_imr.labels import EntityLabel, Family, Outcome, Side


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Region(_Strict):
    """Offsets of a part of the letter, in characters."""

    start: int
    end: int


class GoldSpan(Region):
    """An annotated mention."""

    label: EntityLabel


class GoldHeaderField(Region):
    """A field of the header: where it stands, and its value (ISO 8601 for a date)."""

    value: str


class GoldReason(Region):
    """A sentence of the reviewer's reasons, and whether it speaks for the request."""

    side: Side


class GoldIssue(_Strict):
    """An annotated issue; regions are null where the letter (an excerpt) has no such part, and ``reasons`` is empty
    where nobody judged the sentences.
    """

    number: int
    item: Region | None
    outcome: Outcome
    claims_administrator_citation: Region | None
    claims_administrator_guidelines: list[Family]
    reviewer_citation: Region | None
    reviewer_guidelines: list[Family]
    rationale: Region | None
    reasons: list[GoldReason] = []


class CorpusLetter(_Strict):
    """One annotated letter."""

    id: str
    format: str
    text: str
    spans: list[GoldSpan]
    issues: list[GoldIssue]
    header: dict[str, GoldHeaderField] = {}
    provenance: dict[str, Any]


class CorpusError(ValueError):
    """A corpus file that cannot be read; the message names file, line and the mend."""


def read_corpus(*paths: str | Path) -> Iterator[CorpusLetter]:
    """The letters of JSONL files, in order.

    Raises `CorpusError` for a missing file or a line that is not a letter.
    """
    for path in map(Path, paths):
        if not path.is_file():
            raise CorpusError(f"{path}: no such file. Give a corpus file (JSONL, one letter a line).")
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield CorpusLetter.model_validate_json(line)
                except ValidationError as error:
                    first = error.errors()[0]
                    where = ".".join(map(str, first["loc"])) or "line"
                    raise CorpusError(
                        f"{path}:{number}: {where}: {first['msg']}. Run `python -m corpus check`."
                    ) from error


def write_corpus(path: str | Path, letters: Iterable[CorpusLetter]) -> int:
    """Write letters as JSONL; returns how many."""
    count = 0
    with Path(path).open("w", encoding="utf-8") as sink:
        for letter in letters:
            sink.write(json.dumps(letter.model_dump(), ensure_ascii=False) + "\n")
            count += 1
    return count


def gold_doc(nlp: Language, letter: CorpusLetter) -> Doc:
    """The letter as a `Doc` with ``ents`` and ``doc._.letters`` set from the annotation.

    Raises `CorpusError` if a mention does not align with the tokens: nothing is dropped in silence.
    """
    doc = nlp.make_doc(letter.text)
    ents = []
    for span in letter.spans:
        ent = doc.char_span(span.start, span.end, label=span.label)
        if ent is None:
            surface = letter.text[span.start : span.end]
            raise CorpusError(
                f"{letter.id}: {span.label} {surface!r} at {span.start}-{span.end} does not align with tokens. "
                "Mend its offsets, or the tokenizer."
            )
        ents.append(ent)
    doc.ents = ents
    doc._.letters = [{"issues": gold_issues(letter)}]
    return doc


def gold_issues(letter: CorpusLetter) -> list[dict[str, Any]]:
    """The annotated issues as a pipeline would leave them in ``doc._.letters``."""
    return [_issue_dict(issue) for issue in letter.issues]


def surface(letter: CorpusLetter, start: int, end: int) -> str:
    """A mention as it is compared: one space for white space, lower case."""
    return " ".join(letter.text[start:end].lower().split())


def _issue_dict(issue: GoldIssue) -> dict[str, Any]:
    plain = issue.model_dump()
    for key, value in plain.items():
        if isinstance(value, dict):
            plain[key] = [value["start"], value["end"]]
    plain["reasons"] = [[reason.start, reason.end, reason.side] for reason in issue.reasons]
    return plain


@registry.readers("imr.Corpus.v1")
def create_corpus_reader(
    path: Path | str,
    limit: int = 0,
    augmenter: Callable[[Sequence[CorpusLetter], random.Random], Iterable[CorpusLetter]] | None = None,
    seed: int = 0,
) -> Callable[[Language], Iterator[Example]]:
    """Reader of a corpus file for `spacy train`.

    path: a JSONL file in the corpus format, or several, separated by commas.
    limit (int): at most so many letters; 0 for all.
    augmenter: gives the letters to train on in one pass, such as ``imr.letters.v1``. It is asked anew for every pass
        if ``training.max_epochs`` is -1; the letters then come in another order each time.
    seed (int): of the augmenter and of the order.
    """
    rng = random.Random(seed)

    def read(nlp: Language) -> Iterator[Example]:
        letters: Iterable[CorpusLetter] = islice(read_corpus(*str(path).split(",")), limit or None)
        if augmenter is not None:
            shuffled = list(letters)
            rng.shuffle(shuffled)
            letters = augmenter(shuffled, rng)
        for letter in letters:
            yield Example(nlp.make_doc(letter.text), gold_doc(nlp, letter))

    return read

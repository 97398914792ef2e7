"""Reading many letters into one JSONL file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.inputs import Source
from spacy_imr.records import SCHEMA_VERSION


@dataclass
class BatchResult:
    """How many letters were read and how many inputs could not be."""

    letters: int = 0
    errors: int = 0


def errors_path(output: Path) -> Path:
    """``X.errors.jsonl`` beside ``X.jsonl``."""
    return output.with_name(output.stem + ".errors.jsonl")


def read_batch(nlp: Language, sources: Iterable[Source], output: Path) -> BatchResult:
    """Read every source and write one row a letter to `output`, one row an error beside it.

    A source that cannot be read, or that the pipeline fails on, is a row ``{source, stage, message}`` of the errors;
    the rest is read.
    """
    result = BatchResult()
    model = f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"
    # A file name may hold bytes that are no text: they are written as escapes.
    options: dict[str, Any] = {"mode": "w", "encoding": "utf-8", "errors": "backslashreplace"}
    with output.open(**options) as letters, errors_path(output).open(**options) as errors:
        for source in sources:
            rows, error = _read_one(nlp, source, model)
            if error:
                result.errors += 1
                errors.write(json.dumps(error, ensure_ascii=False) + "\n")
            for row in rows:
                result.letters += 1
                letters.write(json.dumps(row, ensure_ascii=False) + "\n")
    return result


Row = dict[str, Any]


def _read_one(nlp: Language, source: Source, model: str) -> tuple[list[Row], Row | None]:
    if source.text is None:
        return [], {"source": source.name, "stage": "read", "message": source.error}
    try:
        with nlp.memory_zone():
            return letter_rows(source.name, source.read(nlp), model), None
    except Exception as error:  # one bad letter must not end the run
        message = f"{type(error).__name__}: {error}"
        return [], {"source": source.name, "stage": "pipeline", "message": message}


def letter_rows(source: str, doc: Doc, model: str) -> list[Row]:
    """The rows of one input: one a letter, ``{source, schema_version, model, determination}``. A file of several
    letters gives a row for each, all with the same source, in order.
    """
    return [
        {
            "source": source,
            "schema_version": SCHEMA_VERSION,
            "model": model,
            "determination": record.model_dump(mode="json"),
        }
        for record in doc._.determinations
    ]


def rows(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)

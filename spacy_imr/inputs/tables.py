"""Rows of tables with a column of text: JSONL, Parquet (extra ``parquet``), ``datasets`` (extra ``datasets``)."""

from __future__ import annotations

import functools
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from spacy_imr.inputs.limits import Limits
from spacy_imr.inputs.source import Input
from spacy_imr.pdf import UnreadableError

# Rows that are listed, and held in memory, together.
_ROWS: Final = 16
_BLANK: Final = object()


def is_dataset(folder: Path) -> bool:
    """Whether ``datasets`` saved a table, or several, into this folder."""
    return any((folder / name).is_file() for name in ("state.json", "dataset_dict.json"))


# --- listing: every table in pieces of a few rows ---


def line_rows(name: str, path: str, column: str, mark: str = "") -> Iterator[Input]:
    """The rows of a JSONL file; a row's number is that of its line."""
    mark = mark or str(os.path.getsize(path))
    row = start = offset = position = 0
    fresh = True
    with open(path, "rb") as file:
        # A line may be longer than memory: it comes in pieces, and ends with the piece that ends in a line feed.
        while piece := file.readline(1 << 20):
            row += fresh
            fresh = piece.endswith(b"\n")
            position += len(piece)
            if fresh and row - start == _ROWS:
                yield Input("lines", name, path, start, row, offset, column, mark)
                start, offset = row, position
    if row > start:
        yield Input("lines", name, path, start, row, offset, column, mark)


def parquet_rows(name: str, column: str) -> Iterator[Input]:
    """The rows of a Parquet file."""
    file = _parquet(name, os.path.getmtime(name))
    _check_column(column, file.schema_arrow.names)
    yield from _pieces("parquet", name, name, file.metadata.num_rows, column)


def dataset_rows(name: str, column: str) -> Iterator[Input]:
    """The rows of a table that ``datasets`` saved; of several (``train``, ``test``), one after the other."""
    saved = Path(name) / "dataset_dict.json"
    splits = json.loads(saved.read_text(encoding="utf-8"))["splits"] if saved.is_file() else [""]
    for split in splits:
        path = os.path.join(name, split) if split else name
        table = _dataset(path)
        _check_column(column, table.column_names)
        yield from _pieces("dataset", path, path, len(table), column)


def _pieces(kind: Any, name: str, path: str, rows: int, column: str) -> Iterator[Input]:
    for start in range(0, rows, _ROWS):
        yield Input(kind, name, path, start, min(start + _ROWS, rows), column=column, mark=str(rows))


def _check_column(column: str, names: list[str]) -> None:
    if column not in names:
        listed = ", ".join(map(str, names[:20]))
        raise UnreadableError(f"the table has no column {column!r} (it has: {listed}). Name it with --text-column.")


def joined(inputs: list[Input]) -> Iterator[Input]:
    """The same inputs, pieces of one table that follow each other made one: each table is opened once."""

    def follows(one: Input, other: Input) -> bool:
        tabular = one.kind in ("lines", "parquet", "dataset")
        return tabular and (one.kind, one.path, one.stop) == (other.kind, other.path, other.start)

    whole: Input | None = None
    for piece in inputs:
        if whole and follows(whole, piece):
            whole = Input(
                whole.kind, whole.name, whole.path, whole.start, piece.stop, whole.offset, whole.column, whole.mark
            )
        else:
            if whole:
                yield whole
            whole = piece
    if whole:
        yield whole


# --- opening ---


def read_rows(table: Input, path: Path, limits: Limits) -> Iterator[str | UnreadableError | None]:
    """The text of each row of `table`, what is wrong with it, or None for an empty line, which is no row.

    Raises `UnreadableError` and `OSError`, and what the table's library raises for a broken one.
    """
    readers = {"lines": _read_lines, "parquet": _read_parquet, "dataset": _read_dataset}
    for value in readers[table.kind](table, path, limits):
        if value is _BLANK:
            yield None
        elif isinstance(value, (str, UnreadableError)):
            yield value
        else:
            yield UnreadableError(f"the column {table.column!r} holds no text in this row")


def _read_lines(table: Input, path: Path, limits: Limits) -> Iterator[object]:
    with path.open("rb") as file:
        file.seek(table.offset)
        for _ in range(len(table)):
            line = file.readline(limits.file_bytes)
            too_long = not line.endswith(b"\n") and len(line) == limits.file_bytes
            while too_long and (rest := file.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            yield UnreadableError("the line is too long for a letter") if too_long else _line_text(line, table.column)


def _line_text(line: bytes, column: str) -> object:
    if not line.strip():
        return _BLANK
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return UnreadableError("the line is no JSON object")
    if not isinstance(row, dict):
        return UnreadableError("the line is no JSON object")
    if column not in row:
        return UnreadableError(f"the row has no field {column!r}. Name the field of the text with --text-column.")
    return row[column]


def _read_parquet(table: Input, path: Path, limits: Limits) -> Iterator[object]:
    file = _parquet(str(path), path.stat().st_mtime)
    groups = []
    first: int | None = None
    begin = 0
    for number in range(file.metadata.num_row_groups):
        end = begin + file.metadata.row_group(number).num_rows
        if begin < table.stop and end > table.start:
            groups.append(number)
            first = begin if first is None else first
        begin = end
    batches = file.iter_batches(batch_size=_ROWS, row_groups=groups, columns=[table.column])
    values = (value for batch in batches for value in batch.column(0))
    skip = table.start - (first or 0)
    for value in itertools.islice(values, skip, skip + len(table)):
        yield value.as_py()


def _read_dataset(table: Input, path: Path, limits: Limits) -> Iterator[object]:
    rows = _dataset(str(path))
    for start in range(table.start, table.stop, _ROWS):
        yield from rows[start : min(start + _ROWS, table.stop)][table.column]


@functools.lru_cache(maxsize=1)
def _parquet(path: str, modified: float) -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UnreadableError("Parquet files need pyarrow: pip install 'spacy-imr[parquet]'") from error
    try:
        return pyarrow.parquet.ParquetFile(path, memory_map=True)
    except pyarrow.ArrowException as error:
        raise UnreadableError("no readable Parquet file. Write it again.") from error


@functools.lru_cache(maxsize=1)
def _dataset(path: str) -> Any:
    try:
        import datasets
    except ImportError as error:
        raise UnreadableError("a table of datasets needs that package: pip install 'spacy-imr[datasets]'") from error
    try:
        return datasets.load_from_disk(path)
    except Exception as error:  # whatever that library raises
        raise UnreadableError(f"no readable datasets table ({type(error).__name__}). Save it again.") from error

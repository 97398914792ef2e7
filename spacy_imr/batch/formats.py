"""The formats of a run's output: how a shard's letters are written, and how the output is made whole."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel

from spacy_imr.batch.files import concatenate, written_whole
from spacy_imr.batch.rows import ErrorRow, IssueRow, LetterRow
from spacy_imr.batch.run import Run
from spacy_imr.batch.sheets import write_csv, write_xlsx

if TYPE_CHECKING:
    import pyarrow

Put = Callable[[LetterRow, list[IssueRow]], None]
Row = TypeVar("Row", bound=BaseModel)

# Rows that are turned into columns together, and bytes of columns that are written together.
_BATCH: Final = 32
_GROUP_BYTES: Final = 64_000_000


class Output(abc.ABC):
    """The output of a run in one format."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def targets(self) -> list[Path]:
        """The files and folders that the run makes, the errors aside."""
        return [self.run.output]

    def prepare(self) -> None:  # noqa: B027
        """Make what has to be there before the first shard."""

    @abc.abstractmethod
    def parts(self, number: int) -> list[Path]:
        """The files that a finished shard leaves, the errors aside."""

    @abc.abstractmethod
    def shard(self, number: int) -> AbstractContextManager[Put]:
        """Write a shard: what is put stands on disk, whole, once the context is left without an error."""

    @abc.abstractmethod
    def finish(self, shards: int) -> None:
        """Make the output whole from all shards; may be done again."""

    @contextmanager
    def errors(self, number: int) -> Iterator[Callable[[ErrorRow], None]]:
        """Write a shard's errors."""
        with _jsonl(self._part("errors", number), self.run.folder) as put:
            yield put

    def standing(self, finished: Iterable[int], complete: bool) -> Iterator[Path]:
        """The files that should be there when the shards `finished` are, and when the output is whole."""
        if complete:
            yield from self.targets
        else:
            yield from chain.from_iterable(map(self.parts, finished))

    def finish_errors(self, shards: int) -> None:
        """Make the file of errors whole."""
        concatenate(self._parts("errors", shards), self.run.errors, self.run.folder)

    def _part(self, kind: str, number: int) -> Path:
        return self.run.folder / f"{kind}-{number:05}.jsonl"

    def _parts(self, kind: str, shards: int) -> Iterator[Path]:
        return (self._part(kind, number) for number in range(shards))


class JsonlOutput(Output):
    """``X.jsonl``: one letter a line. It appears when the last shard is done."""

    def parts(self, number: int) -> list[Path]:
        return [self._part("letters", number)]

    @contextmanager
    def shard(self, number: int) -> Iterator[Put]:
        (part,) = self.parts(number)
        with _jsonl(part, self.run.folder) as put:
            yield lambda letter, issues: put(letter)

    def finish(self, shards: int) -> None:
        concatenate(self._parts("letters", shards), self.run.output, self.run.folder)


class ParquetOutput(Output):
    """``X.parquet/part-00000.parquet``, … of letters and ``X.issues.parquet/…`` of issues; each shard is a part of
    both and appears when it is done.
    """

    @property
    def issues(self) -> Path:
        """The folder of issues."""
        return self.run.output.with_name(self.run.output.stem + ".issues.parquet")

    @property
    def targets(self) -> list[Path]:
        return [self.run.output, self.issues]

    def prepare(self) -> None:
        for folder in self.targets:
            folder.mkdir(exist_ok=True)

    def parts(self, number: int) -> list[Path]:
        return [folder / f"part-{number:05}.parquet" for folder in self.targets]

    def standing(self, finished: Iterable[int], complete: bool) -> Iterator[Path]:
        return chain.from_iterable(map(self.parts, finished))

    @contextmanager
    def shard(self, number: int) -> Iterator[Put]:
        letters, issues = self.parts(number)
        with (
            _parquet(letters, self.run.folder, LetterRow) as put_letter,
            _parquet(issues, self.run.folder, IssueRow) as put_issue,
        ):

            def put(letter: LetterRow, issues: list[IssueRow]) -> None:
                put_letter(letter)
                for issue in issues:
                    put_issue(issue)

            yield put

    def finish(self, shards: int) -> None:
        """Nothing is left to do."""


class SheetOutput(Output):
    """``X.csv`` or ``X.xlsx``: one issue a row. It appears when the last shard is done."""

    def parts(self, number: int) -> list[Path]:
        return [self._part("issues", number)]

    @contextmanager
    def shard(self, number: int) -> Iterator[Put]:
        (part,) = self.parts(number)
        with _jsonl(part, self.run.folder) as put_issue:

            def put(letter: LetterRow, issues: list[IssueRow]) -> None:
                for issue in issues:
                    put_issue(issue)

            yield put

    def finish(self, shards: int) -> None:
        write = write_csv if self.run.output.suffix == ".csv" else write_xlsx
        with written_whole(self.run.output, self.run.folder) as temporary:
            write(self._parts("issues", shards), temporary)


FORMATS: Final[dict[str, type[Output]]] = {
    ".jsonl": JsonlOutput,
    ".parquet": ParquetOutput,
    ".csv": SheetOutput,
    ".xlsx": SheetOutput,
}
# What a format needs beside the library, and the extra that brings it.
NEEDS: Final = {".parquet": ("pyarrow", "parquet"), ".xlsx": ("xlsxwriter", "xlsx")}


def create_output(run: Run) -> Output:
    """The output that the ending of its name says."""
    return FORMATS[run.output.suffix](run)


@contextmanager
def _jsonl(target: Path, scratch: Path) -> Iterator[Callable[[BaseModel], None]]:
    with written_whole(target, scratch) as temporary, temporary.open("w", encoding="utf-8") as sink:

        def put(row: BaseModel) -> None:
            sink.write(row.model_dump_json() + "\n")

        yield put


@contextmanager
def _parquet(target: Path, scratch: Path, kind: type[Row]) -> Iterator[Callable[[Row], None]]:
    import pyarrow
    import pyarrow.parquet

    from spacy_imr.batch.arrow import arrow_schema
    from spacy_imr.records import SCHEMA_VERSION

    schema = arrow_schema(kind, schema_version=SCHEMA_VERSION)
    waiting: list[dict[str, object]] = []
    batches: list[pyarrow.RecordBatch] = []
    with (
        written_whole(target, scratch) as temporary,
        pyarrow.parquet.ParquetWriter(temporary, schema, compression="zstd") as writer,
    ):

        def put(row: Row) -> None:
            waiting.append(row.model_dump())
            if len(waiting) >= _BATCH:
                pack()

        def pack() -> None:
            batches.append(pyarrow.RecordBatch.from_pylist(waiting, schema=schema))
            waiting.clear()
            if sum(batch.nbytes for batch in batches) > _GROUP_BYTES:
                write()

        def write() -> None:
            writer.write_table(pyarrow.Table.from_batches(batches, schema=schema))
            batches.clear()

        yield put
        pack()
        write()

"""Reading one shard: the work that every engine hands out."""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Final

from spacy.language import Language

from spacy_imr.batch.formats import create_output
from spacy_imr.batch.ledger import Count, ShardResult
from spacy_imr.batch.plan import Shard, shard_inputs
from spacy_imr.batch.rows import ErrorRow, LetterRow, issue_rows
from spacy_imr.batch.run import Run
from spacy_imr.inputs import PdfSandbox, Source, open_input, printable
from spacy_imr.reading import load, model_name

# A message may quote names of columns, which a file gives.
_MESSAGE: Final = 500


class ShardReader:
    """Reads whole shards with a model that is loaded once. `close` it at the end."""

    def __init__(self, run: Run, nlp: Language | None = None) -> None:
        self.run = run
        self.nlp = nlp or load(run.model, quantized=run.quantized)
        self.model = model_name(self.nlp)
        self.output = create_output(run)
        self.sandbox = PdfSandbox(run.limits)

    def close(self) -> None:
        """End the process that reads PDF files."""
        self.sandbox.close()

    def read(self, shard: Shard) -> ShardResult:
        """Read a shard and write its letters, issues and errors; when it returns, they are on disk."""
        began = time.time()
        count = Count()
        with self.output.errors(shard.number) as put_error, self.output.shard(shard.number) as put:
            for entry in shard_inputs(self.run.plan, shard):
                for source in open_input(entry, self.sandbox.read, self.run.limits, self.run.root):
                    letters, error = read_letters(self.nlp, source, self.model)
                    issues = [issue_rows(row) for row in letters]
                    for row, found in zip(letters, issues, strict=True):
                        put(row, found)
                    if error:
                        put_error(error)
                    count += Count(1, len(letters), sum(map(len, issues)), int(bool(error)), int(source.flagged))
        return ShardResult(shard.number, count, began, time.time())


def read_letters(nlp: Language, source: Source, model: str) -> tuple[list[LetterRow], ErrorRow | None]:
    """The letters of a source, or what is wrong with it. Says nothing of the text that a failure may quote."""
    name = printable(source.name)
    if source.text is None:
        return [], ErrorRow(source=name, stage="read", message=printable(source.error or "")[:_MESSAGE])
    with nlp.memory_zone():
        # Inside the zone, which an error must not leave open.
        try:
            records = source.read(nlp)._.determinations
        except Exception as error:  # one bad letter must not end the run
            return [], ErrorRow(source=name, stage="pipeline", message=_where(error))
    found = [
        LetterRow(source=name, letter=number, model=model, determination=record)
        for number, record in enumerate(records, 1)
    ]
    return found, None


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"

"""How many letters a batch reads in a second, start-up excluded."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from spacy_imr.batch.formats import create_output
from spacy_imr.batch.local import read_in_processes
from spacy_imr.batch.plan import Plan
from spacy_imr.batch.run import Run, absolute_model
from spacy_imr.inputs import list_inputs

SHARD = 8


def letters_per_second(inputs: Sequence[str], model: str, n_process: int) -> float:
    """The rate of `n_process` processes that read `inputs` into Parquet, from file to disk.

    Time counts from when every process may have finished its first shard: that one waits for the model, and for the
    process that reads PDF files.
    """
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder) / "out.parquet", absolute_model(model))
        run.folder.mkdir()
        create_output(run).prepare()
        plan = Plan(run.plan, list_inputs(inputs, run.folder))
        results = sorted(read_in_processes(run, plan.shards(SHARD), n_process), key=lambda result: result.ended)
    first, rest = results[:n_process], results[n_process:]
    return sum(result.count.letters for result in rest) / (rest[-1].ended - first[-1].ended)


def write_rows(texts: Sequence[str], count: int, target: Path) -> None:
    """Write `count` letters as JSONL, `texts` over and over."""
    with target.open("w", encoding="utf-8") as sink:
        sink.writelines(json.dumps({"text": text}) + "\n" for text in islice(cycle(texts), count))

"""Reading many letters: in shards, entered in a ledger, so that a run that was killed goes on where it was.

`read_batch` is the whole; `run` says what a run is, `plan` lists its inputs, `shards` is the work on one shard, `local`
and `cluster` hand it out, `ledger` keeps what is finished, `formats` writes it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from spacy.language import Language

from spacy_imr.batch.formats import FORMATS, NEEDS, Output, create_output
from spacy_imr.batch.ledger import AnotherRunError, Count, Ledger, ShardResult
from spacy_imr.batch.local import read_here, read_in_processes
from spacy_imr.batch.plan import Plan, Shard
from spacy_imr.batch.rows import rows
from spacy_imr.batch.run import Run, absolute_model, errors_path
from spacy_imr.inputs import Limits, list_inputs
from spacy_imr.reading import DEFAULT_MODEL, load, model_name
from spacy_imr.records import SCHEMA_VERSION

__all__ = ["FORMATS", "AnotherRunError", "Count", "Engine", "errors_path", "missing_extra", "read_batch", "rows"]

Engine = Literal["local", "ray"]
# Called with what is finished so far and the inputs of the whole run.
Progress = Callable[[Count, int], None]


def missing_extra(output: Path, engine: Engine = "local") -> str | None:
    """The extra of the library that a run needs and that is not installed; None if it has all."""
    needs = [NEEDS[output.suffix]] if output.suffix in NEEDS else []
    needs += [("ray", "ray")] if engine == "ray" else []
    return next((extra for package, extra in needs if importlib.util.find_spec(package) is None), None)


def read_batch(
    inputs: Sequence[str],
    output: str | Path,
    model: str | Path | Language = DEFAULT_MODEL,
    *,
    n_process: int = 1,
    engine: Engine = "local",
    text_column: str = "text",
    shard_size: int | None = None,
    overwrite: bool = False,
    limits: Limits | None = None,
    quantized: bool = False,
    progress: Progress | None = None,
) -> Count:
    """Read every letter that `inputs` name into `output`; returns how much there is in the output.

    A run that was stopped, by whatever, is continued by the same call, and each letter is in the output once. An input
    that cannot be read, or that the pipeline fails on, is a row ``{source, stage, message}`` of ``X.errors.jsonl``.

    inputs: see `spacy_imr.inputs.list_inputs`.
    output: ``X.jsonl`` (a letter a line), ``X.parquet`` (folder of letters, beside it ``X.issues.parquet``), ``X.csv``
        or ``X.xlsx`` (an issue a row).
    model: package or folder; a loaded pipeline with one process of the local engine.
    n_process (int): processes on this machine, or actors on the cluster.
    engine: ``local``, or ``ray`` for a Ray cluster.
    text_column (str): of tables, the column of the text.
    shard_size (int): letters read between two entries in the ledger; by default 8 to 256, by how many there are.
    overwrite (bool): begin anew over the output of another run.

    quantized (bool): see `spacy_imr.reading.load`.

    Raises `AnotherRunError` if `output` belongs to another run, and `OSError` if it cannot be written.
    """
    nlp = model if isinstance(model, Language) else load(model, quantized=quantized)
    alone = engine == "local" and n_process == 1
    if isinstance(model, Language) and not alone:
        raise ValueError("a loaded pipeline reads in this process alone: for more, give the model by its name")
    run = Run(Path(output).absolute(), "" if isinstance(model, Language) else absolute_model(str(model)))
    run = replace(run, limits=limits or run.limits, quantized=quantized)
    made = create_output(run)
    if not overwrite:
        _check_free(made)
    run.folder.mkdir(exist_ok=True)
    with Ledger(run.ledger) as ledger:
        if overwrite:
            _remove(made)
            ledger.clear()
        for path in made.standing(ledger.finished, ledger.complete):
            if not path.exists():
                raise AnotherRunError(f"{path}: is gone, and the run had finished it. --overwrite begins anew.")
        plan = Plan(run.plan, list_inputs(inputs, run.folder, text_column, run.limits))
        size = shard_size or ledger.run.get("shard size") or plan.usual_size()
        ledger.begin(_identity(run, nlp, plan, size))
        shards = plan.shards(size)
        made.prepare()
        if progress:
            progress(ledger.total, plan.letters)
        left = [shard for shard in shards if shard.number not in ledger.finished]
        for result in _results(run, left, nlp if alone else None, engine, n_process):
            ledger.enter(result)
            if progress:
                progress(ledger.total, plan.letters)
        if not ledger.complete:
            made.finish(len(shards))
            made.finish_errors(len(shards))
            ledger.close_run()
        _tidy(run)
        return ledger.total


def _results(
    run: Run, shards: list[Shard], nlp: Language | None, engine: Engine, n_process: int
) -> Iterator[ShardResult]:
    if not shards:
        return iter(())
    if nlp is not None:
        return read_here(run, shards, nlp)
    if engine == "local":
        return read_in_processes(run, shards, n_process)
    from spacy_imr.batch.cluster import read_on_cluster

    return read_on_cluster(run, shards, n_process)


def _identity(run: Run, nlp: Language, plan: Plan, size: int) -> dict[str, Any]:
    """What must be the same for a run to be continued; the names are those of the error that says what is not."""
    meta = hashlib.sha256(json.dumps(nlp.meta, sort_keys=True, default=str).encode()).hexdigest()
    return {
        "list of inputs": plan.digest,
        "model": f"{model_name(nlp)} {meta[:16]}" + (" quantised" if run.quantized else ""),
        "schema version": SCHEMA_VERSION,
        "set of limits": asdict(run.limits),
        "shard size": size,
    }


def _check_free(made: Output) -> None:
    if made.run.ledger.exists() and made.run.ledger.stat().st_size:
        return
    for path in made.targets:
        if path.exists():
            raise AnotherRunError(f"{path}: is there already, and no run of ours. Give another name, or --overwrite.")


def _remove(made: Output) -> None:
    """Remove an old output. Of folders only what a run makes: anything else in them is an `OSError`."""
    for path in [*made.targets, made.run.errors]:
        if path.is_dir():
            for part in path.glob("part-*.parquet"):
                part.unlink()
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    _tidy(made.run)


def _tidy(run: Run) -> None:
    """Remove what a run leaves in its folder, the ledger aside."""
    for pattern in ("inputs.jsonl", "letters-*.jsonl", "issues-*.jsonl", "errors-*.jsonl", "stdin-*", "*.tmp"):
        for path in run.folder.glob(pattern):
            path.unlink()

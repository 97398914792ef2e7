"""The shards of a run in processes of this machine."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice

from spacy.language import Language

from spacy_imr.batch.ledger import ShardResult
from spacy_imr.batch.plan import Shard
from spacy_imr.batch.run import Run
from spacy_imr.batch.shards import ShardReader


def read_here(run: Run, shards: Sequence[Shard], nlp: Language) -> Iterator[ShardResult]:
    """Read `shards` in this process, one after the other."""
    reader = ShardReader(run, nlp)
    try:
        yield from map(reader.read, shards)
    finally:
        reader.close()


def read_in_processes(run: Run, shards: Sequence[Shard], n_process: int) -> Iterator[ShardResult]:
    """Read `shards` in `n_process` new processes, each with a model of its own, in whatever order they finish.

    Raises `concurrent.futures.process.BrokenProcessPool` if one of them is killed.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(n_process, context, _start, (run,))
    rest = iter(shards)
    try:
        # Two for each process: one in work, one that waits.
        waiting: set[Future[ShardResult]] = {pool.submit(_read, shard) for shard in islice(rest, 2 * n_process)}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                waiting |= {pool.submit(_read, shard) for shard in islice(rest, 1)}
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


# The reader of a worker process, which lives as long as the process does.
_reader: ShardReader


def _start(run: Run) -> None:
    global _reader
    _exit_with_parent()
    # Ctrl-C reaches every process: this one ends at once, and the one that started it says so.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _reader = ShardReader(run)


def _exit_with_parent() -> None:
    """End this process as soon as the one that started it has ended, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        multiprocessing.connection.wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _read(shard: Shard) -> ShardResult:
    return _reader.read(shard)

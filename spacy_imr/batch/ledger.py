"""The ledger: which shards of a run are finished. Exactly-once rests on it.

A shard's files are written under other names, flushed to disk and renamed; then the shard is entered. Killed before the
entry, the shard is read again and its files are replaced by equal ones; killed after, it is never read again.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any


class AnotherRunError(ValueError):
    """The output belongs to another run, or to none; the message says how to mend it."""


@dataclass(frozen=True)
class Count:
    """How much was read.

    inputs: files and rows. letters: rows written; a file may hold several. issues: of all letters. errors: inputs that
    could not be read. flagged: encrypted PDF files that ask not to be extracted from, read all the same.
    """

    inputs: int = 0
    letters: int = 0
    issues: int = 0
    errors: int = 0
    flagged: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(*(one + two for one, two in zip(asdict(self).values(), asdict(other).values(), strict=True)))


@dataclass(frozen=True)
class ShardResult:
    """A finished shard.

    began, ended: seconds since the epoch.
    """

    number: int
    count: Count
    began: float
    ended: float


class Ledger:
    """An append-only JSONL file: what the run is, then one line a finished shard, then that the output is whole.

    A context manager, and the lock of the run: one process at a time may hold it.

    run: what was entered with `begin`. finished: the shards. total: their sum. complete: whether the output is whole.
    """

    run: dict[str, Any]
    finished: set[int]
    total: Count
    complete: bool

    def __init__(self, path: Path) -> None:
        """Open or begin the file. Raises `AnotherRunError` if another process holds it."""
        self.path = path
        self._file: IO[bytes] = path.open("a+b")
        _lock(self._file, path)
        self._read()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def clear(self) -> None:
        """Forget the run."""
        self._file.truncate(0)
        self._read()

    def begin(self, run: Mapping[str, Any]) -> None:
        """Enter what the run is. Raises `AnotherRunError` if the ledger is of a run that differs in anything."""
        if not self.run:
            self._append({"run": dict(run)})
            self.run = dict(run)
        differing = [name for name in run if self.run.get(name) != run[name]]
        if differing:
            raise AnotherRunError(
                f"{self.path.parent}: belongs to a run with another {' and another '.join(differing)}. Give the "
                "inputs and options of that run to continue it, another output, or --overwrite to begin anew."
            )

    def enter(self, result: ShardResult) -> None:
        """Enter a finished shard, once."""
        if result.number not in self.finished:
            self._append({"shard": result.number} | asdict(result.count))
            self._count(result.number, result.count)

    def close_run(self) -> None:
        """Enter that the output is whole."""
        if not self.complete:
            self._append({"complete": True})
            self.complete = True

    def _append(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _count(self, number: int, count: Count) -> None:
        self.finished.add(number)
        self.total += count

    def _read(self) -> None:
        self.run = {}
        self.finished = set()
        self.total = Count()
        self.complete = False
        self._file.seek(0)
        end = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break  # the entry that a kill has cut off
            end += len(line)
            entry = json.loads(line)
            if "run" in entry:
                self.run = entry["run"]
            elif "shard" in entry:
                self._count(entry.pop("shard"), Count(**entry))
            else:
                self.complete = True
        self._file.truncate(end)


def _lock(file: IO[bytes], path: Path) -> None:
    """Take the lock, which the system gives back however the process ends."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise AnotherRunError(f"{path.parent}: another process is writing this output. Wait for it.") from error

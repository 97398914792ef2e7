"""The inputs of a run, kept on disk and cut into shards."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from spacy_imr.inputs import Input, joined

# A run of few letters still has shards enough for the cores of a machine; one of many has files of a useful size.
SHARDS: Final = 64
SMALLEST: Final = 8
LARGEST: Final = 256


@dataclass(frozen=True)
class Shard:
    """A piece of the plan: its number, and where its inputs stand in the file of the plan (byte, lines)."""

    number: int
    offset: int
    lines: int
    letters: int


class Plan:
    """The inputs of a run: `path` holds one a line, in the order in which they are read.

    digest: tells this list of inputs from any other.
    letters: how many there are, a file of several counted once.
    """

    def __init__(self, path: Path, inputs: Iterable[Input]) -> None:
        """Write the list. It may hold millions: in memory stay its offsets."""
        self.path = path
        self._counts = array("Q")
        self._lengths = array("Q")
        hashed = hashlib.sha256()
        temporary = path.with_name(path.name + ".tmp")
        with temporary.open("wb") as file:
            for entry in inputs:
                line = json.dumps(list(asdict(entry).values())).encode() + b"\n"
                # Where standard input is kept does not tell one list from another; its mark does.
                hashed.update(repr((entry.kind, entry.name, entry.start, entry.column, entry.mark)).encode())
                self._counts.append(len(entry))
                self._lengths.append(file.write(line))
        temporary.replace(path)
        self.digest = hashed.hexdigest()
        self.letters = sum(self._counts)

    def usual_size(self) -> int:
        """How many letters a shard has unless the user says otherwise."""
        return min(LARGEST, max(SMALLEST, self.letters // SHARDS))

    def shards(self, size: int) -> list[Shard]:
        """The shards: inputs that follow each other, closed at `size` letters or at the first input past it."""
        found: list[Shard] = []
        first = offset = lines = letters = 0
        for count, length in zip(self._counts, self._lengths, strict=True):
            offset += length
            lines += 1
            letters += count
            if letters >= size:
                found.append(Shard(len(found), first, lines, letters))
                first, lines, letters = offset, 0, 0
        if lines:
            found.append(Shard(len(found), first, lines, letters))
        return found


def shard_inputs(path: Path, shard: Shard) -> Iterator[Input]:
    """The inputs of a shard, from the plan's file."""
    with path.open("rb") as file:
        file.seek(shard.offset)
        yield from joined([Input(*json.loads(file.readline())) for _ in range(shard.lines)])

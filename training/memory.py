"""Resident memory over a long batch: ``python -m training.memory MODEL [--letters 20000] [-n 2] [-o memory.json]``.

The authored letters are read over and over, each time with other names and numbers, so that the vocabulary would grow
with every letter if nothing emptied it. The batch is the one that users run; memory is that of the command and all its
processes together, each shared page counted in each of them, at every twentieth of the way.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from corpus.files import authored
from spacy_imr.batch import Count, read_batch
from training.figures import show

POINTS = 20


def varied_letters(count: int) -> Iterator[str]:
    """Authored letters, their long numbers and some of their words other in each."""
    rng = random.Random(0)
    for letter in islice(cycle(letter for split in authored().values() for letter in split), count):
        text = re.sub(r"\d{4,}", lambda match: str(rng.randrange(10 ** len(match[0]))), letter.text)
        names = " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=9)) for _ in range(20))
        yield f"{text}\n\nReferences: {names}\n"


def resident_megabytes() -> float:
    """Resident memory of this process and of all that it started (Linux)."""
    own = str(Path("/proc/self").resolve().name)
    return sum(_resident(process) for process in _family(own)) / 1e6


def _family(process: str) -> Iterator[str]:
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text(encoding="ascii").split():
            yield from _family(child)


def _resident(process: str) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def measure(model: str, letters: int, n_process: int) -> dict[str, Any]:
    """Megabytes after each twentieth of the letters, and how much the second half of the way added."""
    points: list[dict[str, float]] = []

    def watch(count: Count, total: int) -> None:
        if count.inputs >= len(points) * total / POINTS:
            points.append({"letters": count.inputs, "megabytes": round(resident_megabytes(), 1)})
            print(points[-1], file=sys.stderr)

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "letters.jsonl"
        with table.open("w", encoding="utf-8") as sink:
            sink.writelines(json.dumps({"text": text}) + "\n" for text in varied_letters(letters))
        read_batch([str(table)], Path(folder) / "out.jsonl", model, n_process=n_process, progress=watch)
    middle = points[len(points) // 2]["megabytes"]
    return {
        "letters": letters,
        "processes": n_process,
        "megabytes_added_by_the_second_half": round(points[-1]["megabytes"] - middle, 1),
        "points": points,
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m training.memory", description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--letters", type=int, default=20_000)
    parser.add_argument("-n", "--n-process", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    show(measure(options.model, options.letters, options.n_process), options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a run is: plain values that go to every process and every machine that works on it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from spacy.util import is_package

from spacy_imr.inputs import Limits


@dataclass(frozen=True)
class Run:
    """One batch.

    output: ``X.jsonl``, ``X.parquet``, ``X.csv`` or ``X.xlsx``, absolute.
    model: package, or absolute folder.
    root: the folder that names of inputs are relative to.
    quantized: see `spacy_imr.reading.load`.
    """

    output: Path
    model: str
    root: Path = field(default_factory=Path.cwd)
    limits: Limits = field(default_factory=Limits)
    quantized: bool = False

    @property
    def folder(self) -> Path:
        """``X.jsonl.run``: the ledger, the list of inputs, and parts that are not yet in the output."""
        return self.output.with_name(self.output.name + ".run")

    @property
    def ledger(self) -> Path:
        """What is finished."""
        return self.folder / "ledger.jsonl"

    @property
    def plan(self) -> Path:
        """The list of inputs, one a line."""
        return self.folder / "inputs.jsonl"

    @property
    def errors(self) -> Path:
        """``X.errors.jsonl`` beside ``X.jsonl``."""
        return errors_path(self.output)


def errors_path(output: Path) -> Path:
    """``X.errors.jsonl`` beside ``X.jsonl`` or ``X.parquet``."""
    return output.with_name(output.stem + ".errors.jsonl")


def absolute_model(model: str) -> str:
    """A package's name as it is, a folder as an absolute path; what is both is the package, as it is for spaCy."""
    return model if is_package(model) or not os.path.isdir(model) else os.path.abspath(model)

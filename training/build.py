"""Train a pipeline from its config, package it as a wheel, install the wheel, measure it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy
import spacy
from spacy.cli.package import package
from spacy.cli.train import train
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.strings import StringStore

ROOT = Path(__file__).parent.parent
LICENSE = "Apache-2.0"
# The word vectors of the small pipeline, as its config names them.
VECTORS = Path("models/en_imr_vectors")
Array = numpy.ndarray[Any, Any]


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def train_pipeline(config: Path, output: Path, overrides: dict[str, Any]) -> Path:
    """Train as the config says; returns the folder of the best model on dev."""
    train(config, output, overrides=overrides)
    return output / "model-best"


def prune_strings(model: Path) -> None:
    """Leave in the vocabulary only the strings that the pipeline needs (its labels).

    spaCy writes every token that it met in training into ``vocab/strings.json``: names of people among them, in
    letters that are not public. The models read hashes and need none of them.
    """
    nlp = spacy.load(model)
    needed = sorted({label for pipe in nlp.pipe_names for label in getattr(nlp.get_pipe(pipe), "labels", ())})
    StringStore(needed).to_disk(model / "vocab" / "strings.json")
    (model / "vocab" / "lookups.bin").unlink(missing_ok=True)


def round_weights(nlp: Language) -> None:
    """Round the weights of the networks and the word vectors to sixteen bits (bfloat16), still stored in 32: the zeros
    that this leaves make a wheel about half as large.
    """
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, TrainablePipe):
            for node in pipe.model.walk():
                for name in node.param_names:
                    if node.has_param(name):
                        node.set_param(name, _rounded(node.get_param(name)))
    nlp.vocab.vectors.data = _rounded(nlp.vocab.vectors.data)


def compact(model: Path) -> None:
    """`round_weights` of a saved pipeline."""
    nlp = spacy.load(model)
    round_weights(nlp)
    nlp.to_disk(model)


def _rounded(table: Array) -> Array:
    bits = numpy.ascontiguousarray(table, dtype="f").view("u4")
    # To the nearest, and to the even one where two are as near.
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype("u4").view("f")


def package_pipeline(model: Path, output: Path, name: str, facts: dict[str, Any]) -> Path:
    """Build a wheel of `model`; `facts` join its ``meta.json``. Returns the path of the wheel."""
    prune_strings(model)
    meta_path = model / "meta.json"
    meta = json.loads(meta_path.read_text(encoding="utf-8"))
    lang, _, short = name.partition("_")
    version = _version()
    meta |= {
        "lang": lang,
        "name": short,
        "version": version,
        "description": "Entities, issues, outcomes and guideline families of California Independent Medical Reviews.",
        "author": "The spacy-imr developers",
        "license": LICENSE,
        "requirements": [f"spacy-imr>={version},<{_next_minor(version)}"],
    } | facts
    meta_path.write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    output.mkdir(parents=True, exist_ok=True)
    package(model, output, create_wheel=True, create_sdist=False, force=True, silent=True)
    (wheel,) = (output / f"{name}-{version}" / "dist").glob("*.whl")
    return wheel


def _version() -> str:
    from spacy_imr import __version__

    return __version__


def _next_minor(version: str) -> str:
    major, minor, *_ = version.split(".")
    return f"{major}.{int(minor) + 1}"


def wheel_meta(wheel: Path) -> dict[str, Any]:
    """The ``meta.json`` of a pipeline's wheel."""
    with zipfile.ZipFile(wheel) as package:
        name = next(name for name in package.namelist() if name.count("/") == 2 and name.endswith("meta.json"))
        meta: dict[str, Any] = json.loads(package.read(name))
    return meta


def install_wheel(wheel: Path) -> None:
    """Install a wheel into the running environment, over an older one."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", str(wheel)]
    subprocess.run(command, check=True)


def run(*command: str) -> None:
    """Run a command of the project in the running environment, from its root."""
    subprocess.run([sys.executable, *command], check=True, cwd=ROOT)

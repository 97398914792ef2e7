"""From a file to its record."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language

from spacy_imr.inputs import read_source
from spacy_imr.pipeline.quantize import quantize
from spacy_imr.records import Determination

DEFAULT_MODEL = "en_imr_sm"


class ModelNotFoundError(OSError):
    """The model is neither installed nor a folder."""


def load(model: str | Path = DEFAULT_MODEL, *, quantized: bool = False) -> Language:
    """Load a pipeline by package name or folder.

    quantized (bool): let a transformer read about twice as fast on a CPU, see `spacy_imr.pipeline.quantize`.

    Raises `ModelNotFoundError` that says how to get it.
    """
    try:
        nlp = spacy.load(model)
        return quantize(nlp) if quantized else nlp
    except OSError as error:
        raise ModelNotFoundError(
            f"the model {str(model)!r} cannot be loaded: {error} "
            "Install its wheel from the folder models/, or build it with `make train`."
        ) from error


def model_name(nlp: Language) -> str:
    """Package and version of a pipeline, such as ``en_imr_sm-0.1.0``."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"


def read(path: str | Path, model: str | Path | Language = DEFAULT_MODEL) -> Determination:
    """The record of the letter in a text or PDF file.

    Raises `spacy_imr.pdf.UnreadableError` if the file is no letter, `ValueError` if it holds several (`read_all`
    gives them all).
    """
    found = read_all(path, model)
    if len(found) > 1:
        raise ValueError(f"{path}: holds {len(found)} determinations. Use spacy_imr.read_all.")
    return found[0]


def read_all(path: str | Path, model: str | Path | Language = DEFAULT_MODEL) -> list[Determination]:
    """The records of all letters in a text or PDF file, in order."""
    nlp = model if isinstance(model, Language) else load(model)
    source = read_source(Path(path))
    return list(source.read(nlp)._.determinations)

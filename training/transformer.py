"""What only the transformer pipeline needs: faster arithmetic in training, and the classifiers of the small one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import registry

from training.configs import merged_config


@registry.callbacks("imr.Bfloat16.v1")
def create_bfloat16() -> Callable[[Language], Language]:
    """For ``[initialize.after_init]``: train the encoder with products of matrices in bfloat16, about twice as fast on
    a CPU that has them. Weights and what is saved stay in single precision.
    """

    def lower_precision(nlp: Language) -> Language:
        import torch

        encoder = nlp.get_pipe("transformer").model.transformer  # type: ignore[attr-defined]
        forward = encoder.forward

        @functools.wraps(forward)
        def in_bfloat16(*arguments: Any, **settings: Any) -> Any:
            with torch.autocast("cpu", torch.bfloat16):
                output = forward(*arguments, **settings)
            for key, value in output.items():
                if torch.is_tensor(value):
                    output[key] = value.float()
            return output

        encoder.forward = in_bfloat16
        return nlp

    return lower_precision


def add_classifiers(model: Path, source: str) -> None:
    """Put the components that follow the recogniser in the small pipeline `source` into the pipeline in `model`."""
    nlp = spacy.load(model)
    small = spacy.load(source)
    small.vocab.vectors = nlp.vocab.vectors  # the classifiers use none
    for name in merged_config("en_imr_sm")["nlp"]["pipeline"]:
        if name not in nlp.pipe_names and name != "tok2vec":
            nlp.add_pipe(name, source=small)
    nlp.to_disk(model)

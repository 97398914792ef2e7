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


def join_small(model: Path, source: str) -> None:
    """Give the transformer pipeline in `model` what the small pipeline `source` has: its recogniser, whose tag
    probabilities are averaged with those of the transformer's, and the components that follow it.
    """
    nlp = spacy.load(model)
    small = spacy.load(source)
    nlp.vocab.vectors = small.vocab.vectors
    nlp.add_pipe("tok2vec", source=small, before="ner")
    _average(nlp, small)
    for name in merged_config("en_imr_sm")["nlp"]["pipeline"]:
        if name not in nlp.pipe_names:
            nlp.add_pipe(name, source=small)
    nlp.to_disk(model)


def _average(nlp: Language, small: Language) -> None:
    """Put the mean of the recognisers of two pipelines in the place of that of the first."""
    pipes = [nlp.get_pipe("ner"), small.get_pipe("ner")]
    if pipes[0].labels != pipes[1].labels:  # type: ignore[attr-defined]
        raise ValueError(f"the recognisers of {nlp.meta['name']} and {small.meta['name']} know different labels")
    configs = [one.config.interpolate()["components"]["ner"]["model"] for one in (nlp, small)]
    taggers = dict(zip(("transformer", "tok2vec"), configs, strict=True))
    settings = {"model": {"@architectures": "imr.MeanTagger.v1", "*": taggers}}
    both = nlp.add_pipe("imr_recognizer", name="both", config=settings, after="ner")
    both.cfg["labels"] = list(pipes[0].labels)  # type: ignore[attr-defined]
    for tagger, pipe in zip(both.model.layers, pipes, strict=True):  # type: ignore[attr-defined]
        tagger.from_bytes(pipe.model.to_bytes())  # type: ignore[attr-defined]
    nlp.remove_pipe("ner")
    nlp.rename_pipe("both", "ner")

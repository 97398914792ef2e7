"""How fast the recogniser could read at best: tokenisation, and the arithmetic of its network at the speed at which
this machine multiplies matrices.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy
from spacy.language import Language
from thinc.api import Model

from spacy_imr.pipeline.layers import read_tokens

# The shape of one product of the small pipeline's encoder: tokens of a few letters, window of three words of 128.
SHAPE = (4096, 384, 384)


def floor(nlp: Language, texts: Sequence[str], tokenizer_seconds: float) -> dict[str, Any]:
    """Seconds that tokenisation and the products of matrices over every token that is read would take alone.

    Layers that run once a distinct word (``distinct_words``) are left out, so that the floor is none too high.
    """
    nodes: list[Model[Any, Any]] = []
    for name in ("tok2vec", "ner"):
        nodes += _token_layers(nlp.get_pipe(name).model)  # type: ignore[attr-defined]
    weights = [node.get_param("W").size for node in nodes if node.has_param("W")]
    reader = nlp.get_pipe("imr_letter")
    tokens = sum(len(read_tokens(reader(nlp.make_doc(text)))) for text in texts)
    rate = matrix_rate()
    seconds = 2 * sum(weights) * tokens / rate
    return {
        "gigaflops": round(rate / 1e9, 1),
        "operations_a_token": 2 * sum(weights),
        "tokens_read": tokens,
        "network_seconds": round(seconds, 4),
        "seconds": round(tokenizer_seconds + seconds, 4),
    }


def _token_layers(model: Model[Any, Any]) -> list[Model[Any, Any]]:
    if model.name == "distinct_words":
        return []
    return [model, *(node for layer in model.layers for node in _token_layers(layer))]


def matrix_rate(repeats: int = 20) -> float:
    """Floating-point operations a second in products of matrices of `SHAPE`, the best of `repeats`."""
    rows, inner, columns = SHAPE
    rng = numpy.random.default_rng(0)
    one, two = rng.random((rows, inner), dtype="f"), rng.random((inner, columns), dtype="f")
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        _ = one @ two
        times.append(time.perf_counter() - start)
    return 2 * rows * inner * columns / min(times)

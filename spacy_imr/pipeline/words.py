"""Embedding each distinct word once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
from spacy.attrs import ORTH
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Model
from thinc.types import Floats2d

# The NORM of a word that is hidden; no text holds it.
UNKNOWN = "\x00"


@registry.architectures("imr.DistinctWords.v1")
def build_distinct_words(
    layer: Model[list[Doc], list[Floats2d]], unknown: float = 0.0
) -> Model[list[Doc], list[Floats2d]]:
    """Run an embedding layer on one document that holds each distinct word of the batch once, and give every token the
    vector of its word. A letter repeats most of its words, so that this costs a small part of embedding every token.

    layer: an embedding that reads nothing of a token but its text and what follows from it, such as
        ``spacy.MultiHashEmbed.v2``.
    unknown (float): share of the words whose NORM is hidden in a training step, so that the network also learns to
        read a word that it does not know by its vector, its letters and its neighbours.
    """
    if not 0 <= unknown < 1:
        raise ValueError(f"imr.DistinctWords.v1: unknown is {unknown}. Use a share from 0 to less than 1.")
    return Model(
        "distinct_words",
        _forward,
        init=_init,
        layers=[layer],
        refs={"layer": layer},
        dims={"nO": None},
        attrs={"unknown": unknown},
    )


def _distinct(docs: list[Doc]) -> tuple[Doc, list[numpy.ndarray[Any, Any]]]:
    """A document of the distinct words of `docs`, and for each document the places of its words in it."""
    keys = [doc.to_array(ORTH) for doc in docs]
    distinct, places = numpy.unique(numpy.concatenate(keys), return_inverse=True)
    vocab = docs[0].vocab
    words = [vocab.strings[int(key)] for key in distinct]
    ends = numpy.cumsum([len(key) for key in keys])[:-1]
    return Doc(vocab, words=words), numpy.split(places, ends)


def _init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    layer = model.get_ref("layer")
    sample = [_distinct(X)[0]] if X else None
    layer.initialize(sample)
    if sample:
        model.set_dim("nO", layer.predict(sample)[0].shape[1])


def _forward(
    model: Model[list[Doc], list[Floats2d]], docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    if not any(len(doc) for doc in docs):
        return [model.ops.alloc2f(0, model.get_dim("nO")) for _ in docs], lambda gradients: docs
    words, places = _distinct(docs)
    if is_train and model.attrs["unknown"]:
        for index in numpy.flatnonzero(numpy.random.random(len(words)) < model.attrs["unknown"]).tolist():
            words[index].norm_ = UNKNOWN
    (vectors,), backprop = model.get_ref("layer")([words], is_train)

    def backward(gradients: list[Floats2d]) -> list[Doc]:
        total = model.ops.alloc2f(*vectors.shape)
        where = model.ops.asarray1i(numpy.concatenate(places).tolist())
        model.ops.scatter_add(total, where, model.ops.xp.concatenate(gradients))
        backprop([total])
        return docs

    return [vectors[place] for place in places], backward

"""Network layers of the project, found through the entry points like every other architecture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from spacy.attrs import IS_SPACE
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Maxout, Model, NumpyOps, Softmax_v2, chain, with_array
from thinc.types import Floats2d


@registry.architectures("imr.SkipSpace.v1")
def build_skip_space(layer: Model[list[Doc], list[Floats2d]]) -> Model[list[Doc], list[Floats2d]]:
    """Run a token-to-vector layer as if the text were not wrapped.

    spaCy makes a token of every line break, and a convolution then sees another neighbourhood wherever a PDF file
    broke its lines. Here tokens that nothing is read from (`read_tokens`) are left out before `layer` runs. Each
    gets the vector of the token that follows it, so that the output still has one row a token.
    """
    model: Model[list[Doc], list[Floats2d]] = Model(
        "skip_space",
        _skip_space,
        init=_init_skip_space,
        layers=[layer],
        refs={"layer": layer},
        dims={"nO": layer.get_dim("nO") if layer.has_dim("nO") else None},
    )
    multiply_with_numpy(model)
    return model


def multiply_with_numpy(model: Model[Any, Any]) -> None:
    """Let `model` multiply matrices with numpy's library instead of the BLIS that thinc brings along, which has no
    kernels for many processors and then is several times slower. Models on other devices stay as they are.
    """
    for node in model.walk():
        if type(node.ops) is NumpyOps:
            node.ops = NumpyOps(use_blis=False)


# Sections that the state prints into every letter and that say nothing of the case, and how many tokens one has at
# most: a longer one has swallowed the section behind it, whose heading was not found, and is read.
BOILERPLATE = ("how_made", "credentials")
LONGEST = 250


def read_tokens(doc: Doc) -> list[int]:
    """The tokens of `doc` in which mentions are looked for: white space aside, and boilerplate where
    ``doc.spans["sections"]`` says which it is.
    """
    skipped = doc.to_array(IS_SPACE)
    for section in doc.spans.get("sections", ()):
        if section.label_ in BOILERPLATE and len(section) <= LONGEST:
            skipped[section.start : section.end] = 1
    return numpy.flatnonzero(skipped == 0).tolist()


def _init_skip_space(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    layer = model.get_ref("layer")
    layer.initialize([_without_space(doc)[0] for doc in X] if X else None, Y)
    if layer.has_dim("nO"):
        model.set_dim("nO", layer.get_dim("nO"))


def _without_space(doc: Doc) -> tuple[Doc, numpy.ndarray[Any, Any]]:
    """`doc` without the tokens that nothing is read from, and for every token of `doc` the row of its vector."""
    kept = read_tokens(doc)
    if not kept:  # keep something, so that there is a row to point to
        return doc, numpy.arange(len(doc))
    rows = numpy.searchsorted(kept, numpy.arange(len(doc)))
    return Doc(doc.vocab, words=[doc[index].text for index in kept]), numpy.minimum(rows, len(kept) - 1)


def _skip_space(
    model: Model[list[Doc], list[Floats2d]], docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    pairs = [_without_space(doc) for doc in docs]
    vectors, backprop = model.get_ref("layer")([doc for doc, _ in pairs], is_train)
    outputs = [vector[rows] for vector, (_, rows) in zip(vectors, pairs, strict=True)]

    def backward(gradients: list[Floats2d]) -> list[Doc]:
        summed = []
        for gradient, vector, (_, rows) in zip(gradients, vectors, pairs, strict=True):
            total = model.ops.alloc2f(*vector.shape)
            model.ops.scatter_add(total, model.ops.asarray1i(rows.tolist()), gradient)
            summed.append(total)
        return backprop(summed)

    return outputs, backward


@registry.architectures("imr.TokenTagger.v1")
def build_token_tagger(
    tok2vec: Model[list[Doc], list[Floats2d]], hidden_width: int, nO: int | None = None
) -> Model[list[Doc], list[Floats2d]]:
    """Probabilities of tags, one row a token: a hidden layer and a softmax over `tok2vec`.

    hidden_width (int): width of the hidden layer; 0 for none.
    nO (int): number of tags; set when the component is initialised.
    """
    width = tok2vec.get_dim("nO") if tok2vec.has_dim("nO") else None
    softmax: Model[Floats2d, Floats2d] = Softmax_v2(nO, hidden_width or width)
    head = chain(Maxout(hidden_width, width, nP=2, dropout=0.0, normalize=True), softmax) if hidden_width else softmax
    model: Model[list[Doc], list[Floats2d]] = chain(tok2vec, with_array(head))
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("softmax", softmax)
    multiply_with_numpy(model)
    return model


@registry.architectures("imr.MeanTagger.v1")
def build_mean_tagger(*taggers: Model[list[Doc], list[Floats2d]]) -> Model[list[Doc], list[Floats2d]]:
    """The mean of the tag probabilities of several `taggers`, such as ``imr.TokenTagger.v1`` over different encoders.
    In training each gets the gradient of the mean.
    """
    if not taggers:
        raise ValueError("imr.MeanTagger.v1: no taggers. Give at least one.")
    return Model("mean_tagger", _mean, init=_init_mean, layers=taggers)


def _init_mean(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    for tagger in model.layers:
        tagger.initialize(X, Y)


def _mean(
    model: Model[list[Doc], list[Floats2d]], docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    found = [tagger(docs, is_train) for tagger in model.layers]

    def backward(gradients: list[Floats2d]) -> list[Doc]:
        for _, backprop in found:
            backprop(gradients)
        return docs

    return [sum(rows) / len(rows) for rows in zip(*(given for given, _ in found), strict=True)], backward


def tag_names(labels: Sequence[str]) -> list[str]:
    """The tags of BILUO for `labels`: ``O`` first, then begin, in, last and unit of each."""
    return ["O"] + [f"{prefix}-{label}" for label in labels for prefix in "BILU"]

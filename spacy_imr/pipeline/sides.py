"""Which way the reasons of a review point: each sentence speaks for the request, against it, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy

from spacy_imr.labels import SIDES
from spacy_imr.pipeline.linear import FEWEST, Array, LinearText

Sentence = Sequence[str]
# Parts in which the letters are read by models that were not fitted on them.
FOLDS: Final = 4
_SMALL: Final = 0.02


class SidedText:
    """Probabilities of two labels for texts given as sentences.

    A linear model gives each sentence, read with its neighbours, its side; a second one reads the words of the whole
    text; a third weighs what the two find.

    labels: the two labels, in the order of what `predict` returns.
    size (int), ngrams (int): of the linear models, see `LinearText`.
    """

    exclusive = True

    def __init__(self, labels: Sequence[str], *, size: int, ngrams: int) -> None:
        self.labels = tuple(labels)
        self.sentences = LinearText(SIDES, exclusive=True, size=size, ngrams=ngrams)
        self.whole = LinearText(labels, exclusive=True, size=size, ngrams=ngrams)
        self.weights: Array = numpy.zeros(len(_summary(numpy.ones((1, len(SIDES))))) + 1, dtype="f")
        self.weights[-1] = 1
        self.bias: Array = numpy.zeros(1, dtype="f")

    def predict(self, texts: Sequence[Sequence[Sentence]]) -> Array:
        """Probabilities, shape (texts, 2)."""
        scores = self._found(self.sentences, self.whole, texts) @ self.weights + self.bias
        second = 1 / (1 + numpy.exp(-scores))
        return numpy.stack([1 - second, second], axis=1)

    def sides(self, text: Sequence[Sentence]) -> Array:
        """Probabilities of `SIDES` for each sentence, shape (sentences, 3)."""
        return self.sentences.predict(in_context(text))

    def fit(
        self,
        texts: Sequence[Sequence[Sentence]],
        gold: Sequence[set[str]],
        *,
        strength: float,
        balanced: bool = False,
        sides: Sequence[Sequence[str | None]] = (),
        groups: Sequence[int] = (),
    ) -> None:
        """Learn from texts and their labels.

        strength (float), balanced (bool): see `LinearText.fit`.
        sides: for each text the side of each sentence, None where it is not known, or nothing; without any, the words
            decide.
        groups: for each text the number of its letter, so that no letter is read by a model fitted on it.
        """
        from scipy.special import logit
        from sklearn.base import clone
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GroupKFold, TunedThresholdClassifierCV

        sides = [given or [None] * len(text) for text, given in zip(texts, sides or [()] * len(texts), strict=True)]
        groups = groups or range(len(texts))
        truth = numpy.array([self.labels[1] in labels for labels in gold])
        self._fit_parts(self.sentences, self.whole, texts, gold, sides, strength)
        if len(set(groups)) < FOLDS or min(truth.sum(), (~truth).sum()) < FEWEST:
            return
        found = numpy.zeros((len(texts), len(self.weights)))
        for known, others in GroupKFold(FOLDS).split(texts, groups=groups):
            parts = (self._blank(self.sentences), self._blank(self.whole))
            self._fit_parts(
                *parts, [texts[i] for i in known], [gold[i] for i in known], [sides[i] for i in known], strength
            )
            found[others] = self._found(*parts, [texts[i] for i in others])
        model = LogisticRegression(class_weight="balanced", max_iter=3000).fit(found, truth)
        self.weights = model.coef_[0].astype("f")
        self.bias = model.intercept_.astype("f")
        if balanced:
            tuned = TunedThresholdClassifierCV(clone(model), response_method="predict_proba").fit(found, truth)
            self.bias -= logit(tuned.best_threshold_)

    @staticmethod
    def _blank(model: LinearText) -> LinearText:
        return LinearText(model.labels, exclusive=model.exclusive, size=len(model.idf), ngrams=model.ngrams)

    @staticmethod
    def _fit_parts(
        sentences: LinearText,
        whole: LinearText,
        texts: Sequence[Sequence[Sentence]],
        gold: Sequence[set[str]],
        sides: Sequence[Sequence[str | None]],
        strength: float,
    ) -> None:
        known = [
            (words, {side})
            for text, marks in zip(texts, sides, strict=True)
            for words, side in zip(in_context(text), marks, strict=True)
            if side
        ]
        if known:
            sentences.fit([words for words, _ in known], [side for _, side in known], strength=strength)
        whole.fit([_joined(text) for text in texts], gold, strength=strength)

    @staticmethod
    def _found(sentences: LinearText, whole: LinearText, texts: Sequence[Sequence[Sentence]]) -> Array:
        """What the third model weighs, shape (texts, features)."""
        chances = numpy.clip(whole.predict([_joined(text) for text in texts]), 1e-6, 1)
        found = [_summary(sentences.predict(in_context(text))) for text in texts]
        return numpy.column_stack([numpy.array(found), numpy.log(chances[:, 1] / chances[:, 0])])

    # --- saving ---

    def arrays(self) -> dict[str, Array]:
        """What there is to save, by name."""
        parts = {"sentences": self.sentences, "whole": self.whole}
        saved = {f"{name}.{key}": table for name, model in parts.items() for key, table in model.arrays().items()}
        return saved | {"weights": self.weights, "bias": self.bias}

    def load_arrays(self, arrays: dict[str, Array]) -> None:
        """The reverse of `arrays`."""
        for name, model in (("sentences", self.sentences), ("whole", self.whole)):
            own = {key.removeprefix(f"{name}."): table for key, table in arrays.items() if key.startswith(f"{name}.")}
            model.load_arrays(own)
        self.weights, self.bias = arrays["weights"], arrays["bias"]


def in_context(text: Sequence[Sentence]) -> list[list[str]]:
    """The words of each sentence, and, marked, those of its neighbours and how far it is from the end."""
    last = len(text) - 1
    return [
        [
            *words,
            f"\x00{min(last - place, 4)}",
            *(f"<{word}" for word in (text[place - 1] if place else ())),
            *(f">{word}" for word in (text[place + 1] if place < last else ())),
        ]
        for place, words in enumerate(text)
    ]


def _joined(text: Sequence[Sentence]) -> list[str]:
    return [word for words in text for word in words]


def _summary(chances: Array) -> list[float]:
    """What a text's sentences say together. `chances`: their probabilities of `SIDES`, shape (sentences, 3)."""
    of, against = chances[:, SIDES.index("FOR")], chances[:, SIDES.index("AGAINST")]
    found: list[float] = []
    for lean in (of - against, numpy.log(of + _SMALL) - numpy.log(against + _SMALL)):
        found += [lean.sum() / len(lean) ** 0.5, lean.mean(), lean[-1], lean.max(), lean.min()]
    return found

"""A linear text classifier over hashed word n-grams: TF-IDF and logistic regression.

scikit-learn fits it; what it keeps is two arrays, so that reading needs numpy alone and a package holds neither a
pickle nor a word of the training letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy
from spacy.strings import get_string_id

Array = numpy.ndarray[Any, Any]
# Texts of a label below which nothing is cross-validated.
FEWEST = 20


class LinearText:
    """Probabilities of labels for sequences of words.

    labels: names of the columns of what `predict` returns.
    exclusive (bool): the probabilities of a text sum to one; otherwise each label stands for itself.
    size (int): number of buckets that the n-grams are hashed into.
    ngrams (int): the longest n-gram, in words.
    """

    def __init__(self, labels: Sequence[str], *, exclusive: bool, size: int, ngrams: int) -> None:
        self.labels = tuple(labels)
        self.exclusive = exclusive
        self.ngrams = ngrams
        self.idf: Array = numpy.zeros(size, dtype="f")
        self.weights: Array = numpy.zeros((size, len(self.labels)), dtype="f")
        self.bias: Array = numpy.zeros(len(self.labels), dtype="f")

    def counts(self, words: Sequence[str]) -> tuple[Array, Array]:
        """Buckets of the n-grams of a text, in order and each once, and how often each occurs."""
        size = len(self.idf)
        counts = Counter(
            get_string_id(" ".join(words[start : start + length])) % size
            for length in range(1, self.ngrams + 1)
            for start in range(len(words) - length + 1)
        )
        buckets = sorted(counts)
        return numpy.array(buckets, dtype="i8"), numpy.array([counts[bucket] for bucket in buckets], dtype="f8")

    def features(self, words: Sequence[str]) -> tuple[Array, Array]:
        """Buckets of the n-grams of a text, in order and each once, and their weights, of unit length together."""
        buckets, counts = self.counts(words)
        return buckets, self.weighted(buckets, counts)

    def weighted(self, buckets: Array, counts: Array) -> Array:
        """Weights of the n-grams of a text, of unit length together; buckets, counts: see `counts`."""
        values = (1 + numpy.log(counts)) * self.idf[buckets]
        return values / max(1e-9, float(numpy.linalg.norm(values)))

    def predict(self, texts: Sequence[Sequence[str]]) -> Array:
        """Probabilities, shape (texts, labels)."""
        scores = numpy.zeros((len(texts), len(self.labels)), dtype="f")
        for row, words in enumerate(texts):
            buckets, values = self.features(words)
            scores[row] = values @ self.weights[buckets] + self.bias
        if self.exclusive:
            raised = numpy.exp(scores - scores.max(axis=1, keepdims=True))
            return raised / raised.sum(axis=1, keepdims=True)
        return 1 / (1 + numpy.exp(-scores))

    def fit(
        self,
        texts: Sequence[Sequence[str]],
        gold: Sequence[set[str]],
        *,
        strength: float,
        balanced: bool = False,
        least: int = 2,
    ) -> None:
        """Learn from texts and their labels, as much from all texts of a rare label as from all of a frequent one;
        n-grams of fewer than `least` texts are left out.

        strength (float): inverse of the regularisation, the `C` of scikit-learn's `LogisticRegression`.
        balanced (bool): move the border between two exclusive labels to where the balanced accuracy is highest in
            cross-validation (scikit-learn's `TunedThresholdClassifierCV`), which matters where the texts tell little;
            left where it is if a label has fewer than `FEWEST` texts.
        """
        from scipy.sparse import csr_array
        from scipy.special import logit
        from sklearn.base import clone
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import TunedThresholdClassifierCV

        rows = [self.counts(words) for words in texts]
        seen = numpy.zeros(len(self.idf))
        for buckets, _ in rows:
            seen[buckets] += 1
        self.idf = numpy.where(seen >= least, numpy.log((1 + len(texts)) / (1 + seen)) + 1, 0).astype("f")
        table = csr_array(
            (
                numpy.concatenate([self.weighted(*row) for row in rows]),
                numpy.concatenate([buckets for buckets, _ in rows]),
                numpy.cumsum([0] + [len(buckets) for buckets, _ in rows]),
            ),
            shape=(len(texts), len(self.idf)),
        )
        self.weights[:] = 0
        # Two labels that exclude one another are one decision: the second label or the first.
        columns = range(1, 2) if self.exclusive and len(self.labels) == 2 else range(len(self.labels))
        for column in columns:
            truth = numpy.array([self.labels[column] in labels for labels in gold])
            if truth.all() or not truth.any():
                self.bias[column] = 10.0 if truth.all() else -10.0
                continue
            model = LogisticRegression(C=strength, class_weight="balanced", max_iter=3000)
            model.fit(table, truth)
            self.weights[:, column] = model.coef_[0]
            self.bias[column] = model.intercept_[0]
            if balanced and self.exclusive and min(truth.sum(), (~truth).sum()) >= FEWEST:
                tuned = TunedThresholdClassifierCV(clone(model), response_method="predict_proba").fit(table, truth)
                self.bias[column] -= logit(tuned.best_threshold_)

    def arrays(self) -> dict[str, Array]:
        """What there is to save, by name: only the buckets that weigh anything, each as its distance from the one
        before it, and numbers of sixteen bits, which make a package much smaller.
        """
        used = numpy.flatnonzero(self.idf)
        return {
            "steps": numpy.diff(used, prepend=0).astype("i4"),
            "idf": self.idf[used].astype("f2"),
            "weights": self.weights[used].astype("f2"),
            "bias": self.bias,
        }

    def load_arrays(self, arrays: dict[str, Array]) -> None:
        """The reverse of `arrays`."""
        used = numpy.cumsum(arrays["steps"])
        self.idf[:] = 0
        self.weights[:] = 0
        self.idf[used] = arrays["idf"]
        self.weights[used] = arrays["weights"]
        self.bias[:] = arrays["bias"]

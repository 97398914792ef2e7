"""What the transformer pipeline knows of words, as vectors for the small one: ``python -m training.vectors PIPELINE``.

Each word is read alone by the fine-tuned encoder of PIPELINE (a package or folder). What it makes of the word is cut
to its main components, as Model2Vec does (https://github.com/MinishLab/model2vec). A table of hashed
letter n-grams is then fitted to give these vectors back, so that a word never seen, or misread by a scanner, has a
vector too: spaCy's floret vectors, https://spacy.io/api/vectors. The words are those of the training letters and of the
encoder's vocabulary; the table holds none of them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import spacy
from scipy.sparse import csr_array
from sklearn.linear_model import Ridge
from spacy.vectors import Vectors

from spacy_imr.corpus_format import read_corpus
from training.build import ROOT, VECTORS, round_weights

Array = numpy.ndarray[Any, Any]
ROWS, WIDTH = 25_000, 64
FLORET: dict[str, Any] = {"mode": "floret", "minn": 3, "maxn": 5, "hash_count": 1, "attr": "LOWER"}
# Weight of the words that no training letter holds is one; how strongly the table is kept small.
SEEN, RIDGE = 4.0, 0.05
BATCH = 512


def word_counts(paths: Sequence[Path]) -> Counter[str]:
    """In how many letters each word stands, in lower case."""
    counts: Counter[str] = Counter()
    for letter in read_corpus(*paths):
        counts.update(set(re.findall(r"[a-z]{2,}", letter.text.lower())))
    return counts


def read_words(pipeline: str, counts: Counter[str]) -> tuple[list[str], Array]:
    """The words of the letters and of the encoder's vocabulary, and what the encoder makes of each read alone: the mean
    of its pieces, shape (words, width of the encoder).
    """
    import torch

    model = spacy.load(pipeline).get_pipe("transformer").model  # type: ignore[attr-defined]
    tokenizer, encoder = model.tokenizer, model.transformer.eval()
    whole = {word for word in tokenizer.get_vocab() if re.fullmatch(r"[a-z]{3,}", word)}
    words = sorted(whole | set(counts))
    vectors = []
    with torch.no_grad():
        for start in range(0, len(words), BATCH):
            batch = tokenizer(
                words[start : start + BATCH], return_tensors="pt", padding=True, return_special_tokens_mask=True
            )
            inner = (1 - batch.pop("special_tokens_mask")).unsqueeze(-1)
            pieces = encoder(**batch).last_hidden_state
            vectors.append(((pieces * inner).sum(1) / inner.sum(1)).numpy())
    return words, numpy.concatenate(vectors)


def main_components(vectors: Array, seen: Array, width: int) -> Array:
    """`vectors` in the `width` directions in which those of the words `seen` differ most, of unit deviation."""
    centred = vectors - vectors[seen].mean(axis=0)
    directions = numpy.linalg.svd(centred[seen], full_matrices=False)[2][:width]
    cut = centred @ directions.T
    return cut / cut[seen].std()


def fitted_table(words: Sequence[str], vectors: Array, weights: Array, rows: int = ROWS) -> Vectors:
    """The table of n-grams whose means come nearest to `vectors`: ridge regression."""
    table = Vectors(data=numpy.zeros((rows, vectors.shape[1]), dtype="f"), **FLORET)
    places = [
        [number % rows for ngram in table._get_ngrams(word) for number in table._get_ngram_hashes(ngram)]
        for word in words
    ]
    shares = numpy.concatenate([numpy.full(len(found), 1 / len(found)) for found in places])
    ends = numpy.cumsum([0, *map(len, places)])
    means = csr_array((shares, numpy.concatenate(places), ends), shape=(len(words), rows))
    ridge = Ridge(alpha=RIDGE, fit_intercept=False, solver="sparse_cg", max_iter=100, tol=1e-6)
    ridge.fit(means, vectors, sample_weight=weights)
    return Vectors(data=numpy.ascontiguousarray(ridge.coef_.T, dtype="f"), **FLORET)


def main() -> int:
    """Make the vectors and save them as a pipeline without components, for ``paths.vectors`` of a config."""
    parser = argparse.ArgumentParser(prog="python -m training.vectors", description=__doc__)
    parser.add_argument("pipeline", help="package or folder of a trained transformer pipeline")
    parser.add_argument("letters", nargs="+", type=Path, help="the letters that it was trained on (JSONL)")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / VECTORS)
    options = parser.parse_args()
    counts = word_counts(options.letters)
    words, vectors = read_words(options.pipeline, counts)
    numbers = numpy.array([counts[word] for word in words])
    weights = numpy.where(numbers > 0, SEEN + 2 * numpy.log1p(numbers), 1.0)
    nlp = spacy.blank("en")
    nlp.vocab.vectors = fitted_table(words, main_components(vectors, numbers > 1, WIDTH), weights)
    round_weights(nlp)
    nlp.to_disk(options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())

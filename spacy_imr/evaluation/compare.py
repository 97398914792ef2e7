"""Two pipelines on the same letters: is one better, or was it luck?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.counts import Counts, overlap_counts, paired_test, prf, strict_counts
from spacy_imr.evaluation.entities import chosen_labels, span_pairs
from spacy_imr.evaluation.issues import issue_hits
from spacy_imr.labels import ENTITY_LABELS


def compare(gold: Sequence[CorpusLetter], first: Sequence[Doc], second: Sequence[Doc], samples: int) -> dict[str, Any]:
    """What two pipelines read of the same letters, side by side: strict F1 per label, overlap F1, and the shares of
    items and outcomes that are right. Each row has both scores, their ``change`` (second minus first) with a 95%
    interval by resampling letters, and ``p`` of a two-sided permutation test that swaps the pipelines letter by letter.
    """
    pairs = [span_pairs(gold, docs) for docs in (first, second)]
    rows = {}
    for label in ("micro", *ENTITY_LABELS):
        one, two = ([strict_counts(*pair, labels=chosen_labels(label)) for pair in side] for side in pairs)
        rows["strict F1" if label == "micro" else f"strict F1, {label}"] = _row(one, two, samples)
    one, two = ([overlap_counts(*pair, labels=ENTITY_LABELS) for pair in side] for side in pairs)
    rows["overlap F1"] = _row(one, two, samples)
    hits = [[issue_hits(letter, doc) for letter, doc in zip(gold, docs, strict=True)] for docs in (first, second)]
    for name in ("items", "outcomes"):
        one, two = ([Counts(hit[name], hit["support"], hit["support"]) for hit in side] for side in hits)
        rows[f"{name} right"] = _row(one, two, samples)
    return rows


def _row(first: Sequence[Counts], second: Sequence[Counts], samples: int) -> dict[str, Any]:
    one, two = (prf(sum(side, Counts())) for side in (first, second))
    return {"first": one["f1"], "second": two["f1"], "support": one["support"]} | paired_test(first, second, samples)

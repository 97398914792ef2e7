"""Counting hits, and what follows from counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Counts:
    """Hits, predicted and gold mentions. Sums of counts are counts."""

    hits: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.predicted + other.predicted, self.gold + other.gold)


def strict_counts(gold: set[Span], predicted: set[Span], labels: Iterable[str]) -> Counts:
    """A hit has the same bounds and the same label."""
    wanted = set(labels)
    gold = {span for span in gold if span[2] in wanted}
    predicted = {span for span in predicted if span[2] in wanted}
    return Counts(len(gold & predicted), len(predicted), len(gold))


def overlap_counts(gold: set[Span], predicted: set[Span], labels: Iterable[str]) -> Counts:
    """A hit shares a character and the label; each mention is matched once, in the order of the text."""
    wanted = set(labels)
    left = sorted(span for span in gold if span[2] in wanted)
    right = sorted(span for span in predicted if span[2] in wanted)
    hits = 0
    free = list(right)
    for start, end, label in left:
        for index, (s, e, other) in enumerate(free):
            if s >= end:
                break
            if start < e and label == other:
                hits += 1
                del free[index]
                break
    return Counts(hits, len(right), len(left))


def _f1(hits: Any, predicted: Any, gold: Any) -> Any:
    return 2 * hits / numpy.maximum(predicted + gold, 1)


def prf(counts: Counts) -> dict[str, Any]:
    """Precision, recall, F1 (0 to 1) and support (gold mentions). A score without a case is None."""
    return {
        "p": round(counts.hits / counts.predicted, 4) if counts.predicted else None,
        "r": round(counts.hits / counts.gold, 4) if counts.gold else None,
        "f1": round(float(_f1(counts.hits, counts.predicted, counts.gold)), 4) if counts.gold else None,
        "support": counts.gold,
        "predicted": counts.predicted,
    }


def bootstrap(per_letter: Sequence[Counts], samples: int, seed: int = 0) -> dict[str, Any]:
    """95% interval of F1 by resampling letters; nothing if `samples` is 0 or there is no mention."""
    if not samples or not sum(counts.gold for counts in per_letter):
        return {}
    table = numpy.array([(c.hits, c.predicted, c.gold) for c in per_letter])
    rng = numpy.random.default_rng(seed)
    drawn = table[rng.integers(0, len(table), (samples, len(table)))].sum(axis=1)
    low, high = numpy.quantile(_f1(drawn[:, 0], drawn[:, 1], drawn[:, 2]), [0.025, 0.975])
    return {"ci95": [round(float(low), 4), round(float(high), 4)]}

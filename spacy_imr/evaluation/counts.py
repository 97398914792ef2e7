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
    """95% interval of F1 by resampling letters; nothing if `samples` is 0, for a single letter or without a mention."""
    if not samples or len(per_letter) < 2 or not sum(counts.gold for counts in per_letter):
        return {}
    table = numpy.array([(c.hits, c.predicted, c.gold) for c in per_letter])
    rng = numpy.random.default_rng(seed)
    drawn = table[rng.integers(0, len(table), (samples, len(table)))].sum(axis=1)
    low, high = numpy.quantile(_f1(drawn[:, 0], drawn[:, 1], drawn[:, 2]), [0.025, 0.975])
    return {"ci95": [round(float(low), 4), round(float(high), 4)]}


def paired_test(first: Sequence[Counts], second: Sequence[Counts], samples: int, seed: int = 0) -> dict[str, Any]:
    """Two systems on the same letters: ``change`` of F1 (second minus first), its 95% interval by resampling letters,
    and ``p`` of a two-sided permutation test that swaps the two systems letter by letter.

    Interval and ``p`` are left out if `samples` is 0, everything if there is no gold mention.
    """
    one, two = (numpy.array([(c.hits, c.predicted, c.gold) for c in side]).reshape(-1, 3) for side in (first, second))
    if not one[:, 2].sum():
        return {}

    def difference(left: Any, right: Any) -> Any:
        return _f1(right[..., 0], right[..., 1], right[..., 2]) - _f1(left[..., 0], left[..., 1], left[..., 2])

    found = float(difference(one.sum(axis=0), two.sum(axis=0)))
    row: dict[str, Any] = {"change": round(found, 4)}
    if samples:
        rng = numpy.random.default_rng(seed)
        drawn = rng.integers(0, len(one), (samples, len(one)))
        low, high = numpy.quantile(difference(one[drawn].sum(axis=1), two[drawn].sum(axis=1)), [0.025, 0.975])
        swap = rng.integers(0, 2, (samples, len(one), 1), dtype=bool)
        left, right = numpy.where(swap, two, one).sum(axis=1), numpy.where(swap, one, two).sum(axis=1)
        # As far from nothing as what was found, but for the last digits of a float.
        far = int((numpy.abs(difference(left, right)) >= abs(found) - 1e-12).sum())
        row["ci95"] = [round(float(low), 4), round(float(high), 4)]
        row["p"] = round((far + 1) / (samples + 1), 4)
    return row


def reliability(cases: Sequence[tuple[float, bool]], bins: int = 10) -> dict[str, Any]:
    """How far probabilities can be trusted. `cases`: the probability of each prediction, and whether it was right.

    Returns the expected calibration error (``expected_error``, 0 to 1, None without a case) and for each of ``bins``
    that has a case mean ``confidence``, ``accuracy`` and ``support``.
    """
    rows = []
    error = 0.0
    for number in range(bins):
        inside = [case for case in cases if min(int(case[0] * bins), bins - 1) == number]
        if inside:
            confidence = sum(chance for chance, _ in inside) / len(inside)
            accuracy = sum(right for _, right in inside) / len(inside)
            error += abs(confidence - accuracy) * len(inside) / len(cases)
            rows.append({"confidence": round(confidence, 4), "accuracy": round(accuracy, 4), "support": len(inside)})
    return {"expected_error": round(error, 4) if cases else None, "bins": rows}

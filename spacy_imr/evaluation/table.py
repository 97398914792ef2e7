"""Metrics as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from spacy_imr.labels import ENTITY_LABELS

Metrics = dict[str, Any]
_HEADS: Final = "".join(f"{label:>13}" for label in ("micro", *ENTITY_LABELS))


def metrics_table(metrics: Metrics) -> str:
    """All scores but the counts of confusion and reliability, which are in the JSON and the report."""
    blocks = [[f"{metrics['model']} on {metrics['letters']} letters"], _entities(metrics), _slices(metrics)]
    blocks += [_values(metrics), _views(metrics), _baselines(metrics)]
    if "robustness" in metrics:
        blocks.append(_robustness(metrics["robustness"]))
    if "comparison" in metrics:
        blocks.append(_comparison(metrics["comparison"]))
    return "\n\n".join("\n".join(block) for block in blocks)


def number(value: float | None, width: int = 8) -> str:
    """A score with three digits, a dash for none."""
    return f"{'-':>{width}}" if value is None else f"{value:>z{width}.3f}"


def interval(row: Metrics) -> str:
    """The 95% interval of a score, a dash for none."""
    bounds = row.get("ci95", [])
    return (" to " if min(bounds, default=0) < 0 else "-").join(f"{bound:z.3f}" for bound in bounds) or "-"


def score_of(row: Metrics) -> Metrics:
    """The part of a system's row in a view that holds its score: ``value``, and ``ci95`` if it was asked for."""
    part = row if "balanced_accuracy" in row else row["micro"]
    value = row["balanced_accuracy"] if "balanced_accuracy" in row else row["micro"]["f1"]
    return {"value": value} | {key: part[key] for key in ("ci95",) if key in part}


def _entities(metrics: Metrics) -> list[str]:
    lines = [f"{'strict':<14}{'P':>8}{'R':>8}{'F1':>8}{'95% interval':>18}{'support':>9}{'overlap F1':>12}"]
    for label in ("micro", *ENTITY_LABELS):
        row = metrics["entities"]["strict"][label]
        loose = metrics["entities"]["overlap"][label]["f1"]
        lines.append(
            f"{label:<14}{number(row['p'])}{number(row['r'])}{number(row['f1'])}{interval(row):>18}"
            f"{row['support']:>9}{number(loose, 12)}"
        )
    references = ", ".join(f"{name} {value:.4f}" for name, value in metrics["references"].items())
    error = number(metrics["entities"]["calibration"]["expected_error"], 0)
    return [*lines, f"micro F1 by {references}; expected calibration error {error}"]


def _slices(metrics: Metrics) -> list[str]:
    lines = [f"{'slice':<28}{'part':<24}{'strict F1':>10}{'95% interval':>18}{'support':>9}{'letters':>9}"]
    for name, parts in metrics["slices"].items():
        for part, row in parts.items():
            micro = row["micro"]
            score = f"{number(micro['f1'], 10)}{interval(micro):>18}{micro['support']:>9}"
            lines.append(f"{name:<28}{part:<24}{score}{row['letters']:>9}")
    return lines


def _values(metrics: Metrics) -> list[str]:
    lines = [f"{'normalised values':<34}{'support':>9}{'found':>9}{'right':>9}"]
    return lines + [
        f"{name:<34}{row['support']:>9}{row['found']:>9}{row['right']:>9}" for name, row in metrics["values"].items()
    ]


def _views(metrics: Metrics) -> list[str]:
    issues = metrics["issues"]
    lines = [
        f"issues found {issues['found']} of {issues['support']}, items right {issues['items_right']}, "
        f"outcomes right {issues['outcomes_right']}",
        "",
        f"{'view':<34}{'system':<36}{'score':>8}{'95% interval':>18}{'support':>9}",
    ]
    for name, view in metrics["views"].items():
        for system, row in view["systems"].items():
            score = score_of(row)
            lines.append(f"{name:<34}{system:<36}{number(score['value'])}{interval(score):>18}{view['support']:>9}")
        for part, row in view.get("formats", {}).items():
            shown = f"{number(row['micro']['f1'])}{interval(row['micro']):>18}{row['support']:>9}"
            lines.append(f"{'':<34}{'  rules, ' + part:<36}{shown}  wrong: {len(row['errors'])}")
        if "calibration" in view:
            lines.append(f"{'':<34}expected calibration error {number(view['calibration']['expected_error'], 0)}")
    return [*lines, "", "score: balanced accuracy of the outcome, micro-F1 of the guideline families"]


def _baselines(metrics: Metrics) -> list[str]:
    lines = [f"{'baseline':<36}{_HEADS}   strict F1"]
    for name, scores in metrics["baselines"].items():
        lines.append(f"{name:<36}" + "".join(_cells(scores["strict"])))
    return lines


def _robustness(scores: Metrics) -> list[str]:
    lines = [f"{'perturbation':<22}{_HEADS}   change of F1"]
    for name, row in scores.items():
        changes = {label: {"f1": found.get("change")} for label, found in row["strict"].items()}
        outcomes = f"outcomes right {row['issues']['outcomes_right']} of {row['issues']['support']}"
        lines.append(f"{name:<22}{''.join(_cells(changes))}   {interval(row['strict']['micro'])}; {outcomes}")
    return lines


def _cells(rows: Metrics) -> Iterator[str]:
    for label in ("micro", *ENTITY_LABELS):
        yield number(rows[label]["f1"] if label in rows else None, 13)


def _comparison(comparison: Metrics) -> list[str]:
    lines = [
        f"first {comparison['first']}, second {comparison['second']}",
        f"{'':<26}{'first':>8}{'second':>8}{'change':>8}{'95% interval':>18}{'p':>8}{'support':>9}",
    ]
    for name, row in comparison["rows"].items():
        lines.append(
            f"{name:<26}{number(row['first'])}{number(row['second'])}{number(row.get('change'))}"
            f"{interval(row):>18}{number(row.get('p'))}{row['support']:>9}"
        )
    return lines

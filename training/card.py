"""The model card of the released pipeline, generated from its metrics: ``python -m training.card``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from spacy_imr.labels import ENTITY_LABELS
from training.build import ROOT

FOLDER = ROOT / "models" / "en_imr_sm"
CARD = FOLDER / "README.md"

HEAD = """# en_imr_sm

Reads California Independent Medical Review determinations: diagnoses, procedures, medications, dates and spine levels,
the disputed issues with their outcome, and the guideline families of both parties. CPU, no torch.

**For** searching, counting and sorting letters, with every value checked at its offsets by the person who uses it.
**Not for** deciding a claim, or for medical or legal advice. Language models wrote, annotated and adjudicated the data;
no clinician reviewed them. Real letters were at hand only from late 2016 and early 2017 (and two of 2014-15): the
pipeline is untested on real letters of other years.

"""
TAIL = """
`imr_heading`, `imr_outcome` and `imr_reasons` are classifiers that read more or less of an issue. Where the letter has
a heading the record takes the outcome from there, and warns where `imr_outcome` reads the rationale otherwise. `rules`
read the guideline families from the citation, and the record takes them from there. A score on few cases says little:
look at the support and the interval.

Licence: Apache-2.0. The corpus and how it was made: `corpus/README.md`. Every look at the test letters:
`test_runs.jsonl`. The numbers with all their parts: `metrics_*.json`; over shares of the training letters:
`learning_curve.json`; speed, each part beside a peer in one run: `speed.json` (`python -m training.benchmark`).
"""


def metrics_files() -> dict[str, dict[str, Any]]:
    """The committed metrics by the name of their test set."""
    return {
        path.stem.removeprefix("metrics_").replace("_", " "): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("metrics_*.json"))
    }


def render() -> str:
    """The card as Markdown."""
    found = metrics_files()
    first = next(iter(found.values()))
    lines = [f"Version: `{first['model']}`, built by `{first['built_by']}`.", ""]
    for name, metrics in found.items():
        lines += [f"## {name.capitalize()}: {metrics['letters']} letters", "", "### Entities, strict", ""]
        lines += ["| | P | R | F1 | 95% interval | support | overlap F1 |", "|---|---|---|---|---|---|---|"]
        for label in ("micro", *ENTITY_LABELS):
            row = metrics["entities"]["strict"][label]
            loose = metrics["entities"]["overlap"][label]["f1"]
            cells = [_n(row["p"]), _n(row["r"]), _n(row["f1"]), _interval(row), str(row["support"]), _n(loose)]
            lines.append(f"| {label} | " + " | ".join(cells) + " |")
        issues = metrics["issues"]
        lines += [
            "",
            f"Issues found: {issues['found']} of {issues['support']}; items right {issues['items_right']}; "
            f"outcomes right {issues['outcomes_right']}.",
            "",
            "### Outcome and guidelines, by what may be read",
            "",
            "| view | system | balanced accuracy / micro-F1 | 95% interval | support |",
            "|---|---|---|---|---|",
        ]
        for view, scores in metrics["views"].items():
            for system, row in scores["systems"].items():
                value = row.get("balanced_accuracy") if "confusion" in row else row["micro"]["f1"]
                shown = row if "confusion" in row else row["micro"]
                lines.append(f"| {view} | {system} | {_n(value)} | {_interval(shown)} | {scores['support']} |")
        error = metrics["views"]["heading masked"].get("calibration", {}).get("expected_error")
        lines += ["", f"Expected calibration error of `imr_outcome`: {_n(error)}.", ""]
    return HEAD + "\n".join(lines) + TAIL


def _n(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(row: dict[str, Any]) -> str:
    bounds = row.get("ci95")
    return f"{bounds[0]:.3f}-{bounds[1]:.3f}" if bounds else "-"


def write(path: Path = CARD) -> None:
    """Write the card."""
    path.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.exit(0)

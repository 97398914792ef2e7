"""The model card of the released pipeline, generated from its metrics: ``python -m training.card``."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

from spacy_imr.labels import ENTITY_LABELS
from training.build import LICENSE, ROOT

FOLDER = ROOT / "models" / "en_imr_sm"
CARD = FOLDER / "README.md"

# What the card and the package's meta.json both say.
FACTS: Final = {
    "intended_use": "searching, counting and sorting letters, with every value checked at its offsets by the person "
    "who uses it",
    "not_for": "deciding a claim, or for medical or legal advice",
    "training_data": "Language models wrote, annotated and adjudicated the data; no clinician reviewed them. Real "
    "letters were at hand only from late 2016 and early 2017 (and two of 2014-15): the pipeline is untested on real "
    "letters of other years.",
    "contact": "the spacy-imr developers, by an issue of the repository that the package comes from",
}
HEAD: Final = f"""# en_imr_sm

Reads California Independent Medical Review determinations: diagnoses, procedures, medications, dates and spine levels,
the disputed issues with their outcome, and the guideline families of both parties. CPU, no torch.

**For** {FACTS["intended_use"]}.
**Not for** {FACTS["not_for"]}.
{FACTS["training_data"]}

"""
TAIL: Final = f"""
`imr_heading`, `imr_outcome` and `imr_reasons` are classifiers that read more or less of an issue. Where the letter has
a heading the record takes the outcome from there, and warns where `imr_outcome` reads the rationale otherwise. `rules`
read the guideline families from the citation, and the record takes them from there. A score on few cases says little:
look at the support and the interval.

Licence: {LICENSE}. Contact: {FACTS["contact"]}.
The corpus and how it was made: `corpus/README.md`. Every look at the test letters: `test_runs.jsonl`. The numbers with
all their parts: `metrics_*.json`; over shares of the training letters: `learning_curve.json`; speed, each part beside a
peer in one run: `speed.json` (`python -m training.benchmark`).
"""
# A part of a slice is called weak from so many mentions on, if its whole interval lies below the score of all letters.
WEAK_SUPPORT: Final = 50


def facts() -> dict[str, str]:
    """What the card says of every version, for the package's ``meta.json``."""
    return dict(FACTS)


def scores() -> dict[str, dict[str, Any]]:
    """Strict F1 with its interval and support per label and test set, for the package's ``meta.json``."""
    return {
        name: {
            label: {key: row[key] for key in ("f1", "ci95", "support") if key in row}
            for label, row in metrics["entities"]["strict"].items()
        }
        for name, metrics in metrics_files().items()
    }


def weak_spots(metrics: dict[str, Any]) -> list[str]:
    """Lines that name the parts of slices, and the perturbations, on which the pipeline is worse; the worst first."""
    overall = metrics["entities"]["strict"]["micro"]["f1"]
    weak = [
        (row["micro"]["f1"], f"{slice_name}: {part}", row["micro"])
        for slice_name, parts in metrics.get("slices", {}).items()
        for part, row in parts.items()
        if row["micro"]["support"] >= WEAK_SUPPORT and row["micro"].get("ci95", [0, 1])[1] < overall
    ]
    lines = [f"{name}: F1 {_n(f1)} ({_interval(row)}), support {row['support']}" for f1, name, row in sorted(weak)]
    perturbed = {name: row["strict"]["micro"] for name, row in metrics.get("robustness", {}).items()}
    for name, row in sorted(perturbed.items(), key=lambda pair: pair[1].get("change", 0.0)):
        if row.get("ci95", [0, 0])[1] < 0:
            low, high = row["ci95"]
            lines.append(f"{name}: F1 changes by {row['change']:.3f} ({low:.3f} to {high:.3f})")
    return lines


def making() -> str:
    """How the released wheel was made, by its own ``meta.json``: command, hashes, and how fast it reads."""
    (wheel,) = (ROOT / "models").glob("en_imr_sm-*.whl")
    with zipfile.ZipFile(wheel) as package:
        name = next(name for name in package.namelist() if name.count("/") == 2 and name.endswith("meta.json"))
        meta = json.loads(package.read(name))
    speed = json.loads((FOLDER / "speed.json").read_text(encoding="utf-8"))["en_imr_sm"]["whole"]["words_per_second"]
    hashes = {"configs/en_imr_sm.cfg": meta["config_sha256"]} | meta["corpus_sha256"]
    rows = "".join(f"| `{path}` | `{digest}` |\n" for path, digest in hashes.items())
    return (
        "## Making and speed\n\n"
        f"Built by `{meta['built_by']}`. It reads about {round(speed, -2):,} words a second on one core. Hashes "
        f"(SHA-256) of what it was trained and measured on:\n\n| file | hash |\n|---|---|\n{rows}"
    )


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
        if weak := weak_spots(metrics):
            lines += ["### Where it is weak", "", *(f"- {line}" for line in weak), ""]
    return HEAD + "\n".join(lines) + "\n" + making() + TAIL


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

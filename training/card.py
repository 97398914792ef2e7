"""The model cards, generated from the metrics: ``python -m training.card``."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from spacy_imr.evaluation.table import interval, number, score_of
from spacy_imr.labels import ENTITY_LABELS
from training.build import LICENSE, ROOT, wheel_meta

MODELS = ROOT / "models"
NAME = "en_imr_sm"
# What sets each pipeline apart.
PIPELINES: Final = {
    NAME: "CPU, no torch.",
    "en_imr_trf": "A fine-tuned transformer, whose tag probabilities are averaged with those of `en_imr_sm`, with the\n"
    "classifiers of that. Its wheel is not kept here: `make transformer` builds it.",
}

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
HEAD: Final = f"""# {{name}}

Reads California Independent Medical Review determinations: diagnoses, procedures, medications, dates and spine levels,
the disputed issues with their outcome, and the guideline families of both parties. {{apart}}

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
# A format with fewer citations has its errors listed.
FEW_CASES: Final = 100


def facts() -> dict[str, str]:
    """What the card says of every version, for the package's ``meta.json``."""
    return dict(FACTS)


def scores(pipeline: str = NAME) -> dict[str, dict[str, Any]]:
    """Strict F1 with its interval and support per label and test set, for the package's ``meta.json``."""
    return {
        name: {
            label: {key: row[key] for key in ("f1", "ci95", "support") if key in row}
            for label, row in metrics["entities"]["strict"].items()
        }
        for name, metrics in metrics_files(pipeline).items()
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
    lines = [
        f"{name}: F1 {number(f1, 0)} ({interval(row)}), support {row['support']}" for f1, name, row in sorted(weak)
    ]
    perturbed = {name: row["strict"]["micro"] for name, row in metrics.get("robustness", {}).items()}
    for name, row in sorted(perturbed.items(), key=lambda pair: pair[1].get("change", 0.0)):
        if row.get("ci95", [0, 0])[1] < 0:
            low, high = row["ci95"]
            lines.append(f"{name}: F1 changes by {row['change']:.3f} ({low:.3f} to {high:.3f})")
    return lines


def making(pipeline: str = NAME) -> str:
    """How a pipeline was made: command, hashes, and how fast it reads, where that was timed."""
    meta = _meta(pipeline)
    speed = ""
    if (timed := MODELS / pipeline / "speed.json").exists():
        figures = json.loads(timed.read_text(encoding="utf-8"))
        rate = round(figures[pipeline]["whole"]["words_per_second"], -2)
        quantized = ", quantised" if figures.get("quantized") else ""
        speed = f" It reads about {rate:,} words a second on one core{quantized}"
        if "recogniser_to_peer" in figures:
            speed += f"; its recogniser {figures['recogniser_to_peer']:.1f} times as many as the peer's"
        speed += "."
    hashes = {"the merged config": meta["config_sha256"]} | meta["corpus_sha256"]
    rows = "".join(f"| `{path}` | `{digest}` |\n" for path, digest in hashes.items())
    return (
        f"## Making\n\nBuilt by `{meta['built_by']}`.{speed} Hashes (SHA-256) of what it was trained and measured on:"
        f"\n\n| file | hash |\n|---|---|\n{rows}"
    )


def _meta(pipeline: str) -> dict[str, Any]:
    """The facts of making, from the released wheel, or from what was kept of a wheel that is not released."""
    if (kept := MODELS / pipeline / "making.json").exists():
        return json.loads(kept.read_text(encoding="utf-8"))
    (wheel,) = MODELS.glob(f"{pipeline}-*.whl")
    return wheel_meta(wheel)


def metrics_files(pipeline: str = NAME) -> dict[str, dict[str, Any]]:
    """The committed metrics by the name of their test set."""
    return {
        path.stem.removeprefix("metrics_").replace("_", " "): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((MODELS / pipeline).glob("metrics_*.json"))
    }


def render(pipeline: str = NAME) -> str:
    """The card as Markdown."""
    found = metrics_files(pipeline)
    first = next(iter(found.values()))
    lines = [f"Version: `{first['model']}`, built by `{first['built_by']}`.", ""]
    for name, metrics in found.items():
        lines += [f"## {name.capitalize()}: {metrics['letters']} letters", "", "### Entities, strict", ""]
        lines += ["| | P | R | F1 | 95% interval | support | overlap F1 |", "|---|---|---|---|---|---|---|"]
        for label in ("micro", *ENTITY_LABELS):
            row = metrics["entities"]["strict"][label]
            loose = metrics["entities"]["overlap"][label]["f1"]
            cells = [
                number(row["p"], 0),
                number(row["r"], 0),
                number(row["f1"], 0),
                interval(row),
                str(row["support"]),
                number(loose, 0),
            ]
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
                score = score_of(row)
                shown = f"{number(score['value'], 0)} | {interval(score)} | {scores['support']}"
                lines.append(f"| {view} | {system} | {shown} |")
        lines += _formats(metrics["views"])
        error = metrics["views"]["heading masked"].get("calibration", {}).get("expected_error")
        lines += ["", f"Expected calibration error of `imr_outcome`: {number(error, 0)}.", ""]
        if weak := weak_spots(metrics):
            lines += ["### Where it is weak", "", *(f"- {line}" for line in weak), ""]
    head = HEAD.format(name=pipeline, apart=PIPELINES[pipeline])
    return head + "\n".join(lines) + "\n" + limits(pipeline) + making(pipeline) + TAIL


def limits(pipeline: str) -> str:
    """What the recogniser's scores are limited by: the learning curve, and the classes of errors that were read; empty
    for a pipeline of which neither was measured.
    """
    curve, classes = (MODELS / pipeline / name for name in ("learning_curve.json", "error_classes.json"))
    if not (curve.exists() and classes.exists()):
        return ""
    points = json.loads(curve.read_text(encoding="utf-8"))
    errors = json.loads(classes.read_text(encoding="utf-8"))
    lines = ["## What limits it", "", "Strict micro-F1 over shares of the training letters (`learning_curve.json`, a "]
    lines[-1] += "training of a few minutes for each):"
    lines += ["", "| trained on | letters | authored dev | public dev |", "|---|---|---|---|"]
    for name, point in sorted(points.items(), key=lambda pair: (pair[0].rpartition("-")[0], pair[1]["letters"])):
        scores = " | ".join(number(point[part]["micro"], 0) for part in ("authored_dev", "public_dev"))
        lines.append(f"| {name.rpartition('-')[0]} | {point['letters']} | {scores} |")
    read = {name: sum(counts.values()) for name, counts in errors["counts"].items()}
    lines += ["", f"Errors on dev letters, {errors['read']} of them read one by one (`error_classes.json`):", ""]
    lines += ["| class | " + " | ".join(read) + " |", "|---" * (1 + len(read)) + "|"]
    for kind in sorted({kind for counts in errors["counts"].values() for kind in counts}):
        shares = (f"{errors['counts'][name].get(kind, 0) / count:.0%}" for name, count in read.items())
        lines.append(f"| {kind} | " + " | ".join(shares) + " |")
    return "\n".join([*lines, "", ""])


def _formats(views: dict[str, Any]) -> list[str]:
    """Families read by the rules, format by format; where there are few cases, every wrong one."""
    lines = ["", "### Guideline families by format (rules)", ""]
    lines += ["| view | format | micro-F1 | 95% interval | citations | wrong |", "|---|---|---|---|---|---|"]
    few = []
    for view, scores in views.items():
        for name, row in scores.get("formats", {}).items():
            shown = f"{number(row['micro']['f1'], 0)} | {interval(row['micro'])}"
            lines.append(f"| {view} | {name} | {shown} | {row['support']} | {len(row['errors'])} |")
            if row["support"] < FEW_CASES:
                few += [
                    f"- {view}, {name}: {wrong['letter']}, issue {wrong['issue']}: {', '.join(wrong['gold'])}, read as "
                    f"{', '.join(wrong['read'])}"
                    for wrong in row["errors"]
                ]
    return [*lines, "", f"Wrong where a format has fewer than {FEW_CASES} citations:", "", *few] if few else lines


def write() -> None:
    """Write the card of every pipeline that was measured."""
    for pipeline in PIPELINES:
        if metrics_files(pipeline):
            (MODELS / pipeline / "README.md").write_text(render(pipeline), encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.exit(0)

"""The command behind ``evaluate.py``."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from spacy_imr.corpus_format import CorpusError, read_corpus
from spacy_imr.evaluation.evaluate import Metrics, evaluate
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.reading import ModelNotFoundError, load


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate, print a table, write JSON; 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="evaluate.py", description=evaluate.__doc__)
    parser.add_argument("model", help="package name or folder of a pipeline")
    parser.add_argument("data", nargs="+", type=Path, help="corpus files (JSONL)")
    parser.add_argument("-o", "--output", type=Path, help="write the metrics as JSON")
    parser.add_argument(
        "--train", nargs="+", type=Path, default=[], help="corpus files the learned baselines learn from"
    )
    parser.add_argument("--samples", type=int, default=1000, help="bootstrap samples (0: no intervals)")
    options = parser.parse_args(arguments)
    if options.train and not find_spec("sklearn"):
        print("evaluate.py: --train needs scikit-learn: pip install 'spacy-imr[training]'", file=sys.stderr)
        return 2
    try:
        nlp = load(options.model)
        letters = list(read_corpus(*options.data))
    except (ModelNotFoundError, CorpusError) as error:
        print(f"evaluate.py: {error}", file=sys.stderr)
        return 2
    metrics: Metrics = {
        "model": f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}",
        "built_by": nlp.meta.get("built_by"),
        "data": {path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in options.data},
    }
    metrics |= evaluate(nlp, letters, options.samples, read_corpus(*options.train))
    print(table(metrics))
    if options.output:
        options.output.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    return 0


def table(metrics: Metrics) -> str:
    """The entity scores and the issue scores for the terminal."""
    lines = [f"{metrics['model']} on {metrics['letters']} letters", ""]
    lines.append(f"{'strict':<14}{'P':>8}{'R':>8}{'F1':>8}{'95% interval':>18}{'support':>9}{'overlap F1':>12}")
    for label in ("micro", *ENTITY_LABELS):
        row = metrics["entities"]["strict"][label]
        loose = metrics["entities"]["overlap"][label]["f1"]
        interval = "-".join(f"{value:.3f}" for value in row.get("ci95", [])) or "-"
        lines.append(
            f"{label:<14}{_n(row['p'])}{_n(row['r'])}{_n(row['f1'])}{interval:>18}{row['support']:>9}{_n(loose):>12}"
        )
    issues = metrics["issues"]
    lines += [
        "",
        f"issues found {issues['found']} of {issues['support']}, items right {issues['items_right']}, "
        f"outcomes right {issues['outcomes_right']}",
        "",
        f"{'view':<34}{'system':<34}{'score':>8}{'95% interval':>18}{'support':>9}",
    ]
    for name, view in metrics["views"].items():
        for system, row in view["systems"].items():
            value = row["balanced_accuracy"] if "balanced_accuracy" in row else row["micro"]["f1"]
            found = row.get("ci95") or row.get("micro", {}).get("ci95", [])
            interval = "-".join(f"{bound:.3f}" for bound in found) or "-"
            lines.append(f"{name:<34}{system:<34}{_n(value)}{interval:>18}{view['support']:>9}")
        if "calibration" in view:
            lines.append(f"{'':<34}expected calibration error {view['calibration']['expected_error']:.3f}")
    lines += ["", "score: balanced accuracy of the outcome, micro-F1 of the guideline families"]
    return "\n".join(lines)


def _n(value: float | None) -> str:
    return f"{'-':>8}" if value is None else f"{value:>8.3f}"

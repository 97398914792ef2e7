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
from spacy_imr.evaluation.compare import compare
from spacy_imr.evaluation.evaluate import Metrics, measure, read_letters
from spacy_imr.evaluation.robustness import robustness_scores
from spacy_imr.evaluation.table import metrics_table
from spacy_imr.pipeline.quantize import QuantizeError
from spacy_imr.reading import ModelNotFoundError, load, model_name


def build_parser() -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="evaluate.py", description="Read annotated letters and compare with their annotation."
    )
    parser.add_argument("model", help="package name or folder of a pipeline")
    parser.add_argument("--quantized", action="store_true", help="let a transformer read twice as fast on a CPU")
    parser.add_argument("data", nargs="+", type=Path, help="corpus files (JSONL)")
    parser.add_argument("-o", "--output", type=Path, help="write the metrics as JSON")
    parser.add_argument("--html", type=Path, help="write a report with plots and every error in its letter")
    parser.add_argument(
        "--train",
        nargs="+",
        type=Path,
        default=[],
        help="corpus files that the baselines learn from",
    )
    parser.add_argument("--compare", metavar="MODEL", help="another pipeline: is it better on the same letters?")
    parser.add_argument("--robustness", action="store_true", help="read the letters again, perturbed")
    parser.add_argument("--curve", type=Path, help="learning curve (JSON) to draw in the report")
    parser.add_argument("--samples", type=int, default=1000, help="bootstrap samples (0: no intervals)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate, print a table, write JSON and the report; 2 for a wrong call."""
    options = build_parser().parse_args(arguments)
    if problem := _wrong_call(options):
        print(f"evaluate.py: {problem}", file=sys.stderr)
        return 2
    try:
        nlp = load(options.model, quantized=options.quantized)
        other = load(options.compare) if options.compare else None
        letters = list(read_corpus(*options.data))
        train = list(read_corpus(*options.train))
        curve = json.loads(options.curve.read_text(encoding="utf-8")) if options.curve else None
    except (ModelNotFoundError, QuantizeError, CorpusError) as error:
        print(f"evaluate.py: {error}", file=sys.stderr)
        return 2
    reading = read_letters(nlp, letters)
    metrics: Metrics = {
        "model": model_name(nlp),
        "built_by": nlp.meta.get("built_by"),
        "quantized": options.quantized,
        "data": {path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in options.data},
    }
    metrics |= measure(reading, options.samples, train)
    if options.robustness:
        metrics["robustness"] = robustness_scores(nlp, letters, reading.pairs, options.samples)
    if other is not None:
        second = read_letters(other, letters).docs
        metrics["comparison"] = {
            "first": model_name(nlp),
            "second": model_name(other),
            "rows": compare(letters, reading.docs, second, options.samples),
        }
    print(metrics_table(metrics))
    if options.output:
        options.output.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    if options.html:
        from spacy_imr.evaluation.report import render_report

        options.html.write_text(render_report(metrics, reading, curve), encoding="utf-8")
    return 0


def _wrong_call(options: argparse.Namespace) -> str | None:
    """What is wrong with the options, before anything is loaded; None if nothing is."""
    for wanted, module in ((options.train, "sklearn"), (options.html, "matplotlib")):
        if wanted and not find_spec(module):
            option = "--train" if module == "sklearn" else "--html"
            return f"{option} needs {module}: pip install 'spacy-imr[evaluation]'"
    for path in (options.output, options.html):
        if path is not None and not path.parent.is_dir():
            return f"{path}: the folder {path.parent} does not exist. Make it first."
    if options.curve and not options.curve.is_file():
        return f"{options.curve}: no such file. `python -m training.curve` writes a learning curve."
    return None

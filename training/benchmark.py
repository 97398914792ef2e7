"""How fast each part reads: ``python -m training.benchmark MODEL DATA… [--peer PACKAGE] [-o speed.json]``.

All parts are timed in one run, in one process, on the same letters, each several times; the spread is reported. Words
are ``text.split()``. A peer is another spaCy pipeline, of which ``tok2vec`` and ``ner`` are timed.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.corpus_format import read_corpus

RECOGNISER = ("tok2vec", "transformer", "ner", "spancat")


def timed(run: Callable[[], None]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def pipes_seconds(nlp: Language, texts: list[str], names: list[str]) -> dict[str, float]:
    """Seconds of each pipe over all texts, run in the order of the pipeline; ``tokenizer`` and ``record`` too."""
    seconds = {}
    start = time.perf_counter()
    docs: list[Doc] = [nlp.make_doc(text) for text in texts]
    seconds["tokenizer"] = time.perf_counter() - start
    for name, pipe in nlp.pipeline:
        if name not in names:
            continue
        start = time.perf_counter()
        docs = list(pipe.pipe(docs, batch_size=32)) if hasattr(pipe, "pipe") else [pipe(doc) for doc in docs]
        seconds[name] = time.perf_counter() - start
    if "imr_letter" in names:
        start = time.perf_counter()
        for doc in docs:
            _ = doc._.determinations
        seconds["record"] = time.perf_counter() - start
    return seconds


def benchmark(model: str, texts: list[str], peer: str | None, repeats: int) -> dict[str, Any]:
    """Seconds and words per second of every part: median, least and most over `repeats`."""
    pipelines = {model: spacy.load(model)} | ({peer: spacy.load(peer)} if peer else {})
    words = sum(len(text.split()) for text in texts)
    result: dict[str, Any] = {
        "letters": len(texts),
        "words": words,
        "repeats": repeats,
        "machine": {"python": platform.python_version(), "processor": platform.machine()},
        "load_seconds": round(timed(lambda: _load(model)), 3),
    }
    for name, nlp in pipelines.items():
        names = [pipe for pipe in nlp.pipe_names if name == model or pipe in RECOGNISER]
        runs = [pipes_seconds(nlp, texts, names) for _ in range(repeats)]
        for run in runs:
            run["recogniser"] = sum(run[pipe] for pipe in names if pipe in RECOGNISER)
            run["rules"] = sum(run.get(pipe, 0.0) for pipe in ("imr_letter", "imr_mentions", "record"))
            run["whole"] = sum(run[pipe] for pipe in ["tokenizer", *names])
        result[name] = {
            part: {
                "words_per_second": round(words / statistics.median(run[part] for run in runs)),
                "seconds": [round(f(run[part] for run in runs), 4) for f in (min, statistics.median, max)],
            }
            for part in runs[0]
            if runs[0][part]
        }
    own = result[model]
    result["rules_to_recogniser"] = _ratio(own["rules"], own["recogniser"])
    if peer:
        result["recogniser_to_peer"] = _ratio(result[peer]["recogniser"], own["recogniser"])
        result["whole_to_peer_recogniser"] = _ratio(result[peer]["recogniser"], own["whole"])
    return result


def _load(model: str) -> None:
    spacy.load(model)


def _ratio(above: dict[str, Any], below: dict[str, Any]) -> float:
    return round(above["seconds"][1] / below["seconds"][1], 3)


def main() -> int:
    """Run the benchmark and print it."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmark", description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--peer", help="another pipeline, such as en_core_web_sm")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    texts = [letter.text for letter in read_corpus(*options.data)]
    figures = benchmark(options.model, texts, options.peer, options.repeats)
    rendered = json.dumps(figures, indent=1)
    print(rendered)
    if options.output:
        options.output.write_text(rendered + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

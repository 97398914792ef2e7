"""How fast each part reads: ``python -m training.benchmark MODEL DATA… [--peer PACKAGE] [-o speed.json]``.

All parts are timed in one run, in one process, on the same letters, each several times; the spread is reported. Words
are ``text.split()``. A peer is another spaCy pipeline, of which the tokenizer, ``tok2vec`` and ``ner`` are timed. Each
pipeline reads in batches of the size, one of `BATCH_SIZES`, at which its own recogniser is fastest here. Where
DATA is a folder of PDF files, whole batches from PDF to Parquet are timed too. ``--scaling 1000`` times batches of as
many letters in one process and in two. Beside them, the floor (`training.floor`).
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.corpus_format import read_corpus
from spacy_imr.inputs import read_text
from spacy_imr.reading import load
from training.figures import show
from training.floor import floor
from training.throughput import letters_per_second, write_rows

RECOGNISER = ("tok2vec", "transformer", "ner", "spancat")
BATCH_SIZES = (4, 16, 64)


def timed(run: Callable[[], None]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def pipes_seconds(nlp: Language, texts: list[str], names: list[str], batch_size: int) -> dict[str, float]:
    """Seconds of each pipe over all texts, run in the order of the pipeline; ``tokenizer`` and ``record`` too.

    Each run starts with an empty vocabulary, as in a batch: words that an earlier run has seen are not remembered.
    """
    with nlp.memory_zone():
        return _pipes_seconds(nlp, texts, names, batch_size)


def _pipes_seconds(nlp: Language, texts: list[str], names: list[str], batch_size: int) -> dict[str, float]:
    seconds = {}
    start = time.perf_counter()
    docs: list[Doc] = [nlp.make_doc(text) for text in texts]
    seconds["tokenizer"] = time.perf_counter() - start
    for name, pipe in nlp.pipeline:
        if name not in names:
            continue
        start = time.perf_counter()
        docs = list(pipe.pipe(docs, batch_size=batch_size)) if hasattr(pipe, "pipe") else [pipe(doc) for doc in docs]
        seconds[name] = time.perf_counter() - start
    if "imr_letter" in names:
        start = time.perf_counter()
        for doc in docs:
            _ = doc._.determinations
        seconds["record"] = time.perf_counter() - start
    return seconds


def best_batch_size(nlp: Language, texts: list[str]) -> int:
    """The batch size at which the recogniser of `nlp` is fastest."""
    names = [name for name in nlp.pipe_names if name in RECOGNISER]

    def seconds(size: int) -> float:
        run = pipes_seconds(nlp, texts, names, size)
        return sum(run[name] for name in names)

    return min(BATCH_SIZES, key=seconds)


def benchmark(model: str, texts: list[str], peer: str | None, repeats: int, quantized: bool = False) -> dict[str, Any]:
    """Seconds and words per second of every part: median, least and most over `repeats`."""
    pipelines = {model: load(model, quantized=quantized)} | ({peer: spacy.load(peer)} if peer else {})
    words = sum(len(text.split()) for text in texts)
    result: dict[str, Any] = {
        "letters": len(texts),
        "words": words,
        "repeats": repeats,
        "quantized": quantized,
        "machine": {"python": platform.python_version(), "processor": platform.machine()},
        "load_seconds": round(timed(lambda: _load(model)), 3),
    }
    sizes = result["batch_sizes"] = {name: best_batch_size(nlp, texts) for name, nlp in pipelines.items()}
    timed_pipes = {
        name: [pipe for pipe in nlp.pipe_names if name == model or pipe in RECOGNISER]
        for name, nlp in pipelines.items()
    }
    # In turns, so that what disturbs the machine disturbs both.
    rounds = [
        {name: pipes_seconds(nlp, texts, timed_pipes[name], sizes[name]) for name, nlp in pipelines.items()}
        for _ in range(repeats)
    ]
    for name, names in timed_pipes.items():
        runs = [found[name] for found in rounds]
        for run in runs:
            run["recogniser"] = sum(run[pipe] for pipe in names if pipe in RECOGNISER)
            run["rules"] = sum(run.get(pipe, 0.0) for pipe in ("imr_letter", "imr_mentions", "record"))
            run["whole"] = sum(run[pipe] for pipe in ["tokenizer", *names])
        result[name] = {
            part: {
                "words_per_second": round(words / statistics.median(run[part] for run in runs)),
                "spread": [round(words / f(run[part] for run in runs)) for f in (max, min)],
                "seconds": [round(f(run[part] for run in runs), 4) for f in (min, statistics.median, max)],
            }
            for part in runs[0]
            if runs[0][part]
        }
    own = result[model]
    result["rules_to_recogniser"] = _ratio(own["rules"], own["recogniser"])
    if "tok2vec" in timed_pipes[model]:
        result["floor"] = floor(pipelines[model], texts, own["tokenizer"]["seconds"][1])
        own_seconds = own["tokenizer"]["seconds"][1] + own["recogniser"]["seconds"][1]
        result["recogniser_to_floor"] = round(own_seconds / result["floor"]["seconds"], 3)
    if peer:
        result["recogniser_to_peer"] = _ratio(result[peer]["recogniser"], own["recogniser"])
        result["whole_to_peer_recogniser"] = _ratio(result[peer]["recogniser"], own["whole"])
    return result


def batches(
    model: str, texts: list[str], pdf: Path | None, scaling: int, repeats: int, peer: int | None
) -> dict[str, Any]:
    """Letters per second of whole batches: from PDF, and of `scaling` letters in one process and in two.

    peer: words per second of the peer's recogniser.
    """
    result: dict[str, Any] = {}
    if pdf:
        rates = sorted(letters_per_second([str(pdf)], model, 1) for _ in range(repeats))
        length = sum(len(text.split()) for text in texts) / len(texts)
        result["from_pdf"] = _rates(rates) | {"words_per_second": round(statistics.median(rates) * length)}
        if peer:
            result["from_pdf_to_peer_recogniser"] = round(result["from_pdf"]["words_per_second"] / peer, 3)
    if scaling:
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "letters.jsonl"
            write_rows(texts, scaling, table)
            # One after the other each time, so that what disturbs the machine disturbs both.
            pairs = [[letters_per_second([str(table)], model, n) for n in (1, 2)] for _ in range(repeats)]
        one, two = (sorted(rates) for rates in zip(*pairs, strict=True))
        result |= {"one_process": _rates(one), "two_processes": _rates(two), "scaling_letters": scaling}
        result["two_processes_to_one"] = round(statistics.median(two) / statistics.median(one), 3)
    return result


def _rates(rates: list[float]) -> dict[str, Any]:
    spread = [round(rates[0], 2), round(rates[-1], 2)]
    return {"letters_per_second": round(statistics.median(rates), 2), "spread": spread}


def _load(model: str) -> None:
    spacy.load(model)


def _ratio(above: dict[str, Any], below: dict[str, Any]) -> float:
    return round(above["seconds"][1] / below["seconds"][1], 3)


def main() -> int:
    """Run the benchmark and print it."""
    parser = argparse.ArgumentParser(prog="python -m training.benchmark", description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", nargs="+", type=Path, help="letters of the corpus (JSONL), or one folder of PDF files")
    parser.add_argument("--peer", help="another pipeline, such as en_core_web_sm")
    parser.add_argument("--quantized", action="store_true", help="let a transformer multiply in eight bits")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scaling", type=int, default=0, help="letters to read in one process and in two")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    pdf = options.data[0] if options.data[0].is_dir() else None
    if pdf:
        texts = [read_text(path) for path in sorted(pdf.glob("*.pdf"))]
    else:
        texts = [letter.text for letter in read_corpus(*options.data)]
    figures = benchmark(options.model, texts, options.peer, options.repeats, options.quantized)
    peer = figures[options.peer]["recogniser"]["words_per_second"] if options.peer else None
    figures["batches"] = batches(options.model, texts, pdf, options.scaling, options.repeats, peer)
    show(figures, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())

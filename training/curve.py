"""The learning curve: ``python -m training.curve --letters FOLDER``.

Shares of the training letters, with and without the public ones, each scored on the dev and test sets. Writes
``models/en_imr_sm/learning_curve.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import spacy

from corpus.files import authored
from corpus.public import join_all
from spacy_imr.corpus_format import CorpusLetter, read_corpus, write_corpus
from spacy_imr.evaluation.entities import entity_scores, span_pairs
from training.build import ROOT
from training.recogniser import train_recogniser

SHARES = (0.12, 0.25, 0.5, 1.0)
TARGET = ROOT / "models" / "en_imr_sm" / "learning_curve.json"
# Steps for each training letter: the same number of passes over the data at every share.
STEPS_A_LETTER = 3


def point(name: str, letters: list[CorpusLetter], tests: dict[str, list[CorpusLetter]], work: Path) -> dict[str, Any]:
    """Train the recogniser on `letters` and score it on each test set."""
    write_corpus(work / f"{name}.jsonl", letters)
    steps = STEPS_A_LETTER * len(letters)
    model = train_recogniser(work / name, work / f"{name}.jsonl", work / "dev.jsonl", steps)
    nlp = spacy.load(model)
    scores: dict[str, Any] = {"letters": len(letters), "steps": steps}
    for test, gold in tests.items():
        found = entity_scores(span_pairs(gold, [nlp(letter.text) for letter in gold]), samples=500)["strict"]
        scores[test] = {label: row["f1"] for label, row in found.items()} | {"ci95": found["micro"]["ci95"]}
    return scores


def main() -> int:
    """Measure every point of the curve that is not in the file yet."""
    parser = argparse.ArgumentParser(prog="python -m training.curve", description=__doc__)
    parser.add_argument("--letters", type=Path, default=os.environ.get("IMR_LETTERS"), help="folder of public letters")
    parser.add_argument("--only", nargs="*", help="names of the points to measure, such as authored-50")
    options = parser.parse_args()
    if not options.letters:
        parser.error("the curve needs the public letters: --letters FOLDER or IMR_LETTERS")
    work = ROOT / "build" / "curve"
    work.mkdir(parents=True, exist_ok=True)
    joined = join_all(Path(options.letters), work / "public")
    sources = {"authored": authored(), "public": {name: list(read_corpus(path)) for name, path in joined.items()}}
    write_corpus(work / "dev.jsonl", sources["authored"]["dev"][:10])
    tests = {f"{source}_{name}": sets[name] for source, sets in sources.items() for name in ("dev", "test")}
    rng = random.Random(0)
    shuffled = {source: sets["train"] for source, sets in sources.items()}
    for letters in shuffled.values():
        rng.shuffle(letters)
    for share in SHARES:
        for kind in ("authored", "authored+public"):
            name = f"{kind}-{share:.0%}".rstrip("%")
            points = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
            if name in points or (options.only and name not in options.only):
                continue
            chosen = shuffled["authored"][: round(share * len(shuffled["authored"]))]
            if kind == "authored+public":
                chosen = chosen + shuffled["public"][: round(share * len(shuffled["public"]))]
            scores = point(name, chosen, tests, work)
            points = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
            TARGET.parent.mkdir(parents=True, exist_ok=True)
            TARGET.write_text(json.dumps(points | {name: scores}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""One experiment, scored on the dev letters and logged: ``python -m training.experiment NAME [SETTING=VALUE …]``.

A setting is a path into the merged config and a value as JSON, such as ``components.imr_reasons.ngrams=1``. The
recogniser is trained with it, or, with ``--classifiers``, all classifiers are fitted with it. Each run leaves a line in
``models/en_imr_sm/experiments.jsonl``; the test letters have no part in it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import spacy
from spacy.util import load_config, load_model_from_config
from thinc.api import Config

from corpus.files import AUTHORED, DRAFTS
from corpus.public import join_all
from spacy_imr.corpus_format import CorpusLetter, read_corpus
from spacy_imr.evaluation.entities import entity_scores, span_pairs
from spacy_imr.evaluation.table import score_of
from spacy_imr.evaluation.views import issue_cases, view_scores
from training.build import ROOT, sha256
from training.configs import corpus_overrides, write_config
from training.recogniser import train_recogniser

LOG = ROOT / "models" / "en_imr_sm" / "experiments.jsonl"


def recogniser_scores(model: Path, dev: dict[str, list[CorpusLetter]]) -> dict[str, Any]:
    """Strict F1 per label, and overlap F1 of all, of a trained recogniser on each dev set."""
    nlp = spacy.load(model)
    found = {}
    for name, letters in dev.items():
        scores = entity_scores(span_pairs(letters, [nlp(letter.text) for letter in letters]), samples=0)
        found[name] = {label: row["f1"] for label, row in scores["strict"].items()}
        found[name]["overlap"] = scores["overlap"]["micro"]["f1"]
    return found


def classifier_scores(
    config: Config, letters: Sequence[CorpusLetter], dev: dict[str, list[CorpusLetter]]
) -> dict[str, Any]:
    """Fit the classifiers; balanced accuracy or micro-F1 of each view and system, for each dev set."""
    nlp = load_model_from_config(config.interpolate(), auto_fill=True)
    nlp.initialize()
    found = {}
    for name, some in dev.items():
        docs = [nlp(letter.text) for letter in some]
        views = view_scores(issue_cases(some, docs), issue_cases(letters), samples=0)
        found[name] = {
            view: {system: score_of(row)["value"] for system, row in scores["systems"].items()}
            for view, scores in views.items()
        }
    return found


def _settings(given: Sequence[str]) -> dict[str, Any]:
    """``path=value`` settings by path, the values read as JSON."""
    return {path: json.loads(value) for path, _, value in (setting.partition("=") for setting in given)}


def main() -> int:
    """Run one experiment and log it."""
    parser = argparse.ArgumentParser(prog="python -m training.experiment", description=__doc__)
    parser.add_argument("name", help="what is tried, in a few words")
    parser.add_argument("settings", nargs="*", help="SETTING=VALUE")
    parser.add_argument("--classifiers", action="store_true", help="fit the classifiers instead of the recogniser")
    parser.add_argument("--pipeline", default="en_imr_sm", help="the config to start from")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--letters", type=Path, default=os.environ.get("IMR_LETTERS"), help="folder of public letters")
    options = parser.parse_args()
    if not options.letters:
        parser.error("experiments need the public letters: --letters FOLDER or IMR_LETTERS")
    os.chdir(ROOT)
    work = Path("build/experiments") / options.name.replace(" ", "_")
    public = join_all(Path(options.letters), Path("build/public"))
    paths = {name: [AUTHORED / f"{name}.jsonl", public[name]] for name in ("train", "dev")}
    paths["train"].append(DRAFTS)
    dev = {"authored": list(read_corpus(paths["dev"][0])), "public": list(read_corpus(paths["dev"][1]))}
    changes = _settings(options.settings)
    overrides = corpus_overrides(paths) | changes
    row = {
        "date": date.today().isoformat(),
        "what": options.name,
        "parts": "classifiers" if options.classifiers else f"recogniser of {options.pipeline}",
        "changes": changes,
        "corpus_sha256": sha256(paths["train"][0])[:12],
    }
    if options.classifiers:
        config = load_config(write_config(options.pipeline, work / "config.cfg"), overrides=overrides)
        config["nlp"]["pipeline"] = [
            name
            for name, pipe in config["components"].items()
            if pipe["factory"] in ("imr_letter", "imr_issue_classifier")
        ]
        config["components"] = {name: config["components"][name] for name in config["nlp"]["pipeline"]}
        row["dev"] = classifier_scores(config, list(read_corpus(*paths["train"])), dev)
    else:
        train, held_out = overrides["paths.train"], overrides["paths.dev"]
        model = train_recogniser(work, train, held_out, options.steps, name=options.pipeline, overrides=changes)
        seed = load_config(model / "config.cfg")["system"]["seed"]
        row |= {"steps": options.steps, "seed": seed, "dev": recogniser_scores(model, dev)}
    with LOG.open("a", encoding="utf-8") as sink:
        sink.write(json.dumps(_rounded(row)) + "\n")
    print(json.dumps(_rounded(row["dev"]), indent=1))
    return 0


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main())

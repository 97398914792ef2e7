"""The recogniser of the small pipeline trained alone, for what is measured over and over: curve, folds, experiments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from training.build import train_pipeline
from training.configs import write_config


def train_recogniser(
    output: Path,
    train: str | Path,
    dev: str | Path,
    steps: int,
    *,
    name: str = "en_imr_sm",
    overrides: dict[str, Any] | None = None,
) -> Path:
    """Train pipeline `name` without its classifiers for so many steps; returns the folder of the last model.

    train, dev: JSONL in the corpus format, or several, joined by commas.
    overrides: further settings of the config, in dot notation.
    """
    settings: dict[str, Any] = {
        "paths.train": str(train),
        "paths.dev": str(dev),
        "training.max_steps": steps,
        "training.eval_frequency": steps,
    }
    config = write_config(name, output / "config.cfg", recogniser_alone=True)
    train_pipeline(config, output, settings | (overrides or {}))
    return output / "model-last"

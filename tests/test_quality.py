import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]])
def test_static_checks_are_clean(root, command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_library_never_imports_training_or_corpus(root):
    for path in (root / "spacy_imr").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for name in ("training", "corpus"):
            assert f"from {name}" not in text, path
            assert f"import {name}" not in text, path


def test_every_entry_point_loads():
    from importlib.metadata import entry_points

    groups = (
        "spacy_factories",
        "spacy_tokenizers",
        "spacy_architectures",
        "spacy_readers",
        "spacy_misc",
        "spacy_scorers",
    )
    found = [entry for group in groups for entry in entry_points(group=group) if entry.value.startswith("spacy_imr.")]
    assert len(found) >= 9
    for entry in found:
        assert callable(entry.load())

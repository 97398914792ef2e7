"""The model card: what it says is what the metrics say."""

import pytest

from training import card
from training.__main__ import corpus_hashes, corpus_overrides
from training.build import wheel_meta


def score(f1: float, low: float, high: float, support: int) -> dict:
    return {"micro": {"f1": f1, "ci95": [low, high], "support": support}}


METRICS = {
    "entities": {"strict": {"micro": {"f1": 0.9, "p": 0.9, "r": 0.9, "ci95": [0.88, 0.92], "support": 500}}},
    "slices": {
        "surface": {"seen": score(0.95, 0.94, 0.96, 400), "unseen": score(0.7, 0.6, 0.8, 100)},
        "section": {"item": score(0.6, 0.4, 0.8, 49), "rationale": score(0.89, 0.85, 0.93, 200)},
    },
    "robustness": {
        "typos": {"strict": {"micro": {"f1": 0.88, "change": -0.02, "ci95": [-0.03, -0.01]}}},
        "capitals": {"strict": {"micro": {"f1": 0.7, "change": -0.2, "ci95": [-0.25, -0.15]}}},
        "other dates": {"strict": {"micro": {"f1": 0.9, "change": 0.0, "ci95": [-0.01, 0.01]}}},
    },
}


def test_weak_spots_are_those_that_no_luck_explains():
    assert card.weak_spots(METRICS) == [
        "surface: unseen: F1 0.700 (0.600-0.800), support 100",
        "capitals: F1 changes by -0.200 (-0.250 to -0.150)",
        "typos: F1 changes by -0.020 (-0.030 to -0.010)",
    ]


def test_the_card_tells_use_making_and_contact():
    text = card.render()
    for fact in card.facts().values():
        assert fact in text
    for words in ("words a second", "corpus/authored/train.jsonl", "What limits it", "Licence: Apache-2.0"):
        assert words in text


def test_the_package_says_what_the_card_says(root):
    (wheel,) = (root / "models").glob("en_imr_sm-*.whl")
    meta = wheel_meta(wheel)
    if "scores" not in meta:
        pytest.skip("the released wheel is older than these facts: run `make release`")
    assert meta["scores"] == card.scores()
    for key, fact in card.facts().items():
        assert meta[key] == fact


def test_added_letters_are_learned_from_and_not_named(tmp_path):
    own = tmp_path / "a-client.jsonl"
    own.write_text("{}\n")
    sets = {"train": [own], "dev": [], "test": []}
    assert corpus_overrides({"train": ["a"], "dev": ["b"], "test": []}, ["c"]) == {
        "paths.train": "a,c",
        "paths.dev": "b",
    }
    assert list(corpus_hashes(sets | {"train": []}, [own])) == ["added 1"]

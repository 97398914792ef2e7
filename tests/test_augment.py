import random

import pytest

from corpus.files import authored
from spacy_imr.augment import create_letter_augmenter, mention_pool, mention_shape, replace_mentions
from spacy_imr.corpus_format import CorpusLetter, create_corpus_reader, gold_doc, write_corpus


def letter(name: str, text: str, *mentions: tuple[str, str]) -> CorpusLetter:
    """A letter whose mentions are given by label and text, in the order of the text."""
    spans, at = [], 0
    for label, mention in mentions:
        at = text.index(mention, at)
        spans.append({"start": at, "end": at + len(mention), "label": label})
        at += len(mention)
    return CorpusLetter.model_validate(
        {"id": name, "format": "2014", "text": text, "spans": spans, "issues": [], "header": {}, "provenance": {}}
    )


ONE = letter(
    "one",
    "He has sciatica. Sciatica and a meniscus tear at L4-5 were treated with Norco; an MRI followed.",
    ("DIAGNOSIS", "sciatica"),
    ("DIAGNOSIS", "Sciatica"),
    ("DIAGNOSIS", "meniscus tear"),
    ("SPINE_LEVEL", "L4-5"),
    ("MEDICATION", "Norco"),
    ("PROCEDURE", "MRI"),
)
TWO = letter(
    "two", "She has gout, anemia and tears.", ("DIAGNOSIS", "gout"), ("DIAGNOSIS", "anemia"), ("DIAGNOSIS", "tears")
)


def test_shape_tells_number_article_and_capitals():
    assert mention_shape("DIAGNOSIS", "labral tears") != mention_shape("DIAGNOSIS", "labral tear")
    assert mention_shape("DIAGNOSIS", "abscess") == mention_shape("DIAGNOSIS", "injury")
    assert mention_shape("DIAGNOSIS", "anemia") != mention_shape("DIAGNOSIS", "gout")
    assert mention_shape("PROCEDURE", "MRI") != mention_shape("PROCEDURE", "scan")


def test_a_mention_gives_way_to_another_of_its_kind_everywhere():
    pool = mention_pool([ONE, TWO])
    pool = {shape: [text for text in texts if text == "gout"] for shape, texts in pool.items()}
    changed = replace_mentions(ONE, pool, 1.0, random.Random(0))
    assert changed.text.startswith("He has gout. Gout and a gout at L4-5 were treated with Norco")
    assert [changed.text[span.start : span.end] for span in changed.spans] == [
        "gout",
        "Gout",
        "gout",
        "L4-5",
        "Norco",
        "MRI",
    ]
    assert ONE.text.startswith("He has sciatica.")


def test_the_reader_gives_other_letters_in_every_pass_and_the_same_for_a_seed(blank, tmp_path):
    write_corpus(tmp_path / "corpus.jsonl", [ONE, TWO])

    def passes(seed: int) -> list[list[str]]:
        augmenter = create_letter_augmenter({"scanner_noise": 1.0}, letters=1.0)
        read = create_corpus_reader(tmp_path / "corpus.jsonl", augmenter=augmenter, seed=seed)
        return [sorted(example.text for example in read(blank)) for _ in range(2)]

    first, second = passes(1)
    assert first != second
    assert passes(1) == [first, second]
    plain = create_corpus_reader(tmp_path / "corpus.jsonl")
    assert [example.text for example in plain(blank)] == [ONE.text, TWO.text]


def test_augmented_letters_stay_aligned(blank):
    shares = dict.fromkeys(
        ("other_line_breaks", "capitals", "scanner_noise", "other_dates", "other_levels", "typos"), 0.5
    )
    augmenter = create_letter_augmenter(shares, replaced=0.5, letters=1.0)
    some = authored()["train"][::24]
    for before, after in zip(some, augmenter(some, random.Random(3)), strict=True):
        assert [span.label for span in after.spans] == [span.label for span in before.spans]
        gold_doc(blank, after)


def test_an_unknown_perturbation_is_named():
    with pytest.raises(ValueError, match="coffee"):
        create_letter_augmenter({"coffee": 0.1})

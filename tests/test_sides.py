"""Reasons read sentence by sentence."""

import random

import numpy
import pytest

from corpus.check import reason_problems
from corpus.files import DRAFTS, authored
from corpus.public import from_standoff, to_standoff
from spacy_imr.corpus_format import GoldReason, gold_doc, read_corpus
from spacy_imr.labels import OUTCOMES, SIDES
from spacy_imr.perturb import PERTURBATIONS
from spacy_imr.pipeline.issue_classifier import doc_issues
from spacy_imr.pipeline.sides import SidedText, in_context
from spacy_imr.pipeline.views import create_sentence_view, reason_sentences
from spacy_imr.tokenizer import blank_pipeline

FOR = ["therapy failed", "grip is weaker", "she returned to work", "pain fell by half"]
AGAINST = ["nothing is documented", "no trial was made", "relief lasted a day", "the dose is too high"]
NEITHER = ["the worker is forty", "the letter cites a table", "it was asked in may", "he fell in june"]


def texts(count: int, seed: int = 0):
    """Texts of which the sentences that speak for the request are more than the others, or fewer."""
    rng = random.Random(seed)
    for _ in range(count):
        granted = rng.random() < 0.4
        sides = ["FOR"] * (2 + granted) + ["AGAINST"] * (3 - granted) + ["NEITHER"] * rng.randrange(3)
        rng.shuffle(sides)
        known = dict(zip(SIDES, (FOR, AGAINST, NEITHER), strict=True))
        yield [rng.choice(known[side]).split() for side in sides], sides, OUTCOMES[granted]


@pytest.fixture(scope="module")
def model() -> SidedText:
    model = SidedText(OUTCOMES, size=4096, ngrams=2)
    some = list(texts(300))
    model.fit(
        [text for text, _, _ in some],
        [{outcome} for *_, outcome in some],
        strength=10.0,
        balanced=True,
        sides=[sides for _, sides, _ in some],
        groups=[number // 2 for number in range(300)],
    )
    return model


def right(model: SidedText) -> float:
    some = list(texts(200, seed=1))
    chances = model.predict([text for text, _, _ in some])
    assert chances.shape == (200, 2)
    assert chances.sum(axis=1) == pytest.approx(1)
    return sum(OUTCOMES[row.argmax()] == outcome for row, (*_, outcome) in zip(chances, some, strict=True)) / 200


def test_each_sentence_has_its_side(model):
    (found,) = [model.sides([FOR[0].split(), AGAINST[1].split(), NEITHER[2].split()])]
    assert found.shape == (3, 3)
    assert [SIDES[row.argmax()] for row in found] == ["FOR", "AGAINST", "NEITHER"]


def test_the_sides_tell_the_outcome(model):
    assert right(model) > 0.95


def test_without_sides_the_words_decide():
    model = SidedText(OUTCOMES, size=4096, ngrams=1)
    words = [[["granted", f"w{number}"]] if number % 3 else [["refused", f"w{number}"]] for number in range(90)]
    model.fit(words, [{OUTCOMES[number % 3 > 0]} for number in range(90)], strength=10.0)
    assert model.predict([[["granted"]], [["refused"]]]).argmax(axis=1).tolist() == [1, 0]


def test_a_few_texts_are_enough_to_fit():
    model = SidedText(OUTCOMES, size=64, ngrams=1)
    model.fit([[["yes"]], [["no"]]] * 3, [{"OVERTURNED"}, {"UPHELD"}] * 3, strength=10.0)
    assert model.predict([[["yes"]], [["no"]], [["other"]]]).argmax(axis=1).tolist()[:2] == [1, 0]


def test_saved_and_loaded_it_reads_the_same(model):
    other = SidedText(OUTCOMES, size=4096, ngrams=2)
    other.load_arrays(model.arrays())
    some = [text for text, _, _ in texts(20, seed=2)]
    numpy.testing.assert_allclose(other.predict(some), model.predict(some), atol=5e-3)
    assert all(table.dtype != object for table in model.arrays().values())


def test_a_sentence_is_read_with_its_neighbours():
    first, second = in_context([["a", "b"], ["c"]])
    assert first[:2] == ["a", "b"]
    assert ">c" in first
    assert "<a" in second
    assert first[2] != second[1]  # how far from the end


def test_judged_sentences_are_those_that_are_read():
    """Every issue of a training letter and draft with reasons is judged, sentence by sentence."""
    nlp = blank_pipeline()
    issues = 0
    for letter in [*authored()["train"][::9], *list(read_corpus(DRAFTS))[::6]]:
        doc = gold_doc(nlp, letter)
        for issue in doc_issues(doc):
            sentences = reason_sentences(doc, doc.text, issue)
            assert [start for start, _, _ in issue["reasons"]] == [start for start, _ in sentences]
            assert create_sentence_view()(doc, doc.text, issue) == [words for _, words in sentences]
            issues += bool(sentences)
    assert issues > 300


def test_a_judgement_of_what_is_no_sentence_is_a_problem():
    letter = next(one for one in authored()["train"] if one.issues and one.issues[0].reasons).model_copy(deep=True)
    assert reason_problems(letter) == []
    letter.issues[0].reasons[0].start += 3
    (problem,) = reason_problems(letter)
    assert letter.id in problem


def test_reasons_travel_with_perturbations_and_as_standoff():
    letter = next(one for one in authored()["train"] if one.issues and len(one.issues[0].reasons) > 2)

    def shown(one):
        return [("".join(one.text[r.start : r.end].split()), r.side) for i in one.issues for r in i.reasons]

    for name in ("other line breaks", "other dates"):
        changed = PERTURBATIONS[name](letter, random.Random(0))
        assert [side for _, side in shown(changed)] == [side for _, side in shown(letter)]
    assert shown(PERTURBATIONS["other line breaks"](letter, random.Random(0))) == shown(letter)
    back = from_standoff(to_standoff(letter), letter.text)
    assert shown(back) == shown(letter)
    assert isinstance(back.issues[0].reasons[0], GoldReason)

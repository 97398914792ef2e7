import numpy
import pytest

from spacy_imr.pipeline.linear import LinearText

TEXTS = ["the request is medically necessary", "the request is not medically necessary", "it is necessary here", "not shown to be necessary"]  # fmt: skip
GOLD = [{"OVERTURNED"}, {"UPHELD"}, {"OVERTURNED"}, {"UPHELD"}]


@pytest.fixture(scope="module")
def model() -> LinearText:
    model = LinearText(["UPHELD", "OVERTURNED"], exclusive=True, size=512, ngrams=2)
    model.fit([text.split() for text in TEXTS * 3], GOLD * 3, strength=30.0)
    return model


def test_features_have_unit_length_and_count_every_ngram_once(model):
    buckets, _ = model.features(["not", "necessary", "not", "necessary"])
    assert len(buckets) == len(set(buckets.tolist())) == 4  # not, necessary, not necessary, necessary not
    known = model.features(["the", "request"])[1]
    assert numpy.linalg.norm(known) == pytest.approx(1)


def test_learns_a_negation(model):
    chances = model.predict([text.split() for text in ("is not necessary", "is necessary")])
    assert chances.shape == (2, 2)
    assert chances[0].argmax() == 0
    assert chances[1].argmax() == 1
    assert chances.sum(axis=1) == pytest.approx(1)


def test_unknown_words_and_no_words_give_a_probability(model):
    chances = model.predict([[], ["zebra"]])
    assert numpy.isfinite(chances).all()


def test_labels_that_may_stand_together_stand_each_for_itself():
    model = LinearText(["ODG", "OTHER", "NONE"], exclusive=False, size=512, ngrams=1)
    texts = [["odg"], ["fda"], ["odg", "fda"], ["none"]] * 3
    model.fit(texts, [{"ODG"}, {"OTHER"}, {"ODG", "OTHER"}, {"NONE"}] * 3, strength=100.0)
    (chances,) = model.predict([["odg", "fda"]])
    assert [chance > 0.5 for chance in chances] == [True, True, False]


def test_a_label_that_never_occurs_is_never_given():
    model = LinearText(["ODG", "OTHER"], exclusive=False, size=64, ngrams=1)
    model.fit([["a"], ["b"]] * 2, [{"ODG"}, set()] * 2, strength=1.0)
    assert (model.predict([["a"], ["b"]])[:, 1] < 0.01).all()


def test_arrays_round_trip_without_pickle(model):
    other = LinearText(model.labels, exclusive=True, size=512, ngrams=2)
    other.load_arrays(model.arrays())
    words = [text.split() for text in TEXTS]
    numpy.testing.assert_allclose(other.predict(words), model.predict(words), atol=2e-3)  # of sixteen bits
    assert other.arrays().keys() == model.arrays().keys()
    for name, table in model.arrays().items():
        numpy.testing.assert_array_equal(other.arrays()[name], table)
    assert all(values.dtype != object for values in model.arrays().values())


def test_a_balanced_border_finds_the_rare_label_more_often():
    rng = numpy.random.default_rng(0)
    gold = [{"OVERTURNED"} if number % 5 == 0 else {"UPHELD"} for number in range(400)]
    words = [
        [f"w{rng.integers(30)}" for _ in range(6)] + ["relief"] * (("OVERTURNED" in labels) == (rng.random() < 0.7))
        for labels in gold
    ]
    found = {}
    for balanced in (False, True):
        model = LinearText(["UPHELD", "OVERTURNED"], exclusive=True, size=256, ngrams=1)
        model.fit(words, gold, strength=300.0, balanced=balanced)
        found[balanced] = model.bias.copy()
        hits = [row.argmax() == 1 for row in model.predict([["relief"], ["w1"]])]
        assert hits == [True, False]
    assert found[True][1] != found[False][1]

"""Embedding of words: distinct words once, vectors of n-grams, weights of sixteen bits."""

import json

import numpy
import pytest
import spacy
from spacy.vectors import Vectors

from spacy_imr.pipeline.words import build_distinct_words
from training.build import round_weights
from training.vectors import FLORET, fitted_table, main_components, word_counts

TEXTS = ["low back pain, low back", "", "Back pain of the lumbar spine", "\n"]


@pytest.fixture
def nlp():
    nlp = spacy.blank("en")
    rng = numpy.random.default_rng(0)
    nlp.vocab.vectors = Vectors(data=rng.normal(size=(50, 8)).astype("f"), strings=nlp.vocab.strings, **FLORET)
    return nlp


@pytest.fixture
def layer():
    config = {"@architectures": "spacy.MultiHashEmbed.v2", "width": 16, "attrs": ["NORM", "SHAPE"], "rows": [50, 20], "include_static_vectors": True}  # fmt: skip
    return spacy.registry.resolve({"model": config})["model"]


def test_distinct_words_have_the_vectors_and_the_gradients_of_every_word(nlp, layer):
    docs = [nlp(text) for text in TEXTS]
    model = build_distinct_words(layer)
    model.initialize(docs)
    assert model.get_dim("nO") == 16
    results = {}
    for name, one in (("each", layer), ("distinct", model)):
        outputs, backprop = one.begin_update(docs)
        backprop([numpy.full_like(rows, 0.5) for rows in outputs])
        gradients = [
            node.get_grad(param) for node in layer.walk() for param in node.param_names if node.has_grad(param)
        ]
        results[name] = [*outputs, *(gradient.copy() for gradient in gradients)]
        for node in layer.walk():
            for param in node.param_names:
                if node.has_grad(param):
                    node.set_grad(param, numpy.zeros_like(node.get_grad(param)))
    assert len(results["each"]) == len(results["distinct"]) > len(docs)
    for each, distinct in zip(results["each"], results["distinct"], strict=True):
        numpy.testing.assert_allclose(each, distinct, rtol=1e-4, atol=1e-5)


def test_distinct_words_of_nothing(nlp, layer):
    model = build_distinct_words(layer)
    model.initialize([nlp(TEXTS[0])])
    assert [rows.shape for rows in model.predict([nlp("")])] == [(0, 16)]


def test_weights_are_rounded_to_sixteen_bits(nlp):
    nlp.add_pipe("tok2vec")
    nlp.initialize()
    before = nlp.vocab.vectors.data.copy()
    round_weights(nlp)
    tables = [nlp.vocab.vectors.data] + [
        node.get_param(name)
        for node in nlp.get_pipe("tok2vec").model.walk()
        for name in node.param_names
        if node.has_param(name)
    ]
    assert len(tables) > 5
    assert all(not (table.view("u4") & 0xFFFF).any() for table in tables)
    numpy.testing.assert_allclose(before, nlp.vocab.vectors.data, rtol=2**-8)


def test_the_table_gives_vectors_back_and_knows_misread_words():
    rng = numpy.random.default_rng(1)
    words = ["radiculopathy", "injection", "tramadol", "stenosis", "shoulder", "necessary"]
    vectors = rng.normal(size=(len(words), 4))
    table = fitted_table(words, vectors, numpy.full(len(words), 1000.0), rows=400)
    nlp = spacy.blank("en")
    table.strings = nlp.vocab.strings
    nlp.vocab.vectors = table
    for word, vector in zip(words, vectors, strict=True):
        numpy.testing.assert_allclose(nlp(word.upper())[0].vector, vector, atol=0.05)
    near = nlp("radicu1opathy")[0].vector
    distances = [float(numpy.linalg.norm(near - vector)) for vector in vectors]
    assert distances.index(min(distances)) == 0


def test_main_components_keep_what_differs_most():
    rng = numpy.random.default_rng(2)
    plane = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 10))
    seen = numpy.arange(40) % 2 == 0
    cut = main_components(plane, seen, 2)
    assert cut.shape == (40, 2)
    assert cut[seen].std() == pytest.approx(1)
    ratio = numpy.linalg.norm(plane[0] - plane[2]) / numpy.linalg.norm(cut[0] - cut[2])
    assert numpy.linalg.norm(plane[4] - plane[6]) / numpy.linalg.norm(cut[4] - cut[6]) == pytest.approx(ratio)


def test_words_are_counted_once_a_letter(tmp_path):
    letters = tmp_path / "two.jsonl"
    rows = [{"id": str(n), "format": "excerpt", "text": text, "spans": [], "issues": [], "provenance": {}} for n, text in enumerate(["Pain, pain of x", "pain 12 L5-S1"])]  # fmt: skip
    letters.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert word_counts([letters]) == {"pain": 2, "of": 1}


def test_hidden_words_are_read_by_what_is_left(nlp, layer):
    """In training a share of the words loses its NORM; in reading none does."""
    docs = [nlp("low back pain of the lumbar spine with some numbness in both legs")]
    model = build_distinct_words(layer, unknown=0.5)
    model.initialize(docs)
    (whole,) = model.predict(docs)
    (again,) = model.predict(docs)
    numpy.testing.assert_array_equal(whole, again)
    numpy.random.seed(0)
    (trained,), _ = model.begin_update(docs)
    hidden = abs(trained - whole).max(axis=1) > 1e-6
    assert 0 < hidden.sum() < len(hidden)


def test_a_share_is_less_than_one(layer):
    with pytest.raises(ValueError, match="unknown is 1"):
        build_distinct_words(layer, unknown=1.0)

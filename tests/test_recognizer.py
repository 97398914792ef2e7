import numpy
import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example

from spacy_imr.pipeline.layers import build_mean_tagger, build_skip_space, build_token_tagger, tag_names
from spacy_imr.pipeline.recognizer import NEVER, best_path, best_tags, gold_tags, transitions
from spacy_imr.pipeline.views import create_issue_view

LABELS = ["DATE", "DIAGNOSIS"]


def test_gold_tags_leave_white_space_out(blank):
    doc = blank("pain at L5-\nS1 now")
    doc.ents = [Span(doc, 2, 6, label="SPINE_LEVEL")]
    assert doc[2:6].text == "L5-\nS1"
    tags = dict(gold_tags(doc))
    assert [tags.get(token.i) for token in doc] == [
        "O",
        "O",
        "B-SPINE_LEVEL",
        "I-SPINE_LEVEL",
        None,
        "L-SPINE_LEVEL",
        "O",
    ]


def test_best_path_makes_whole_entities():
    names = tag_names(LABELS)
    wanted = ["O", "B-DATE", "L-DATE", "U-DIAGNOSIS"]
    logs = numpy.full((4, len(names)), -5.0)
    for row, name in enumerate(wanted):
        logs[row, names.index(name)] = -0.1
    assert [names[tag] for tag in best_path(logs, *transitions(names))] == wanted
    # A lone inside tag cannot stand: the best legal reading is taken.
    logs[:] = -3.0
    logs[1, names.index("I-DATE")] = -0.01
    path = [names[tag] for tag in best_path(logs, *transitions(names))]
    assert path[1] != "I-DATE" or (path[0] == "B-DATE" and path[2] in ("I-DATE", "L-DATE"))


def test_transitions_allow_only_whole_entities():
    names = tag_names(LABELS)
    start, step, end = transitions(names)
    at = names.index
    assert step[at("B-DATE"), at("L-DATE")] == 0
    assert step[at("B-DATE"), at("L-DIAGNOSIS")] == NEVER
    assert step[at("B-DATE"), at("O")] == NEVER
    assert step[at("U-DATE"), at("B-DIAGNOSIS")] == 0
    assert start[at("I-DATE")] == NEVER
    assert end[at("B-DATE")] == NEVER


@pytest.fixture(scope="module")
def tok2vec():
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "imr.Tokenizer.v1"}}})
    config = {"@architectures": "spacy.HashEmbedCNN.v2", "width": 16, "depth": 2, "embed_size": 100, "window_size": 1, "maxout_pieces": 2, "subword_features": True, "pretrained_vectors": None}  # fmt: skip
    layer = spacy.registry.resolve({"model": config})["model"]
    model = build_skip_space(layer)
    doc = nlp("some text to start with")
    model.initialize(X=[doc])
    return nlp, model


def test_skip_space_sees_no_line_breaks(tok2vec):
    nlp, model = tok2vec
    flat = nlp("low back pain at L5-S1 since 2012")
    wrapped = nlp("low back\n\npain at L5-\nS1 since\n2012\n")
    (one,) = model.predict([flat])
    (two,) = model.predict([wrapped])
    assert two.shape == (len(wrapped), 16)
    kept = two[[token.i for token in wrapped if not token.is_space]]
    numpy.testing.assert_allclose(one, kept, rtol=1e-5)


@pytest.fixture
def taggers(tok2vec):
    """Two taggers of different weights, and their mean."""
    nlp, _ = tok2vec
    config = {"@architectures": "spacy.HashEmbedCNN.v2", "width": 16, "depth": 1, "embed_size": 50, "window_size": 1, "maxout_pieces": 2, "subword_features": True, "pretrained_vectors": None}  # fmt: skip
    two = [build_token_tagger(spacy.registry.resolve({"model": config})["model"], 0) for _ in range(2)]
    mean = build_mean_tagger(*two)
    docs = [nlp("low back pain"), nlp("MRI")]
    mean.initialize(X=docs, Y=[numpy.zeros((len(doc), 5), dtype="f") for doc in docs])
    for number, tagger in enumerate(two):
        softmax = tagger.get_ref("softmax")
        softmax.set_param("W", numpy.random.default_rng(number).normal(size=softmax.get_param("W").shape).astype("f"))
    return docs, two, mean


def test_mean_tagger_gives_the_mean_of_its_taggers(taggers):
    docs, two, mean = taggers
    for one, other, both in zip(*(tagger.predict(docs) for tagger in (*two, mean)), strict=True):
        numpy.testing.assert_allclose(both, (one + other) / 2, rtol=1e-5)
        assert abs(one - other).max() > 1e-4


def test_mean_tagger_trains_every_tagger(taggers):
    docs, two, mean = taggers
    _, backprop = mean.begin_update(docs)
    backprop([numpy.ones((len(doc), 5), dtype="f") for doc in docs])
    assert all(tagger.get_ref("softmax").has_grad("W") for tagger in two)


def test_mean_tagger_needs_a_tagger():
    with pytest.raises(ValueError, match="at least one"):
        build_mean_tagger()


def test_skip_space_backpropagates_every_row(tok2vec):
    nlp, model = tok2vec
    docs = [nlp("low\nback pain"), nlp("\n\n"), nlp("MRI")]
    outputs, backprop = model.begin_update(docs)
    backprop([numpy.ones_like(rows) for rows in outputs])
    assert [len(rows) for rows in outputs] == [len(doc) for doc in docs]


@pytest.fixture(scope="module")
def trained():
    """A recogniser that has learned three sentences by heart."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "imr.Tokenizer.v1"}}})
    nlp.add_pipe("tok2vec", config={"model": {"@architectures": "imr.SkipSpace.v1", "layer": {"@architectures": "spacy.HashEmbedCNN.v2", "width": 32, "depth": 2, "embed_size": 500, "window_size": 1, "maxout_pieces": 2, "subword_features": True, "pretrained_vectors": None}}})  # fmt: skip
    nlp.add_pipe("imr_recognizer", name="ner", config={"model": {"hidden_width": 0, "tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": 32, "upstream": "tok2vec"}}})  # fmt: skip
    data = [("He has low back pain since 2012.", [(7, 20, "DIAGNOSIS"), (27, 31, "DATE")]), ("MRI of the lumbar spine showed stenosis.", [(0, 23, "PROCEDURE"), (31, 39, "DIAGNOSIS")]), ("No change was noted.", [])]  # fmt: skip
    examples = []
    for text, spans in data:
        reference = nlp.make_doc(text)
        reference.ents = [reference.char_span(s, e, label=label) for s, e, label in spans]
        examples.append(Example(nlp.make_doc(text), reference))
    nlp.initialize(lambda: examples)
    for _ in range(60):
        nlp.update(examples, drop=0.0)
    return nlp


def test_recognizer_learns_and_gives_probabilities(trained):
    doc = trained("MRI of the lumbar\nspine showed stenosis.")
    assert [(" ".join(ent.text.split()), ent.label_) for ent in doc.ents] == [
        ("MRI of the lumbar spine", "PROCEDURE"),
        ("stenosis", "DIAGNOSIS"),
    ]
    scores = doc.spans["ner"].attrs["scores"]
    assert len(scores) == 2
    assert all(0.2 < score <= 1 for score in scores)


def test_recognizer_reads_empty_and_blank_texts(trained):
    assert [len(doc.ents) for doc in trained.pipe(["", " \n", "\n\n\n"])] == [0, 0, 0]


def test_recognizer_keeps_entities_that_stand(trained):
    doc = trained.make_doc("He has low back pain since 2012.")
    doc.ents = [Span(doc, 2, 5, label="PROCEDURE")]
    for name in ("tok2vec", "ner"):
        doc = trained.get_pipe(name)(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("low back pain", "PROCEDURE"), ("2012", "DATE")]


def test_recognizer_survives_saving(trained, tmp_path):
    trained.to_disk(tmp_path)
    other = spacy.load(tmp_path)
    text = "MRI of the lumbar spine showed stenosis."
    assert other(text).to_json()["ents"] == trained(text).to_json()["ents"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["rationale"], "the mri is old . it is not medically necessary . thank you for asking ."),
        (["reasons"], "the mri is old ."),
        (["conclusion"], "it is not medically necessary . thank you for asking ."),
        (
            ["heading", "rationale"],
            "mri : upheld the mri is old . it is not medically necessary . thank you for asking .",
        ),
        (["reviewer_citation"], "based on odg ."),
        (["verdict"], "UPHELD \x00stated"),
        (["ending"], "\x00thank \x00you \x00for \x00asking \x00."),
    ],
)
def test_issue_views(blank, parts, words):
    text = "MRI: Upheld\nBased on ODG.\nThe MRI is old. It is not\nmedically necessary. Thank you for asking."
    issue = {
        "item": [0, 3],
        "rationale": [26, len(text)],
        "claims_administrator_citation": None,
        "reviewer_citation": [12, 25],
    }
    assert create_issue_view(parts)(blank(text), text, issue) == words.split()


def test_a_verdict_tells_silence_from_approval(blank):
    for text, words in (
        ("It is medically necessary.", ["OVERTURNED", "\x00stated"]),
        ("UR was too strict.", ["OVERTURNED", "\x00silent"]),
    ):
        assert create_issue_view(["verdict"])(blank(text), text, {"rationale": [0, len(text)]}) == words


def test_issue_view_names_an_unknown_part():
    with pytest.raises(ValueError, match="judgement"):
        create_issue_view(["judgement"])


def test_masked_views_never_hold_the_heading(rules):
    from tests import letters

    doc = rules(letters.DETERMINATION_2014)
    for issue in doc._.letters[0]["issues"]:
        for part in ("rationale", "conclusion", "reasons"):
            assert not {"upheld", "overturned"} & set(create_issue_view([part])(doc, doc.text, issue))
    assert isinstance(doc, Doc)


def test_best_tags_make_whole_entities_as_the_best_path_does():
    rng = numpy.random.default_rng(0)
    names = tag_names([*LABELS, "PROCEDURE"])
    start, step, end = transitions(names)
    same = 0
    for _ in range(200):
        scores = rng.normal(size=(int(rng.integers(1, 60)), len(names))) * 2
        scores[:, 0] += 4
        logs = scores - numpy.log(numpy.exp(scores).sum(axis=1, keepdims=True))
        tags = best_tags(logs, names)
        assert start[tags[0]] == 0
        assert end[tags[-1]] == 0
        assert not step[tags[:-1], tags[1:]].any()
        same += tags == best_path(logs, start, step, end)
    assert same >= 195
    assert best_tags(numpy.zeros((0, len(names))), names) == []


def test_boilerplate_is_not_read_unless_it_is_too_long(trained):
    def read(text, name, first, last):
        doc = trained.make_doc(text)
        doc.spans["sections"] = [Span(doc, first, last, label=name)]
        for pipe in ("tok2vec", "ner"):
            doc = trained.get_pipe(pipe)(doc)
        return [(ent.text, ent.label_) for ent in doc.ents]

    text = "He has low back pain since 2012. He has low back pain since 2012."
    mention, year = ("low back pain", "DIAGNOSIS"), ("2012", "DATE")
    assert read(text, "case_summary", 0, 8) == [mention, year, mention, year]
    assert read(text, "how_made", 0, 8) == [mention, year]
    # What stands on both sides of boilerplate is not one mention.
    assert read("He has low He has low back pain since 2012. back pain since 2012.", "how_made", 3, 11)[-1] == year
    assert ("low back pain", "DIAGNOSIS") not in read("He has low none back pain since 2012.", "how_made", 3, 4)
    long = "No change was noted. " * 60 + text
    assert len(read(long, "how_made", 0, len(trained.make_doc(long)))) == 4

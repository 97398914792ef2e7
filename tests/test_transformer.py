"""The transformer pipeline joined with the small one; an encoder of its own stands for the transformer."""

import numpy
import pytest
import spacy

from spacy_imr.tokenizer import blank_pipeline
from training.transformer import _average

LABELS = ("DATE", "DIAGNOSIS", "PROCEDURE")
TEXT = "MRI of the lumbar spine of 05/06/2013\nshowed low back pain."
ENCODER = {"@architectures": "imr.SkipSpace.v1", "layer": {"@architectures": "spacy.HashEmbedCNN.v2", "width": 16, "depth": 1, "embed_size": 50, "window_size": 1, "maxout_pieces": 2, "subword_features": True, "pretrained_vectors": None}}  # fmt: skip
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": 16, "upstream": "tok2vec"}


def recogniser(*, shared: bool, seed: int, labels=LABELS) -> spacy.Language:
    """A recogniser with an encoder in a pipe of its own, as the small pipeline has it, or inside."""
    spacy.util.fix_random_seed(seed)
    nlp = blank_pipeline()
    nlp.add_pipe("imr_letter")
    if shared:
        nlp.add_pipe("tok2vec", config={"model": ENCODER})
    encoder = LISTENER if shared else ENCODER
    ner = nlp.add_pipe("imr_recognizer", name="ner", config={"model": {"hidden_width": 0, "tok2vec": encoder}})
    for label in labels:
        ner.add_label(label)
    nlp.initialize()
    softmax = ner.model.get_ref("softmax")
    softmax.set_param("W", numpy.random.default_rng(seed).normal(size=softmax.get_param("W").shape).astype("f"))
    return nlp


def chances(nlp: spacy.Language) -> numpy.ndarray:
    doc = nlp(TEXT)
    return nlp.get_pipe("ner").model.predict([doc])[0]


def test_the_recognisers_are_averaged_and_saved(tmp_path):
    large, small = recogniser(shared=False, seed=1), recogniser(shared=True, seed=2)
    alone = [chances(nlp) for nlp in (large, small)]
    large.add_pipe("tok2vec", source=small, before="ner")
    _average(large, small)
    assert large.pipe_names == ["imr_letter", "tok2vec", "ner"]
    assert large.get_pipe("ner").labels == LABELS
    large.to_disk(tmp_path / "joined")
    loaded = spacy.load(tmp_path / "joined")
    assert abs(alone[0] - alone[1]).max() > 0.01
    for nlp in (large, loaded):
        numpy.testing.assert_allclose(chances(nlp), (alone[0] + alone[1]) / 2, rtol=1e-4)


def test_recognisers_of_different_labels_are_not_averaged():
    large, small = recogniser(shared=False, seed=1), recogniser(shared=True, seed=2, labels=("DATE",))
    with pytest.raises(ValueError, match="different labels"):
        _average(large, small)

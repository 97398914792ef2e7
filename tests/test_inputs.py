import io
import json
import sys
import zipfile

import pyarrow
import pyarrow.parquet
import pytest

from spacy_imr.inputs import Limits, decode, list_inputs, open_input, printable, read_source, read_text
from spacy_imr.pdf import UnreadableError, read_pdf
from tests import letters
from tests.pdfs import PDF_HEAD, make_pdf


@pytest.fixture
def found(tmp_path):
    """What a call of the command finds: its sources, opened in this process."""

    def find(*names, column="text", limits=None):
        limits = limits or Limits()
        entries = list(list_inputs(map(str, names), tmp_path / "spool", column, limits))
        return [source for entry in entries for source in open_input(entry, read_pdf, limits)]

    return find


def pipe(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_read_pdf_shows_gaps_as_empty_lines():
    lines = ["The injured worker has", "low back pain.", "", "MRI of the lumbar spine: Upheld"]
    pdf = read_pdf(make_pdf(lines))
    assert pdf.text.rstrip() == "The injured worker has\nlow back pain.\n\nMRI of the lumbar spine: Upheld"
    assert pdf.pages == [(0, len(pdf.text.rstrip()))]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.txt", b"", "empty"),
        ("empty.pdf", b"", "empty"),
        ("blank.txt", b" \n\n", "white space"),
        ("binary.txt", b"\x00\x01\x02", "binary"),
        ("broken.pdf", PDF_HEAD + b"nothing", "PDF"),
        ("image.pdf", make_pdf([]), "OCR"),
        ("recipe.txt", b"Take two eggs and a spoon of flour, and stir.", "another kind of text"),
    ],
)
def test_read_text_names_what_is_wrong(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=message):
        read_text(path)


def test_read_text_of_a_missing_file(tmp_path):
    with pytest.raises(UnreadableError, match="No such file"):
        read_text(tmp_path / "none.txt")


def test_read_source_keeps_the_text_as_given(tmp_path, rules):
    path = tmp_path / "letter.txt"
    raw = letters.DETERMINATION_2014.replace("\n", "\r\n")
    path.write_bytes(raw.encode())
    source = read_source(path)
    assert source.text == raw
    for issue in source.read(rules)._.determination.issues:
        assert raw[issue.item.start : issue.item.end] == issue.item.text


def test_mentions_of_a_pdf_know_their_page(tmp_path, rules):
    path = tmp_path / "letter.pdf"
    path.write_bytes(make_pdf(["The injured worker was hurt on 05/06/2013."]))
    record = read_source(path).read(rules)._.determination
    assert [(mention.value, mention.page) for mention in record.dates.mentions] == [("2013-05-06", 1)]


@pytest.mark.parametrize("name", ["x" * 300, "nul\0name", "missing/folder/a.txt", "/dev/zero"])
def test_odd_names_are_errors_and_no_crash(found, name):
    (source,) = found(name)
    assert source.text is None
    assert source.error


def test_a_broken_page_is_an_error(tmp_path):
    path = tmp_path / "broken.pdf"
    path.write_bytes(make_pdf(["MTUS"]).replace(b"/Kids [3 0 R]", b"/Kids [9 0 R]"))
    with pytest.raises(UnreadableError):
        read_text(path)


def test_standard_input_is_a_letter_a_pdf_or_rows(found, monkeypatch):
    pipe(monkeypatch, letters.NOTICE_2013.encode())
    assert [(source.name, source.text) for source in found("-")] == [("-", letters.NOTICE_2013)]
    pipe(monkeypatch, make_pdf(["The request is not medically necessary."]))
    (source,) = found("-")
    assert source.text.strip() == "The request is not medically necessary."
    pipe(monkeypatch, b"".join(json.dumps({"text": text}).encode() + b"\n" for text in (letters.REVIEW, "no letter")))
    assert [(source.name, source.text) for source in found("-")] == [("-#1", letters.REVIEW), ("-#2", None)]


def test_what_a_name_hides_is_shown_as_escapes():
    assert printable("a\x1b[2J\n\u202ebad\udcff.txt") == "a\\x1b[2J\\n\\u202ebad\\udcff.txt"
    assert printable("Müller 1–2.pdf") == "Müller 1–2.pdf"


def test_a_folder_is_searched_in_depth_and_in_order(found, tmp_path):
    folder = tmp_path / "in"
    for name in ("b.txt", "a.TXT", ".hidden.txt", "table.jsonl", "note.doc", "inner/c.text", ".git/d.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(letters.REVIEW, encoding="utf-8")
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("e.txt", letters.REVIEW)
    names = [source.name.removeprefix(f"{folder}/") for source in found(folder)]
    assert names == ["a.TXT", "b.txt", "z.zip!/e.txt", "inner/c.text"]
    assert [source.name for source in found(folder, folder / "b.txt")] == [f"{folder}/{name}" for name in names]
    assert [source.name for source in found(f"{folder}/**/*.t*xt")] == [f"{folder}/b.txt", f"{folder}/inner/c.text"]
    for nothing in (f"{folder}/*.xml", folder / ".git" / "none"):
        (source,) = found(nothing)
        assert source.error


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(found, tmp_path):
    path = tmp_path / "letter [1].txt"
    path.write_text(letters.REVIEW, encoding="utf-8")
    (source,) = found(path)
    assert source.text == letters.REVIEW


def test_an_archive_is_read_without_unpacking_it(found, tmp_path):
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case/a.pdf", make_pdf(["The request is not medically necessary."]))
        archive.writestr("case/b.txt", letters.REVIEW)
        archive.writestr("__MACOSX/case/._a.pdf", b"x")
        archive.writestr("case/notes.doc", b"x")
    a, b = found(path)
    assert (a.name, b.name) == (f"{path}!/case/a.pdf", f"{path}!/case/b.txt")
    assert a.pages == [(0, len(a.text.rstrip()))]
    assert b.text == letters.REVIEW


def test_rows_of_jsonl_are_letters(found, tmp_path):
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps({"body": letters.REVIEW, "id": number}) for number in range(40)]
    lines[3] = ""
    lines[5:8] = ["{broken", json.dumps({"id": 7}), json.dumps({"body": None})]
    path.write_text("\n".join(lines), encoding="utf-8")
    sources = found(path, column="body")
    assert [source.name for source in sources] == [f"{path}#{n}" for n in range(1, 41) if n != 4]
    wrong = {source.name.split("#")[1]: source.error for source in sources if source.error}
    assert list(wrong) == ["6", "7", "8"]
    assert "no JSON" in wrong["6"]
    assert "--text-column" in wrong["7"]
    assert "no text" in wrong["8"]


def test_rows_of_parquet_are_letters_in_any_row_group(found, tmp_path):
    path = tmp_path / "table.parquet"
    texts = [f"{letters.REVIEW} {number}" for number in range(50)] + [None]
    pyarrow.parquet.write_table(pyarrow.table({"text": texts, "n": range(51)}), path, row_group_size=7)
    sources = found(path)
    assert [source.text for source in sources] == texts
    assert sources[30].name == f"{path}#31"
    (source,) = found(path, column="body")
    assert "it has: text, n" in source.error
    path.write_bytes(path.read_bytes()[:500])
    (source,) = found(path)
    assert "Parquet" in source.error


def test_rows_of_a_saved_dataset_are_letters(found, tmp_path):
    import datasets

    split = {name: datasets.Dataset.from_dict({"text": [letters.REVIEW] * 20}) for name in ("train", "test")}
    folder = tmp_path / "saved"
    datasets.DatasetDict(split).save_to_disk(folder)
    sources = found(folder)
    assert {source.text for source in sources} == {letters.REVIEW}
    assert [source.name for source in sources[19:21]] == [f"{folder}/train#20", f"{folder}/test#1"]
    assert len(sources) == 40


def test_decode_reads_old_encodings():
    assert decode("L5–S1 ’".encode("cp1252")) == "L5–S1 ’"
    assert decode("\ufeffMTUS\r\n".encode()) == "MTUS\r\n"
    assert decode("MTUS".encode("utf-16")) == "MTUS"


def test_the_states_files_are_read_and_known(letters_folder):
    (path,) = sorted((letters_folder / "pdf").glob("*.pdf"))[:1]
    assert read_source(path).flagged


def test_public_pdf_and_text_hold_the_same_layer(letters_folder):
    from corpus.files import SPLITS
    from corpus.public import from_standoff, read_standoff

    for split in SPLITS:
        for record in read_standoff(split):
            case = record["id"]
            text = from_standoff(record, (letters_folder / "text" / f"{case}.txt").read_text(encoding="utf-8"))
            pdf = from_standoff(record, read_text(letters_folder / "pdf" / f"{case}.pdf"))
            for one, other in zip(text.spans, pdf.spans, strict=True):
                left, right = text.text[one.start : one.end], pdf.text[other.start : other.end]
                assert "".join(left.split()) == "".join(right.split())

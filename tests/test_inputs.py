import io
import json
import sys

import pytest

from spacy_imr.batch import errors_path, read_batch, rows
from spacy_imr.inputs import Source, decode, find_sources, read_source, read_text
from spacy_imr.pdf import UnreadableError, read_pdf
from tests import letters

PDF_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


def make_pdf(lines: list[str]) -> bytes:
    """A one-page PDF file; an empty list gives a page without a text layer."""
    content = "BT /F1 11 Tf 72 740 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET" if lines else ""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
    ]
    body = PDF_HEAD
    offsets = []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    body += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    return body + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()


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


@pytest.mark.parametrize("name", ["x" * 300, "nul\0name", "missing/folder/a.txt"])
def test_odd_names_are_errors_and_no_crash(name):
    (source,) = find_sources([name])
    assert source.text is None
    assert source.error


def test_a_broken_page_is_an_error(tmp_path):
    path = tmp_path / "broken.pdf"
    path.write_bytes(make_pdf(["MTUS"]).replace(b"/Kids [3 0 R]", b"/Kids [9 0 R]"))
    with pytest.raises(UnreadableError):
        read_text(path)


def test_a_pdf_on_standard_input_is_read_as_one(monkeypatch):
    data = make_pdf(["The request is not medically necessary."])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    (source,) = find_sources(["-"])
    assert source.text.strip() == "The request is not medically necessary."


def test_names_that_are_no_text_are_written(rules, tmp_path):
    output = tmp_path / "out.jsonl"
    result = read_batch(rules, [Source("bad\udcff.txt", letters.RATIONALE_ALONE)], output)
    assert result.letters == 1
    assert "udcff" in next(rows(output))["source"].encode("unicode_escape").decode()


def test_decode_reads_old_encodings():
    assert decode("L5–S1 ’".encode("cp1252")) == "L5–S1 ’"
    assert decode("\ufeffMTUS\r\n".encode()) == "MTUS\r\n"
    assert decode("MTUS".encode("utf-16")) == "MTUS"


def test_batch_loses_nothing(rules, tmp_path, monkeypatch):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(letters.DETERMINATION_2014, encoding="utf-8")
    (folder / "b.PDF").write_bytes(make_pdf(["The request is not medically necessary."]))
    (folder / "c.txt").write_bytes(b"\x00")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letters.NOTICE_2013.encode())))
    output = tmp_path / "out.jsonl"
    sources = find_sources([str(folder), "-", str(tmp_path / "missing.txt")])
    result = read_batch(rules, sources, output)
    assert (result.letters, result.errors) == (3, 2)
    assert [row["source"].rsplit("/", 1)[-1] for row in rows(output)] == ["a.txt", "b.PDF", "-"]
    errors = list(rows(errors_path(output)))
    assert [row["source"].rsplit("/", 1)[-1] for row in errors] == ["c.txt", "missing.txt"]
    assert {row["stage"] for row in errors} == {"read"}
    assert set(next(rows(output))) == {"source", "schema_version", "model", "determination"}


def test_batch_survives_a_failing_pipeline(rules, tmp_path):
    class Broken:
        meta = rules.meta
        memory_zone = rules.memory_zone

        def __call__(self, text):
            if "bad" in text:
                raise RuntimeError("boom")
            return rules(text)

    output = tmp_path / "out.jsonl"
    sources = [Source("good", letters.RATIONALE_ALONE), Source("bad", "bad"), Source("good 2", letters.RATIONALE_ALONE)]
    result = read_batch(Broken(), sources, output)
    assert (result.letters, result.errors) == (2, 1)
    assert json.loads(errors_path(output).read_text()) == {
        "source": "bad",
        "stage": "pipeline",
        "message": "RuntimeError: boom",
    }


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

"""Files that mean harm: bounded time and memory, an error row, and the run goes on."""

import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from spacy_imr.batch import errors_path, read_batch, rows
from spacy_imr.cli import main
from spacy_imr.inputs import Limits, PdfSandbox, list_inputs, open_input
from spacy_imr.pdf import UnreadableError, read_pdf
from tests import letters
from tests.pdfs import make_bomb, make_nest, make_pdf

GOOD = "The request is not medically necessary."
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def sandbox():
    with PdfSandbox(Limits(memory_bytes=300 * MEGABYTE, seconds=20)) as sandbox:
        yield sandbox


def opened(path, limits=None):
    limits = limits or Limits()
    return [
        s for entry in list_inputs([str(path)], Path(), "text", limits) for s in open_input(entry, read_pdf, limits)
    ]


def test_a_good_file_is_read_apart_as_it_is_here(sandbox):
    data = make_pdf([GOOD, "", "Next."])
    assert sandbox.read(data) == read_pdf(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (make_bomb(b" " * 400 * MEGABYTE), "memory"),
        (make_bomb(b"BT /F1 11 Tf 72 740 Td " + b"(medically necessary) Tj " * 400_000), "memory"),
        (make_pdf([GOOD], pages=2_001), "more than 2,000 pages"),
        (make_nest(7, 9), "memory|characters"),
        (b"%PDF-1.7 and no more", "not a readable PDF"),
    ],
)
def test_a_bomb_is_an_error_and_the_next_file_is_read(sandbox, data, message):
    assert len(data) < 5 * MEGABYTE
    began = time.monotonic()
    with pytest.raises(UnreadableError, match=message):
        sandbox.read(data)
    assert time.monotonic() - began < 25
    assert sandbox.read(make_pdf([GOOD])).text.strip() == GOOD


def test_a_file_that_takes_too_long_is_an_error_and_the_next_is_read():
    with PdfSandbox(Limits(seconds=0.2)) as sandbox:
        assert sandbox.read(make_pdf([GOOD])).text.strip() == GOOD
        began = time.monotonic()
        with pytest.raises(UnreadableError, match=r"longer than 0\.2 seconds"):
            sandbox.read(make_nest(9, 10))
        assert time.monotonic() - began < 5
        assert sandbox.read(make_pdf([GOOD])).text.strip() == GOOD


def test_the_process_that_reads_ends_with_the_one_that_asks(tmp_path):
    code = (
        "import os, sys; from spacy_imr.inputs import Limits, PdfSandbox; from tests.pdfs import make_nest, make_pdf\n"
    )
    code += "s = PdfSandbox(Limits()); s.read(make_pdf(['a'])); print(s._process.pid, flush=True)\n"
    code += "import threading; threading.Timer(0.3, os.kill, (os.getpid(), 9)).start(); s.read(make_nest(9, 10))"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == -9
    pid = int(done.stdout)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_a_file_or_a_text_may_hold_is_bounded(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text(letters.REVIEW, encoding="utf-8")
    for limits, message in (
        (Limits(file_bytes=100), "more than 100 bytes"),
        (Limits(characters=99), "more than 99 char"),
    ):
        (source,) = opened(path, limits)
        assert message in source.error


def test_a_file_that_grows_without_end_is_an_error(tmp_path):
    path = tmp_path / "grows.txt"
    path.touch()
    stop = threading.Event()

    def grow():
        with path.open("ab") as file:
            while not stop.is_set():
                file.write(b"x" * MEGABYTE)
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        time.sleep(0.1)
        (source,) = opened(path, Limits(file_bytes=2 * MEGABYTE))
    finally:
        stop.set()
        writer.join()
    assert "bytes" in source.error


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_not_waited_for(tmp_path, make):
    path = tmp_path / "odd.txt"
    make(path)
    (source,) = opened(path)
    assert "regular file" in source.error


def test_archives_that_mean_harm(tmp_path):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../../climbs.txt", "/root.txt", "C:\\windows.txt", "..\\climbs.txt", "ok/../../climbs.txt"):
            archive.writestr(name, letters.REVIEW)
        archive.writestr("bomb.txt", GOOD + " " * 50 * MEGABYTE)
        archive.writestr("inner.zip", b"PK")
        archive.writestr("same.txt", letters.REVIEW)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("same.txt", letters.NOTICE_2013)
    assert path.stat().st_size < MEGABYTE
    found = opened(path, Limits(file_bytes=MEGABYTE))
    assert ["climbs out" in (source.error or "") for source in found[:5]] == [True] * 5
    assert "more than 1,000,000 bytes" in found[5].error
    assert "inside an archive" in found[6].error
    assert [source.text for source in found[7:]] == [letters.REVIEW, letters.NOTICE_2013]
    assert sorted(child.name for child in tmp_path.iterdir()) == ["bad.zip"]


def test_a_damaged_archive_loses_only_what_is_damaged(tmp_path):
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", letters.REVIEW)
        archive.writestr("b.txt", letters.NOTICE_2013)
    path.write_bytes(path.read_bytes().replace(b"Left shoulder", b"Lost shoulder"))
    a, b = opened(path)
    assert "damaged" in a.error
    assert b.text == letters.NOTICE_2013
    path.write_bytes(path.read_bytes()[:-30])
    (source,) = opened(path)
    assert "zip" in source.error


def test_rows_that_mean_harm(tmp_path):
    path = tmp_path / "rows.jsonl"
    lines = [
        "[" * 100_000,
        json.dumps({"text": "x" * 3 * MEGABYTE}),
        '{"text": "\\ud800 MTUS"}',
        json.dumps({"text": GOOD}),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = opened(path, Limits(file_bytes=2 * MEGABYTE))
    assert [source.text for source in found] == [None, None, None, GOOD]
    assert "too long" in found[1].error
    assert "surrogates" in found[2].error


def test_a_run_goes_on_past_them(rules_folder, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number, data in enumerate([make_nest(9, 10), make_bomb(b" " * 400 * MEGABYTE), make_pdf([]), make_pdf([GOOD])]):
        (folder / f"{number}.pdf").write_bytes(data)
    limits = Limits(seconds=10, memory_bytes=300 * MEGABYTE)
    output = tmp_path / "out.jsonl"
    count = read_batch([str(folder)], output, rules_folder, n_process=2, shard_size=1, limits=limits)
    assert (count.inputs, count.letters, count.errors) == (4, 1, 3)
    assert [row["source"][-5:] for row in rows(output)] == ["3.pdf"]
    wrong = {row["source"][-5:]: row["message"] for row in rows(errors_path(output))}
    assert list(wrong) == ["0.pdf", "1.pdf", "2.pdf"]
    assert "memory" in wrong["0.pdf"]
    assert "memory" in wrong["1.pdf"]
    assert "OCRmyPDF" in wrong["2.pdf"]


@pytest.mark.parametrize("batch", [True, False])
def test_logs_hold_names_and_counts_alone(rules_folder, tmp_path, capfd, batch):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a\x1b[2J\n\u202e.txt").write_text(letters.REVIEW, encoding="utf-8")
    (folder / os.fsdecode(b"b\xff.txt")).write_text("secret recipe", encoding="utf-8")
    (folder / "c\x9b.pdf").write_bytes(make_pdf(["secret recipe"]))
    output = tmp_path / "out.jsonl"
    assert main([str(folder), "-m", str(rules_folder), *(["-o", str(output)] if batch else [])]) == 1
    out, logs = capfd.readouterr()
    if batch:
        assert [row["source"].rsplit("/", 1)[1] for row in rows(output)] == ["a\\x1b[2J\\n\\u202e.txt"]
        wrong = [row["source"].rsplit("/", 1)[1] for row in rows(errors_path(output))]
        assert wrong == ["b\\udcff.txt", "c\\x9b.pdf"]
        logs += errors_path(output).read_text(encoding="utf-8")
        assert "1 letters" in logs
        assert "2 errors" in logs
    for secret in ("secret recipe", "shoulder", "necessary"):
        assert secret not in logs
    for control in ("\x1b[2J", "\u202e", "\x9b"):
        assert control not in out + logs


def test_endless_standard_input_is_cut(monkeypatch, tmp_path):
    class Endless:
        def read(self, size):
            return b"y\n" * (size // 2)

    monkeypatch.setattr(sys, "stdin", type("Stream", (), {"buffer": Endless()}))
    limits = Limits(file_bytes=3 * MEGABYTE)
    (entry,) = list_inputs(["-"], tmp_path, "text", limits)
    assert Path(entry.path).stat().st_size < 5 * MEGABYTE
    (source,) = open_input(entry, read_pdf, limits)
    assert "more than" in source.error


def test_a_huge_text_is_bounded_by_its_characters(rules, tmp_path):
    (tmp_path / "huge.txt").write_text(letters.REVIEW * 2_000, encoding="utf-8")
    (tmp_path / "letter.txt").write_text(letters.REVIEW, encoding="utf-8")
    count = read_batch([str(tmp_path)], tmp_path / "out.jsonl", rules)
    assert (count.letters, count.errors) == (1, 1)

"""Batches: what they write, that a stopped one goes on, and that every letter is there once."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet
import pytest

from spacy_imr.batch import AnotherRunError, Count, errors_path, read_batch, rows
from spacy_imr.batch.arrow import arrow_schema
from spacy_imr.batch.ledger import Ledger, ShardResult
from spacy_imr.batch.rows import LetterRow
from spacy_imr.batch.run import absolute_model
from spacy_imr.batch.sheets import cell
from spacy_imr.cli import main
from tests import letters
from tests.pdfs import make_pdf

ALL = [letters.NOTICE_2013, letters.DETERMINATION_2014, letters.DETERMINATION_2016, letters.REVIEW]


@pytest.fixture
def folder(tmp_path):
    """Twenty letters, a PDF file and two that cannot be read."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number:02}.txt").write_text(ALL[number % 4], encoding="utf-8")
    (folder / "a.pdf").write_bytes(make_pdf(["The request is not medically necessary."]))
    (folder / "bad.txt").write_bytes(b"\x00")
    (folder / "two.txt").write_text(letters.NOTICE_2013 + letters.DETERMINATION_2014, encoding="utf-8")
    return folder


def read_parquet(path):
    """The rows of a folder of parts, each as its JSONL row would be."""
    table = pyarrow.parquet.ParquetDataset(path).read()
    plain = table.to_pylist(maps_as_pydicts="strict")
    return plain


def test_jsonl_and_parquet_hold_the_same(rules, folder, tmp_path):
    count = read_batch([str(folder)], tmp_path / "out.jsonl", rules)
    assert count == read_batch([str(folder)], tmp_path / "out.parquet", rules)
    found = list(rows(tmp_path / "out.jsonl"))
    assert (count.inputs, count.letters, count.errors) == (23, len(found), 1) == (23, 23, 1)
    assert found == read_parquet(tmp_path / "out.parquet")
    assert list(found[0]) == ["source", "letter", "schema_version", "model", "determination"]
    assert [(row["source"][-7:], row["letter"]) for row in found[-2:]] == [("two.txt", 1), ("two.txt", 2)]
    assert [row["source"][-7:] for row in rows(errors_path(tmp_path / "out.jsonl"))] == ["bad.txt"]
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [
        "in",
        "out.errors.jsonl",
        "out.issues.parquet",
        "out.jsonl",
        "out.jsonl.run",
        "out.parquet",
        "out.parquet.run",
    ]
    for name in ("out.jsonl.run", "out.parquet.run"):
        assert [path.name for path in (tmp_path / name).iterdir()] == ["ledger.jsonl"]


def test_issues_stand_beside_the_letters(rules, folder, tmp_path):
    count = read_batch([str(folder)], tmp_path / "out.parquet", rules)
    issues = read_parquet(tmp_path / "out.issues.parquet")
    records = {(row["source"], row["letter"]): row["determination"] for row in read_parquet(tmp_path / "out.parquet")}
    assert count.issues == len(issues) == sum(len(record["issues"]) for record in records.values())
    for row in issues:
        record = records[row["source"], row["letter"]]
        issue = record["issues"][row["number"] - 1]
        assert (row["case_number"], row["outcome"]) == (record["case_number"], issue["outcome"])
    esi = next(row for row in issues if row["item"] == "BILATERAL L4-5 TRANSFORAMINAL ESI")
    assert (esi["levels"], esi["outcome"]) == (["L4-L5"], "UPHELD")
    assert (esi["claims_administrator_guidelines"], esi["reviewer_guidelines"]) == (["MTUS_CHRONIC_PAIN"], ["ODG"])


def test_the_arrow_schema_follows_the_record():
    schema = arrow_schema(LetterRow)
    assert schema.names == list(LetterRow.model_fields)
    levels = schema.field("determination").type.field("procedures").type.value_type.field("levels").type
    assert levels.value_type.field("vertebrae").type == pyarrow.list_(pyarrow.string())
    with pytest.raises(TypeError):
        arrow_schema(type("Odd", (LetterRow,), {"__annotations__": {"extra": bytes}}))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'=1+1"),
        ("\r=1", "'=1"),
        ("＝1", "'＝1"),
        (["-a", "b"], "'-a; b"),
        ("a\x1b[2J", "a\\x1b[2J"),
        ("MRI =1", "MRI =1"),
        (3, 3),
        (None, None),
    ],
)
def test_no_cell_starts_a_formula(value, written):
    assert cell(value) == written


def test_sheets_hold_one_issue_a_row(rules, tmp_path):
    hostile = letters.DETERMINATION_2014.replace("2. Norco", "2. =HYPERLINK(A1) Norco")
    (tmp_path / "letter.txt").write_text(hostile, encoding="utf-8")
    for name in ("out.csv", "out.xlsx"):
        assert read_batch([str(tmp_path / "letter.txt")], tmp_path / name, rules).issues == 2
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        one, two = csv.DictReader(file)
    assert (one["item"], one["levels"], one["outcome"]) == ("BILATERAL L4-5 TRANSFORAMINAL ESI", "L4-L5", "UPHELD")
    assert two["item"].startswith("'=HYPERLINK")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    heading, *body = sheet.values
    assert list(heading) == list(one)
    assert [row[heading.index("item")] for row in body] == [one["item"], two["item"]]
    assert not any(c.data_type == "f" for line in sheet.iter_rows() for c in line)


def test_a_failing_pipeline_is_a_row_without_text(rules, tmp_path, monkeypatch):
    def broken(doc):
        if "BILATERAL" in doc.text:
            raise RuntimeError(doc.text)
        return doc

    nlp = type(rules)(vocab=rules.vocab, meta=rules.meta)
    nlp.tokenizer = rules.tokenizer
    nlp.add_pipe("imr_letter", source=rules)
    nlp.add_pipe("imr_mentions", source=rules)
    monkeypatch.setattr(nlp, "_components", [*nlp._components, ("broken", broken)])
    for number, text in enumerate(ALL):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    count = read_batch([str(tmp_path / "*.txt")], tmp_path / "out.jsonl", nlp)
    assert (count.letters, count.errors) == (3, 1)
    (error,) = rows(errors_path(tmp_path / "out.jsonl"))
    assert error["stage"] == "pipeline"
    assert error["message"].startswith("RuntimeError in ")
    assert "BILATERAL" not in json.dumps(error)


def test_a_finished_run_is_not_read_again(rules, folder, tmp_path):
    output = tmp_path / "out.jsonl"
    first = read_batch([str(folder)], output, rules)
    before = output.stat().st_mtime_ns
    assert read_batch([str(folder)], output, rules) == first
    assert output.stat().st_mtime_ns == before


def test_another_run_over_an_output_is_refused(rules, rules_folder, folder, tmp_path):
    output = tmp_path / "out.parquet"
    read_batch([str(folder)], output, rules, shard_size=8)
    (folder / "00.txt").unlink()
    with pytest.raises(AnotherRunError, match=r"another list of inputs.*--overwrite"):
        read_batch([str(folder)], output, rules)
    with pytest.raises(AnotherRunError, match="shard size"):
        read_batch([str(folder)], output, rules, shard_size=9)
    assert main([str(folder), "-m", str(rules_folder), "-o", str(output), "-q"]) == 2
    assert main([str(folder), "-m", str(rules_folder), "-o", str(output), "-q", "--overwrite"]) == 1
    assert len(read_parquet(output)) == 22


def test_files_of_others_are_not_overwritten(rules, folder, tmp_path):
    (tmp_path / "out.jsonl").write_text("mine", encoding="utf-8")
    with pytest.raises(AnotherRunError, match="no run of ours"):
        read_batch([str(folder)], tmp_path / "out.jsonl", rules)
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "mine"
    (tmp_path / "out.parquet").mkdir()
    (tmp_path / "out.parquet" / "mine.txt").touch()
    with pytest.raises(OSError, match="not empty"):
        read_batch([str(folder)], tmp_path / "out.parquet", rules, overwrite=True)


@pytest.mark.parametrize("overwrite", [False, True])
def test_two_runs_may_not_write_one_output(rules, folder, tmp_path, overwrite):
    output = tmp_path / "out.parquet"
    read_batch([str(folder)], output, rules)
    before = read_parquet(output)
    with (
        Ledger(tmp_path / "out.parquet.run" / "ledger.jsonl"),
        pytest.raises(AnotherRunError, match="another process"),
    ):
        read_batch([str(folder)], output, rules, overwrite=overwrite)
    assert read_parquet(output) == before


def test_a_finished_part_that_is_gone_is_said(rules, folder, tmp_path, monkeypatch):
    read_batch([str(folder)], tmp_path / "out.jsonl", rules)
    (tmp_path / "out.jsonl").unlink()
    with pytest.raises(AnotherRunError, match=r"out\.jsonl: is gone"):
        read_batch([str(folder)], tmp_path / "out.jsonl", rules)
    stop_after(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        read_batch([str(folder)], tmp_path / "out.parquet", rules)
    monkeypatch.undo()
    (tmp_path / "out.parquet" / "part-00001.parquet").unlink()
    with pytest.raises(AnotherRunError, match="part-00001"):
        read_batch([str(folder)], tmp_path / "out.parquet", rules)
    assert read_batch([str(folder)], tmp_path / "out.parquet", rules, overwrite=True).letters == 23
    assert len(read_parquet(tmp_path / "out.parquet")) == 23


def test_a_package_is_a_package_in_every_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("spacy", "own"):
        (tmp_path / name).mkdir()
    assert absolute_model("spacy") == "spacy"
    assert absolute_model("own") == str(tmp_path / "own")


def test_the_ledger_survives_a_cut_entry(tmp_path):
    path = tmp_path / "ledger.jsonl"
    with Ledger(path) as ledger:
        ledger.begin({"model": "m"})
        for number in (0, 2, 2):
            ledger.enter(ShardResult(number, Count(inputs=3), 0.0, 1.0))
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with Ledger(path) as ledger:
            ledger.begin({"model": "m"})
            for number in (0, 2):
                ledger.enter(ShardResult(number, Count(inputs=3), 0.0, 1.0))
        assert path.read_bytes() == whole


def test_duckdb_reads_a_run_that_is_not_finished(rules, folder, tmp_path, monkeypatch):
    output = tmp_path / "out.parquet"
    stop_after(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        read_batch([str(folder)], output, rules)
    monkeypatch.undo()
    ((count,),) = duckdb.sql(f"SELECT count(*) FROM '{output}/*.parquet'").fetchall()
    assert count == 16
    assert read_batch([str(folder)], output, rules).letters == 23


def stop_after(monkeypatch, shards):
    """A run ends as by Ctrl-C after so many shards."""
    enter = Ledger.enter

    def stop(ledger, result):
        enter(ledger, result)
        if len(ledger.finished) == shards:
            raise KeyboardInterrupt

    monkeypatch.setattr(Ledger, "enter", stop)


# --- killed at any moment ---

LETTERS = 240


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Many letters in one archive, and three that cannot be read."""
    path = tmp_path_factory.mktemp("archive") / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(LETTERS):
            text = ALL[number % 4] if number % 100 != 50 else "no letter"
            archive.writestr(f"{number:04}.txt", text)
    return path


def children(process):
    """Processes that `process` has started, and those that they have."""
    found = []
    try:
        listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return found
    for child in map(int, listed):
        found += [child, *children(child)]
    return found


def alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill_and_go_on(archive, model, output, n_process, kills, seed):
    """Run the command, kill it at a random moment after it has written, and again, until it has been killed `kills`
    times; then let it end. Returns how many shards were finished at each kill.
    """
    rng = random.Random(seed)
    command = [sys.executable, "-m", "spacy_imr.cli", str(archive), "-o", str(output), "-m", str(model)]
    command += ["-n", str(n_process), "--shard-size", "4", "-q"]
    ledger = output.with_name(output.name + ".run") / "ledger.jsonl"

    def entries():
        return ledger.read_bytes().count(b'shard": ') if ledger.exists() else 0

    finished = []
    for _ in range(kills):
        before = entries()
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        while process.poll() is None and entries() <= before:
            time.sleep(0.002)
        time.sleep(rng.random() * 0.15)
        workers = children(process.pid)
        victim = rng.choice([process.pid, *workers[: n_process if n_process > 1 else 0]])
        if process.poll() is None:
            os.kill(victim, signal.SIGKILL)
        process.communicate()
        deadline = time.time() + 20
        while any(alive(worker) for worker in workers):
            assert time.time() < deadline, "processes outlive the run that started them"
            time.sleep(0.05)
        finished.append(entries())
    assert subprocess.run(command).returncode == 1
    return finished


def whole(output):
    """Each letter of the archive is in the output once, and so is each error."""
    found = list(rows(output)) if output.suffix == ".jsonl" else read_parquet(output)
    numbers = Counter(int(row["source"][-8:-4]) for row in found)
    wrong = Counter(int(row["source"][-8:-4]) for row in rows(errors_path(output)))
    assert set(numbers.values()) == set(wrong.values()) == {1}
    assert sorted(wrong) == [50, 150]
    assert sorted([*numbers, *wrong]) == list(range(LETTERS))
    return True


@pytest.mark.parametrize(("name", "n_process"), [("out.jsonl", 1), ("out.parquet", 2)])
def test_a_killed_run_goes_on_and_holds_every_letter_once(archive, rules_folder, tmp_path, name, n_process):
    finished = kill_and_go_on(archive, rules_folder, tmp_path / name, n_process, kills=2, seed=n_process)
    assert 0 < finished[0] < LETTERS / 4
    assert whole(tmp_path / name)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_run_killed_many_times_holds_every_letter_once(archive, rules_folder, tmp_path, seed):
    name, n_process = [("out.jsonl", 2), ("out.parquet", 1), ("out.csv", 2), ("out.parquet", 2)][seed]
    finished = kill_and_go_on(archive, rules_folder, tmp_path / name, n_process, kills=6, seed=seed)
    assert finished == sorted(finished)
    if name == "out.csv":
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
            keys = Counter((row["source"], row["number"]) for row in csv.DictReader(file))
        assert set(keys.values()) == {1}
        assert len({source for source, _ in keys}) == LETTERS - 2
    else:
        assert whole(tmp_path / name)

"""The road of one's own letters: from files to a corrected, adjudicated, merged corpus, each step by its command."""

import json
import os
import subprocess

import pytest
from spacy.language import Language
from spacy.tokens import Span

from corpus.__main__ import main
from corpus.agreement import corpus_agreement
from corpus.check import corpus_problems
from corpus.corrections import take_over
from corpus.merge import MergeError, differences, merge
from corpus.preannotate import doc_letters
from corpus.public import join, to_standoff
from corpus.tools import TOOLS, Correction, ToolError, by_uncertainty, labeling_interface, uncertainty
from spacy_imr.corpus_format import CorpusLetter, GoldSpan, read_corpus, write_corpus
from spacy_imr.tokenizer import blank_pipeline
from tests import letters

CITED = {"claims_administrator_citation", "reviewer_citation"}


@Language.component("test_recogniser")
def recognise(doc):
    """A recogniser that knows three surfaces, and how sure it is of each."""
    found = []
    for surface, label, chance in (("low back pain", "DIAGNOSIS", 0.9), ("Norco", "MEDICATION", 0.4), ("left knee pain", "DIAGNOSIS", 0.99)):  # fmt: skip
        start = doc.text.find(surface)
        if start >= 0 and (span := doc.char_span(start, start + len(surface), label=label)):
            found.append((span, chance))
    doc.spans["ner"] = [span for span, _ in found]
    doc.spans["ner"].attrs["scores"] = [chance for _, chance in found]
    doc.ents = [Span(doc, span.start, span.end, span.label_) for span, _ in sorted(found, key=lambda pair: pair[0].start)]  # fmt: skip
    return doc


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder with a pipeline of rules and the three surfaces."""
    nlp = blank_pipeline()
    for name in ("imr_letter", "test_recogniser", "imr_mentions"):
        nlp.add_pipe(name)
    nlp.to_disk(tmp_path_factory.mktemp("model"))
    return nlp


@pytest.fixture
def base(model) -> list[CorpusLetter]:
    """Two letters as the model reads them."""
    found = []
    for name, text in (("sure", letters.DETERMINATION_2016), ("unsure", letters.DETERMINATION_2014)):
        (letter,) = doc_letters(model(text), "en_test-1.0")
        found.append(letter.model_copy(update={"id": name}))
    return found


@pytest.fixture
def corpus_file(base, tmp_path):
    write_corpus(tmp_path / "pre.jsonl", base)
    return tmp_path / "pre.jsonl"


def surfaces(letter):
    return [(letter.text[s.start : s.end], s.label) for s in letter.spans]


# --- 1. read into the corpus format ---


def test_preannotated_letters_are_sound_and_say_who_annotated(base):
    assert corpus_problems(base) == []
    letter = base[1]
    assert ("Norco", "MEDICATION") in surfaces(letter)
    assert ("L4-5", "SPINE_LEVEL") in surfaces(letter)
    assert letter.provenance["source"] == "model"
    assert letter.provenance["model"] == "en_test-1.0"
    assert sorted(letter.provenance["confidence"].values()) == pytest.approx([0.4, 0.9])
    assert [issue.outcome for issue in letter.issues] == ["UPHELD", "OVERTURNED"]
    assert base[0].header["injury"].value == "2015-10-20"
    assert base[0].format == "2016"


def test_a_text_of_several_letters_gives_each_its_own_offsets(model):
    found = list(doc_letters(model(letters.DETERMINATION_2014 + "\n\n" + letters.NOTICE_2013), "m"))
    assert [letter.format for letter in found] == ["2014", "2013"]
    assert found[1].text.lstrip().startswith("MAXIMUS FEDERAL SERVICES")
    assert ("L5-\nS1", "SPINE_LEVEL") in surfaces(found[1])
    assert found[1].header["decision"].value == "2013-09-26"


def test_an_issue_without_outcome_is_left_out_and_listed(model):
    (letter,) = doc_letters(model(letters.RATIONALE_ALONE), "m")
    assert letter.issues == []
    assert letter.provenance["left_out"] == ["issue 1: the model does not know its outcome"]


def test_preannotate_command_names_what_cannot_be_read(monkeypatch, model, tmp_path, capsys):
    monkeypatch.setattr("corpus.road.load", lambda name: model)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "letter.txt").write_text(letters.REVIEW, encoding="utf-8")
    (tmp_path / "a" / "empty.txt").write_text("")
    output = tmp_path / "pre.jsonl"
    assert main(["preannotate", str(tmp_path / "a"), str(tmp_path / "b"), "-o", str(output)]) == 1
    assert "empty.txt: the file is empty" in capsys.readouterr().err
    assert [letter.id for letter in read_corpus(output)] == ["letter", "letter-2"]


def test_standoff_letters_are_found_by_case_number_and_checked(base, tmp_path, monkeypatch):
    """The public layer in a folder of downloaded letters: joined, missing, or another text."""
    names = ["CM16-0000001", "CM16-0000002", "CM16-0000003"]
    found = [letter.model_copy(update={"id": name}) for name, letter in zip(names, [*base, base[0]], strict=True)]
    monkeypatch.setattr("corpus.public.read_standoff", lambda split: [to_standoff(letter) for letter in found])
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / f"{names[0]}.txt").write_text(base[0].text.replace("\n", "\n\n"), encoding="utf-8")
    (tmp_path / f"{names[1]}.txt").write_text(base[0].text, encoding="utf-8")
    joined, changed, missing = join("train", tmp_path)
    assert surfaces(joined) == surfaces(base[0])
    assert "the text differs" in changed
    assert missing == f"{names[2]}: no text in {tmp_path}"


# --- 2. export, the most uncertain first ---


def test_the_most_uncertain_letter_comes_first(base):
    assert uncertainty(base[0]) < uncertainty(base[1]) < 1
    nothing = base[0].model_copy(update={"spans": []})
    assert by_uncertainty([*base, nothing])[0].spans == []
    assert [letter.id for letter in by_uncertainty(base)] == ["unsure", "sure"]


def test_label_studio_tasks_hold_predictions(corpus_file, base):
    output = corpus_file.with_name("tasks.json")
    assert main(["export", str(corpus_file), "--tool", "label-studio", "-o", str(output)]) == 0
    tasks = json.loads(output.read_text(encoding="utf-8"))
    assert [task["data"]["letter"] for task in tasks] == ["unsure", "sure"]
    (prediction,) = tasks[0]["predictions"]
    assert prediction["model_version"] == "en_test-1.0"
    for region in prediction["result"]:
        value = region["value"]
        assert tasks[0]["data"]["text"][value["start"] : value["end"]] == value["text"]
        assert region["from_name"] == "label"
    assert {0.4, 0.9} == {region["score"] for region in prediction["result"] if "score" in region}
    interface = output.with_suffix(".xml").read_text(encoding="utf-8")
    assert interface == labeling_interface()
    assert 'Label value="SPINE_LEVEL"' in interface


def test_doccano_rows_hold_text_and_labels(base):
    row = json.loads(TOOLS["doccano"].write(base).splitlines()[0])
    assert row == {"text": base[0].text, "label": [[s.start, s.end, s.label] for s in base[0].spans], "letter": "sure"}


def test_prodigy_rows_hold_tokens(base):
    row = json.loads(TOOLS["prodigy"].write(base).splitlines()[1])
    assert [token["id"] for token in row["tokens"]] == list(range(len(row["tokens"])))
    assert "".join(token["text"] + " " * token["ws"] for token in row["tokens"]) == row["text"]
    for span in row["spans"]:
        inside = row["tokens"][span["token_start"] : span["token_end"] + 1]
        assert (inside[0]["start"], inside[-1]["end"]) == (span["start"], span["end"])


# --- 3. import ---


def label_studio_export(tasks: list[dict], annotator: object = 7) -> str:
    """What Label Studio exports when every prediction was accepted as it is."""
    done = []
    for number, task in enumerate(tasks):
        result = [region | {"origin": "manual"} for region in task["predictions"][0]["result"]]
        annotation = {"id": number, "completed_by": annotator, "was_cancelled": False, "result": result}
        done.append(task | {"id": number, "annotations": [annotation]})
    return json.dumps(done)


def returned(tool: str, exported: str) -> str:
    """What a tool gives back for what it was given, nothing corrected."""
    if tool == "label-studio":
        return label_studio_export(json.loads(exported))
    if tool == "doccano":
        rows = [json.loads(line) for line in exported.splitlines()]
        return "".join(json.dumps(row | {"id": n, "Comments": []}) + "\n" for n, row in enumerate(rows))
    rows = [json.loads(line) for line in exported.splitlines()]
    return "".join(json.dumps(row | {"answer": "accept", "_input_hash": 1}) + "\n" for row in rows)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_was_exported_comes_back_whole(tool, corpus_file, base, tmp_path):
    # Characters beyond the basic plane, and ends of lines that are none in JSON.
    base[0].text = "\u2028\x85 \U0001f600 low back pain\r\n"
    base[0].spans, base[0].issues = [GoldSpan(start=5, end=18, label="DIAGNOSIS")], []
    base[0].header = {}
    write_corpus(corpus_file, base)
    tasks, back, output = tmp_path / "tasks", tmp_path / "back", tmp_path / "corrected.jsonl"
    assert main(["export", str(corpus_file), "--tool", tool, "-o", str(tasks)]) == 0
    back.write_text(returned(tool, tasks.read_text(encoding="utf-8")), encoding="utf-8")
    assert main(["import", str(corpus_file), str(back), "--tool", tool, "-o", str(output), "--annotator", "A"]) == 0
    found = list(read_corpus(output))
    assert surfaces(found[0]) == [("low back pain", "DIAGNOSIS")]
    for one, other in zip(base, found, strict=True):
        assert one.model_dump(exclude={"provenance"}) == other.model_dump(exclude={"provenance"})
        assert other.provenance["source"] == "corrected"
        assert other.provenance["annotator"] == ("7" if tool == "label-studio" else "A")
        assert "confidence" not in other.provenance


def correction(letter: CorpusLetter, *spans: tuple[int, int, str, str | None], who: str = "") -> Correction:
    return Correction(letter.id, who, letter.text, spans)


def test_every_conflict_is_listed_and_its_letter_not_taken_over(base):
    letter = base[1]
    pain = letter.text.index("low back pain")
    cases = [
        (correction(letter, (pain, pain + 13, "PAIN", None)), "no label of the guidelines"),
        (correction(letter, (pain, 99999, "DIAGNOSIS", None)), "holds nothing of the text"),
        (correction(letter, (pain, pain + 13, "DIAGNOSIS", "back pain")), "the tool says 'back pain'"),
        (correction(letter, (pain, pain + 13, "DIAGNOSIS", None), (pain + 4, pain + 8, "DATE", None)), "overlaps the mention"),
        (correction(letter, (pain + 1, pain + 13, "DIAGNOSIS", None)), "cuts a word"),
        (Correction("unsure", "", letter.text + "x", ()), "the text is not the one that was exported"),
        (Correction("nobody", "", letter.text, ()), "no such letter"),
    ]  # fmt: skip
    for case, message in cases:
        found = take_over(base, [case], "doccano", "A")
        assert len(found.conflicts) == 1
        assert message in found.conflicts[0]
        assert found.letters == {}
        assert found.pending == ["sure", "unsure"]


def test_corrections_of_two_annotators_and_white_space_at_edges(base):
    pain = base[1].text.index("low back pain")
    wide, narrow = (pain - 1, pain + 14, "DIAGNOSIS", None), (pain + 4, pain + 13, "DIAGNOSIS", None)
    rows = [correction(base[1], wide, who="A"), correction(base[1], narrow, who="B"), correction(base[0], who="B")]
    found = take_over(base, rows, "prodigy", "")
    assert surfaces(found.letters["A"][0]) == [("low back pain", "DIAGNOSIS")]
    assert [surfaces(letter) for letter in found.letters["B"]] == [[], [("back pain", "DIAGNOSIS")]]
    assert found.pending == found.conflicts == []
    again = take_over(base, [rows[0], correction(base[1], narrow, who="A")], "prodigy", "")
    assert "corrected twice" in again.conflicts[0]


def test_answers_that_were_not_accepted_do_not_count(base):
    tasks = json.loads(TOOLS["label-studio"].write(base))
    export = json.loads(label_studio_export(tasks, {"id": 3, "email": "a@b.c"}))
    export[1]["annotations"][0]["was_cancelled"] = True
    (one,) = TOOLS["label-studio"].read(json.dumps(export))
    assert (one.letter, one.annotator) == ("sure", "a@b.c")
    rows = [json.loads(line) | {"answer": "ignore"} for line in TOOLS["prodigy"].write(base).splitlines()]
    assert list(TOOLS["prodigy"].read("\n".join(map(json.dumps, rows)))) == []


def test_doccano_with_relations_is_read(base):
    row = {"id": 1, "text": base[0].text, "letter": "sure", "entities": [{"id": 3, "label": "DATE", "start_offset": 5, "end_offset": 9}], "relations": []}  # fmt: skip
    (one,) = TOOLS["doccano"].read(json.dumps(row))
    assert one.spans == ((5, 9, "DATE", None),)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("content", ["no json", '{"a": 1}', '[{"data": {}}]', '{"text": "x"}'])
def test_a_file_that_is_no_export_is_named(tool, content, corpus_file, tmp_path, capsys):
    bad = tmp_path / "bad.txt"
    bad.write_text(content)
    assert main(["import", str(corpus_file), str(bad), "--tool", tool, "-o", str(tmp_path / "out.jsonl")]) == 2
    assert "bad.txt" in capsys.readouterr().err


# --- 4. agreement, adjudication, merge ---


@pytest.fixture
def two(base):
    """A and B annotated the second letter, B the first one too; they differ in a mention, an issue and a date."""
    one, other = (letter.model_copy(deep=True) for letter in (base[1], base[1]))
    other.spans = [s for s in other.spans if s.label != "MEDICATION"]
    pain = next(s for s in other.spans if s.label == "DIAGNOSIS")
    pain.start += 4
    other.issues[1].outcome = "UPHELD"
    one.provenance, other.provenance = {"annotator": "A"}, {"annotator": "B"}
    return [one], [base[0], other]


def test_agreement_counts_the_letters_of_both(two):
    found = corpus_agreement(*two)
    assert found["letters"] == 1
    assert found["strict"]["DIAGNOSIS"]["f1"] == 0.0
    assert found["overlap"]["DIAGNOSIS"]["f1"] == 1.0
    assert found["kappa"]["issues"] == 2
    assert found["kappa"]["reviewer"] == 1.0


def test_differences_are_decided_and_merged(two, tmp_path, capsys):
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path, found in zip(paths, two, strict=True):
        write_corpus(path, found)
    names = list(map(str, paths))
    assert main(["agreement", *names]) == 0
    assert "| a and b | 1 |" in capsys.readouterr().out
    open_file = tmp_path / "differences.jsonl"
    assert main(["adjudicate", *names, "-o", str(open_file)]) == 0
    rows = [json.loads(line) for line in open_file.read_text().splitlines()]
    assert [row["field"].split()[0] for row in rows] == ["mentions", "mentions", "issue"]
    assert "[low back pain]" in rows[0]["text"]
    merged = tmp_path / "merged.jsonl"
    assert main(["merge", *names, "--decided", str(open_file), "-o", str(merged)]) == 2
    assert "3 differences are not decided" in capsys.readouterr().err
    assert not merged.exists()
    start = two[0][0].text.index("back pain")
    for row, choice in zip(rows, [[[start, start + 9, "DIAGNOSIS"]], "a", "b"], strict=True):
        row["choice"] = choice
    open_file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["merge", *names, "--decided", str(open_file), "-o", str(merged)]) == 0
    one, other = read_corpus(merged)
    assert (one.id, other.id) == ("unsure", "sure")
    assert ("back pain", "DIAGNOSIS") in surfaces(one)
    assert ("Norco", "MEDICATION") in surfaces(one)
    assert one.issues[1].outcome == "UPHELD"
    assert one.provenance["annotators"] == ["A", "B"]
    assert main(["check", str(merged)]) == 0


def test_merge_takes_equal_letters_without_asking(base):
    assert differences(base, base) == []
    assert [letter.id for letter in merge(base[:1], base, [])] == ["sure", "unsure"]
    changed = base[1].model_copy(update={"text": base[1].text + " "})
    with pytest.raises(MergeError, match="unsure: the two texts differ"):
        differences(base, [changed])


def test_check_names_what_is_wrong_with_a_file(base, tmp_path, capsys):
    base[1].spans[0].end += 1
    write_corpus(tmp_path / "own.jsonl", base)
    assert main(["check", str(tmp_path / "own.jsonl")]) == 1
    assert "white space at an edge" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "none.jsonl")]) == 1


def test_a_task_must_name_its_letter():
    with pytest.raises(ToolError, match="which letter"):
        list(TOOLS["doccano"].read('{"text": "x", "label": []}'))


# --- the tools themselves ---


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["label-studio", "doccano"])
def test_the_tool_itself_takes_the_tasks_and_gives_them_back(tool, root, corpus_file, base, tmp_path):
    """Label Studio 1.23 and doccano 1.8 from PyPI, each in an environment of its own."""
    python = os.environ.get(f"{tool.replace('-', '_').upper()}_PYTHON")
    if not python:
        pytest.skip(f"{tool} is not at hand: name a Python that has it in {tool.replace('-', '_').upper()}_PYTHON")
    tasks, export, output = tmp_path / "tasks.json", tmp_path / "back.json", tmp_path / "corrected.jsonl"
    data = tmp_path / "data"
    data.mkdir()
    assert main(["export", str(corpus_file), "--tool", tool, "-o", str(tasks)]) == 0
    files = [tasks, tasks.with_suffix(".xml"), export] if tool == "label-studio" else [tasks, export]
    script = root / "tests" / f"tool_{tool.replace('-', '_')}.py"
    subprocess.run([python, str(script), *map(str, files), str(data)], check=True, capture_output=True)
    assert main(["import", str(corpus_file), str(export), "--tool", tool, "-o", str(output)]) == 0
    for one, other in zip(base, read_corpus(output), strict=True):
        assert one.model_dump(exclude={"provenance"}) == other.model_dump(exclude={"provenance"})

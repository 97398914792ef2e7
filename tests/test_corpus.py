import json

import pytest

from corpus.authoring import DraftError, assemble, parse_draft, resolve_draft
from corpus.check import check, letter_problems
from corpus.diff import diff
from corpus.files import AUTHORED
from corpus.public import from_standoff, to_standoff
from corpus.stats import CARD, STATISTICS, statistics, table
from spacy_imr.corpus_format import CorpusError, CorpusLetter, read_corpus, write_corpus
from spacy_imr.labels import ENTITY_LABELS, FAMILIES, OUTCOMES

DRAFT = """@SUMMARY
He has low back pain since 5/6/13, with a herniation at L4-L5 on the MRI.
@ISSUE
item: Norco 10/325mg #60
outcome: OVERTURNED
ca: Decision based on ODG.
ca_families: ODG
rev: Decision based on MTUS.
rev_families: MTUS_OTHER
@RATIONALE
Low back pain is less. Norco helps. The request is medically necessary.
"""
MENTIONS = [
    "DIAGNOSIS\tlow back pain",
    "DATE\t5/6/13",
    "DIAGNOSIS\therniation",
    "SPINE_LEVEL\tL4-L5",
    "PROCEDURE\tMRI",
    "MEDICATION\tNorco 10/325mg",
    "DIAGNOSIS\tLow back pain",
    "MEDICATION\tNorco",
]
PLAN = {
    "format": "2016",
    "case_number": "CM16-0001111",
    "assigned": "2016-05-01",
    "injury": "2013-05-06",
    "decision": "2016-06-01",
    "ur_denial": "2016-04-01",
    "received": "2016-04-10",
    "priority": "Standard",
}


def make_letter(wrap: int = 40, layout: str = "wrapped", name: str = "2016") -> CorpusLetter:
    draft = parse_draft("x", DRAFT)
    mentions, errors, warnings = resolve_draft(draft, MENTIONS)
    assert errors == warnings == []
    style = {"layout": layout, "wrap": wrap, "furniture": True}
    return CorpusLetter.model_validate(assemble(draft, mentions, PLAN | {"format": name, "style": style}))


@pytest.mark.parametrize("name", ["2013", "2014", "2016", "review"])
@pytest.mark.parametrize(("layout", "wrap"), [("wrapped", 12), ("wrapped", 90), ("blank", 50), ("paragraph", 90)])
def test_assembled_letters_are_sound(name, layout, wrap):
    letter = make_letter(wrap, layout, name)
    assert letter_problems(letter) == []
    surfaces = ["".join(letter.text[s.start : s.end].split()) for s in letter.spans]
    for line in MENTIONS:
        assert "".join(line.split("\t")[1].split()) in surfaces


def test_drafts_name_what_is_missing():
    with pytest.raises(DraftError, match="x: outcome 'MAYBE'"):
        parse_draft("x", DRAFT.replace("OVERTURNED", "MAYBE"))
    with pytest.raises(DraftError, match="no @RATIONALE"):
        parse_draft("x", DRAFT.split("@RATIONALE")[0])


def test_unannotated_occurrences_are_reported():
    _, errors, warnings = resolve_draft(parse_draft("x", DRAFT), [*MENTIONS[:6], MENTIONS[7]])
    assert errors == []
    assert len(warnings) == 1
    assert "unannotated occurrence of DIAGNOSIS 'low back pain'" in warnings[0]


def test_the_shipped_corpus_is_sound():
    assert check() == []


def test_the_shipped_corpus_copies_no_public_letter(letters_folder):
    assert check(letters_folder) == []


def test_letter_problems_finds_each_kind():
    letter = make_letter()
    first = letter.spans[0]
    first.end += 1
    letter.spans[2].start = letter.spans[1].start
    letter.issues[0].number = 2
    letter.issues[0].reviewer_guidelines.append("NONE")
    found = " ".join(letter_problems(letter))
    for words in ("white space", "overlaps", "numbered", "NONE stands beside"):
        assert words in found


def test_standoff_holds_no_word_of_the_text():
    letter = make_letter()
    record = to_standoff(letter)
    strings: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            for child in value.values():
                collect(child)
        elif isinstance(value, list):
            for child in value:
                collect(child)
        elif isinstance(value, str):
            strings.add(value)

    collect(record)
    labels = {*ENTITY_LABELS, *FAMILIES, *OUTCOMES}
    provenance = {"authored", "wrapped", *(str(value) for value in PLAN.values())}
    assert strings <= labels | provenance | {record["id"], record["sha256"]}


@pytest.mark.parametrize("change", ["wrap", "changed"])
def test_standoff_joins_any_extraction_of_the_same_text(change):
    letter = make_letter(wrap=90)
    record = json.loads(json.dumps(to_standoff(letter)))
    if change == "changed":
        with pytest.raises(ValueError, match="differs"):
            from_standoff(record, letter.text.replace("Norco", "Vicodin"))
        return
    other = from_standoff(record, letter.text.replace("\n", "\r\n\r\n").replace(" ", "  "))
    for one, two in zip(letter.spans, other.spans, strict=True):
        assert letter.text[one.start : one.end].split() == other.text[two.start : two.end].split()


def test_read_corpus_names_file_and_line(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "x"}\n')
    with pytest.raises(CorpusError, match=r"bad\.jsonl:1: format"):
        list(read_corpus(path))
    with pytest.raises(CorpusError, match="no such file"):
        list(read_corpus(tmp_path / "none.jsonl"))


def test_diff_reads_like_a_person(tmp_path):
    old, new = make_letter(), make_letter()
    removed = new.spans.pop(6)
    new.issues[0].outcome = "UPHELD"
    write_corpus(tmp_path / "old.jsonl", [old])
    write_corpus(tmp_path / "new.jsonl", [new])
    lines = diff(tmp_path / "old.jsonl", tmp_path / "new.jsonl")
    assert len(lines) == 2
    assert f"{removed.label} ..." in "\n".join(lines)
    assert "outcome: OVERTURNED -> UPHELD" in "\n".join(lines)


def test_statistics_in_the_card_are_current():
    figures = statistics()
    assert json.loads(STATISTICS.read_text()) == figures, "run `python -m corpus stats`"
    assert table(figures) in CARD.read_text(encoding="utf-8"), "run `python -m corpus stats`"


def test_load_dataset_opens_the_folder_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    import datasets

    found = datasets.load_dataset(str(CARD.parent), "authored", cache_dir=str(tmp_path))
    assert set(found) == {"train", "validation", "test"}
    for split, name in (("train", "train"), ("validation", "dev"), ("test", "test")):
        gold = list(read_corpus(AUTHORED / f"{name}.jsonl"))
        assert found[split].num_rows == len(gold)
        row = found[split][0]
        assert row["text"] == gold[0].text
        assert row["spans"][0] == gold[0].spans[0].model_dump()
    features = found["train"].features
    assert features["spans"].feature["start"].dtype == "int64"
    assert features["issues"].feature["item"]["start"].dtype == "int64"

"""Whatever comes in, the reading of the letter does not fail, does not lie about offsets, and takes linear time."""

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.files import authored
from spacy_imr.letter import parse_letters
from spacy_imr.letter.parse import split_letters
from spacy_imr.schema import PATH, render
from tests import letters

ALL = [letters.NOTICE_2013, letters.DETERMINATION_2014, letters.DETERMINATION_2016, letters.REVIEW]


def bounds_of(letter):
    yield letter.bounds
    yield from letter.dates.values()
    for section in letter.sections:
        yield section.bounds
    for issue in letter.issues:
        for part in (
            issue.item,
            issue.heading,
            issue.rationale,
            issue.claims_administrator_citation,
            issue.reviewer_citation,
        ):
            if part:
                yield part


def texts_in(value, found):
    """All text objects of a dumped record."""
    if isinstance(value, dict):
        if {"text", "start", "end"} <= set(value):
            found.append(value)
        for child in value.values():
            texts_in(child, found)
    elif isinstance(value, list):
        for child in value:
            texts_in(child, found)
    return found


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_random_text_is_read(rules, text):
    doc = rules(text)
    for record in doc._.determinations:
        for piece in texts_in(record.model_dump(), []):
            assert text[piece["start"] : piece["end"]] == piece["text"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ALL), st.integers(0, 3000), st.integers(0, 3000))
def test_a_letter_cut_anywhere_is_read(rules, letter, start, end):
    text = letter[start : max(start, end)]
    for record in rules(text)._.determinations:
        for piece in texts_in(record.model_dump(), []):
            assert text[piece["start"] : piece["end"]] == piece["text"]


def test_every_text_of_every_record_stands_at_its_offsets(rules):
    for letter in authored()["dev"]:
        found = texts_in(rules(letter.text)._.determination.model_dump(), [])
        assert len(found) > 10
        for piece in found:
            assert letter.text[piece["start"] : piece["end"]] == piece["text"]


def rewrap(text, width, rng):
    """Break every paragraph anew, at spaces and after hyphens."""
    out = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        line = ""
        for word in re.findall(r"[^\s-]*-(?=\w)|\S+\s*", paragraph):
            if len(line) + len(word) > width and line:
                out.append(line.rstrip() + rng.choice(["\n", " \n"]))
                line = ""
            line += re.sub(r"\s+", " ", word)
        out.append(line.rstrip() + "\n\n")
    return "".join(out)


def facts(text):
    """What the rules read, offsets aside."""

    def flat(bounds):
        return "".join(text[slice(*bounds)].split()) if bounds else None

    return [
        (
            letter.format,
            flat(letter.case_number),
            {name: flat(bounds) for name, bounds in letter.dates.items()},
            [
                (
                    i.outcome,
                    flat(i.item),
                    flat(i.rationale),
                    flat(i.claims_administrator_citation),
                    flat(i.reviewer_citation),
                )
                for i in letter.issues
            ],
        )
        for letter in parse_letters(text)
    ]


@pytest.mark.parametrize("width", [30, 60, 97, 100000])
def test_rewrapped_letters_give_the_same_facts(width):
    rng = random.Random(width)
    for text in ALL:
        assert facts(rewrap(text, width, rng)) == facts(text)


def test_rewrapped_authored_letters_give_the_same_facts():
    letters_read = 0
    for split in authored().values():
        for gold in split:
            # Page furniture and empty lines between lines are layout themselves: anew wrapped, they are gone.
            plain = not gold.provenance["ocr_noise"] and gold.provenance["layout"] != "blank"
            if not plain or re.search(r"CONFIDENTIAL|\d of 5|\n\d\n|Case Number: \S+ +\d", gold.text):
                continue
            width = 30 + letters_read % 90
            assert facts(rewrap(gold.text, width, random.Random(width))) == facts(gold.text), gold.id
            letters_read += 1
    assert letters_read > 100


def test_gold_regions_are_read_from_every_authored_letter():
    wrong = []
    total = 0
    for split in authored().values():
        for gold in split:
            if gold.format == "excerpt" or gold.provenance.get("ocr_noise"):
                continue
            (letter, *_) = parse_letters(gold.text)
            total += len(gold.issues)
            expected = {i.number: (i.outcome, (i.item.start, i.item.end)) for i in gold.issues}
            got = {i.number: (i.outcome, i.item) for i in letter.issues}
            wrong += [(gold.id, number) for number, value in expected.items() if got.get(number) != value]
    assert len(wrong) <= 0.01 * total, wrong


def test_glued_letters_are_read_one_by_one(rules):
    text = "\n\n".join(ALL)
    found = split_letters(text)
    assert len(found) == len(ALL)
    apart = [facts(letter)[0] for letter in ALL]
    assert facts(text) == apart
    records = rules(text)._.determinations
    assert [record.format for record in records] == [
        "notice_2013",
        "determination_2014",
        "determination_2016",
        "professional_review",
    ]
    for record in records:
        for piece in texts_in(record.model_dump(), []):
            assert text[piece["start"] : piece["end"]] == piece["text"]
    assert "4 letters" in rules(text)._.determination.warnings[-1]


def many_issues(count):
    head, rest = letters.DETERMINATION_2014.split("1. BILATERAL")
    return head + "".join(f"{n}. BILATERAL" + rest.split("2. Norco")[0] for n in range(1, count + 1))


def test_five_hundred_issues_are_read():
    (letter,) = parse_letters(many_issues(500))
    assert len(letter.issues) == 500
    assert {issue.outcome for issue in letter.issues} == {"UPHELD"}
    assert letter.issues[-1].number == 500


HOSTILE = {
    "spaces": lambda n: " " * n,
    "lines": lambda n: "\n" * n,
    "lines of spaces": lambda n: " \n" * (n // 2),
    "colons": lambda n: ": Upheld\n" * (n // 9),
    "labels": lambda n: "Claims Administrator guideline: " * (n // 32),
    "rationales": lambda n: "Decision rationale: x\n" * (n // 22),
    "sections": lambda n: "MAXIMUS guideline: " + "Section(s): " * (n // 12),
    "requests": lambda n: "1) MAXIMUS Federal Services, Inc. has determined the request for " * (n // 66),
    "regarding": lambda n: "1) Regarding the request for \n" * (n // 30),
    "letters": lambda n: letters.DETERMINATION_2014 * (n // len(letters.DETERMINATION_2014)),
    "issues": lambda n: many_issues(n // 380),
    "words": lambda n: "pain in the left knee of 2013 at L4-5. " * (n // 39),
    "digits": lambda n: "1" * n,
    "pages": lambda n: "CM13-0001234\n" * (n // 13),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_takes_linear_time(name):
    def seconds(size):
        text = HOSTILE[name](size)
        best = 1e9
        for _ in range(2):
            start = time.perf_counter()
            parse_letters(text)
            best = min(best, time.perf_counter() - start)
        return best

    small, large = seconds(60_000), seconds(480_000)
    # Eight times the text: eight times the time, with room for noise; quadratic time would be 64 times.
    assert large < 24 * small + 0.05, (small, large)


FRAGMENTS = [
    "1) MAXIMUS Federal Services, Inc. has determined the request for ", "MRI of the lumbar spine", " is not medically necessary",
    " and appropriate.", "Regarding the request for ", ": Upheld\n", ": Overturned\n", "Claims Administrator guideline: ",
    "MAXIMUS guideline: ", "Decision rationale: ", "\n\n", "\r\n", "2 of 4\n", "CLINICAL CASE SUMMARY\n", "ODG, pages 3-5. ",
    "Case Number: CM14-0001111\n", "Date of Injury: 5/6/13 ", "L5-\nS1 ", "He denied headaches. ", "Rationale for the Decision:\n",
    "ISSUE AT DISPUTE: ", "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE WAS NOT MEDICALLY NECESSARY:\n", "46 year old F",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40))
def test_shuffled_pieces_of_letters_are_read(rules, pieces):
    text = "".join(pieces)
    for record in rules(text)._.determinations:
        for piece in texts_in(record.model_dump(), []):
            assert text[piece["start"] : piece["end"]] == piece["text"]


@pytest.mark.parametrize("name", ["letters", "issues", "words", "sections"])
def test_the_whole_record_takes_linear_time(rules, name):
    def seconds(size):
        text = HOSTILE[name](size)
        start = time.perf_counter()
        _ = rules(text)._.determinations
        return time.perf_counter() - start

    small, large = min(seconds(30_000) for _ in range(2)), min(seconds(240_000) for _ in range(2))
    assert large < 24 * small + 0.1, (small, large)


def test_more_than_a_megabyte_runs_through_the_pipeline(rules):
    text = letters.NOTICE_2013 * (1_100_000 // len(letters.NOTICE_2013))
    assert len(text) > 1_000_000
    assert len(rules(text)._.determinations) > 400


def test_a_megabyte_is_read():
    text = (letters.DETERMINATION_2016 * 1000)[:1_000_000]
    start = time.perf_counter()
    assert len(parse_letters(text)) > 500
    assert time.perf_counter() - start < 10


def test_the_shipped_schema_is_current():
    assert PATH.read_text(encoding="utf-8") == render(), "run `python -m spacy_imr.schema`"

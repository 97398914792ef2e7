"""Perturbed letters keep their annotation, whatever is done to their text."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.check import letter_problems
from corpus.files import authored
from spacy_imr.corpus_format import CorpusLetter, gold_doc
from spacy_imr.normalize.dates import normalize_date
from spacy_imr.normalize.levels import normalize_level
from spacy_imr.perturb import PERTURBATIONS, apply_edits, date_notations, level_notations, rewrap

WORDS = [
    "pain",
    "MRI",
    "of",
    "the",
    "L5-S1",
    "leftS1",
    "fi",
    "(ESI)",
    "10/325mg#60",
    "Norco's",
    "5/6/13",
    "cl-rn",
    "ﬁn,",
]


def letter(text: str, *mentions: tuple[str, str]) -> CorpusLetter:
    """A letter with the first occurrence of each mention annotated."""
    spans = [
        {"start": text.index(mention), "end": text.index(mention) + len(mention), "label": label}
        for mention, label in mentions
    ]
    return CorpusLetter.model_validate(
        {"id": "x", "format": "excerpt", "text": text, "spans": spans, "issues": [], "provenance": {}}
    )


@st.composite
def annotated(draw) -> CorpusLetter:
    """Any words with any gaps between them; mentions are any stretches without white space at their edges."""
    words = draw(st.lists(st.one_of(st.sampled_from(WORDS), st.text("aeilmnrst,.-/ 15LS", min_size=1, max_size=9).map(str.strip).filter(bool)), min_size=1, max_size=30))  # fmt: skip
    gaps = draw(st.lists(st.sampled_from([" ", "\n", " \n\n", "\n2 of 4\n", "", "  "]), min_size=len(words), max_size=len(words)))  # fmt: skip
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    spans = []
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        surface = text[start:end]
        if surface.strip():
            start += len(surface) - len(surface.lstrip())
            label = draw(st.sampled_from(["DIAGNOSIS", "DATE", "SPINE_LEVEL"]))
            spans.append({"start": start, "end": start + len(surface.strip()), "label": label})
    return CorpusLetter.model_validate(
        {"id": "x", "format": "excerpt", "text": text, "spans": spans, "issues": [], "provenance": {}}
    )


@settings(max_examples=200, deadline=None)
@given(annotated(), st.data())
def test_edits_leave_the_text_of_mentions_alone(gold, data):
    """Edits outside mentions: every mention reads as before, and stays where it was between its neighbours."""
    size = len(gold.text)
    points = sorted(data.draw(st.sets(st.integers(0, size), max_size=10)))
    edits = [(a, b, data.draw(st.sampled_from(["", "x", "\n\n", "new words"]))) for a, b in zip(points[::2], points[1::2], strict=False)]  # fmt: skip
    outside = [e for e in edits if not any(s.start < e[1] and e[0] < s.end for s in gold.spans)]
    insertions = [(s.start, s.start, "<") for s in gold.spans if not any(a < s.start < b for a, b, _ in outside)]
    changed = apply_edits(gold, [*outside, *insertions])
    surfaces = [(s.label, gold.text[s.start : s.end]) for s in gold.spans]
    assert [(s.label, changed.text[s.start : s.end]) for s in changed.spans] == surfaces
    assert changed.text.count("<") == len(insertions)


@settings(max_examples=150, deadline=None)
@given(gold=annotated(), seed=st.integers(0, 10_000), name=st.sampled_from(sorted(PERTURBATIONS)))
def test_perturbations_lose_and_cut_no_mention(gold, seed, name):
    before = gold.model_copy(deep=True)
    changed = PERTURBATIONS[name](gold, random.Random(seed))
    assert gold == before
    assert [s.label for s in changed.spans] == [s.label for s in gold.spans]
    at = 0
    for span in changed.spans:
        assert at <= span.start < span.end <= len(changed.text)
        assert changed.text[span.start : span.end].strip()
        at = span.end
    if name == "other line breaks":
        assert "".join(changed.text.split()) == "".join(gold.text.split())
        for one, two in zip(gold.spans, changed.spans, strict=True):
            assert "".join(gold.text[one.start : one.end].split()) == "".join(changed.text[two.start : two.end].split())
    if name == "capitals":
        for one, two in zip(gold.spans, changed.spans, strict=True):
            assert gold.text[one.start : one.end].upper() == changed.text[two.start : two.end].upper()


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_perturbed_letters_of_the_corpus_are_sound(blank, name):
    """Mentions align with tokens, regions stay in order, values stay what they were."""
    changed_texts = 0
    found = authored()
    for number, gold in enumerate([*found["dev"], *found["test"], *found["train"][::6]]):
        changed = PERTURBATIONS[name](gold, random.Random(number))
        changed_texts += changed.text != gold.text
        assert letter_problems(changed) == letter_problems(gold) == []
        gold_doc(blank, changed)
        for one, two in zip(gold.spans, changed.spans, strict=True):
            old, new = gold.text[one.start : one.end], changed.text[two.start : two.end]
            if name == "other dates" and one.label == "DATE":
                assert normalize_date(new) == normalize_date(old)
            elif name == "other levels" and one.label == "SPINE_LEVEL":
                assert normalize_level(new) == normalize_level(old)
            elif name.startswith("other"):
                assert "".join(new.split()) == "".join(old.split())
            elif name == "capitals":
                assert new.casefold() == old.casefold()  # the capital of a ligature is two letters
        for field, value in changed.header.items():
            if name not in ("scanner noise", "typos"):
                assert normalize_date(changed.text[value.start : value.end]).value == gold.header[field].value
    assert changed_texts > 100


def test_the_same_seed_gives_the_same_letter():
    gold = authored()["dev"][0]
    for perturbation in PERTURBATIONS.values():
        assert perturbation(gold, random.Random(3)) == perturbation(gold, random.Random(3))


def test_scanner_noise_changes_two_characters_in_a_hundred():
    gold = authored()["dev"][1]
    changed = PERTURBATIONS["scanner noise"](gold, random.Random(0))
    from difflib import SequenceMatcher

    changes = [op for op in SequenceMatcher(None, gold.text, changed.text, autojunk=False).get_opcodes() if op[0] != "equal"]  # fmt: skip
    assert 0.015 * len(gold.text) < len(changes) <= 0.02 * len(gold.text) + 1


def test_edits_that_overlap_or_cut_a_mention():
    gold = letter("low back pain at L5-S1", ("low back pain", "DIAGNOSIS"), ("L5-S1", "SPINE_LEVEL"))
    with pytest.raises(ValueError, match="x: the edits at"):
        apply_edits(gold, [(0, 4, "a"), (2, 5, "b")])
    assert apply_edits(gold, [(11, 16, "")]).text == gold.text


def test_rewrapping_joins_and_breaks_lines():
    text = "He has chronic low back\npain at L5-\nS1 and neck pain, worse\nwith bending, " * 3
    gold = letter(text + "\n\nNext paragraph.", ("low back\npain", "DIAGNOSIS"), ("L5-\nS1", "SPINE_LEVEL"))
    changed = rewrap(gold, random.Random(1))
    lines = changed.text.split("\n")
    assert changed.text.count("L5-S1") + changed.text.count("L5-\nS1") == 3
    assert max(map(len, lines)) > 40
    assert lines[-2:] == ["", "Next paragraph."]


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("05/06/2013", {"5/6/13", "2013-05-06", "May 6, 2013", "6 May 2013"}),
        ("May 2013", {"05/2013", "May of 2013"}),
        ("March 4", {"3/4", "Mar 4"}),
        ("2013", set()),
        ("June 20216", set()),
        ("5/6/1935", {"05/06/1935"}),
    ],
)
def test_date_notations(text, some):
    found = date_notations(text)
    assert some <= set(found) if some else found == []
    assert text not in found
    assert "5/6/35" not in found


@pytest.mark.parametrize(
    ("text", "some", "never"),
    [
        ("L5-S1", {"L5/S1", "L5–S1", "L5 - S1"}, {"L5-S1"}),
        ("L4-5", {"L4-L5", "L4/5", "L4/L5"}, {"L4-5"}),
        ("L3-5", {"L3-L5", "L3 through L5"}, {"L3/5", "L3/L5"}),
        ("L5", {"L-5", "l5"}, {"L5"}),
        ("L9", set(), set()),
    ],
)
def test_level_notations(text, some, never):
    found = set(level_notations(text))
    assert some <= found
    assert not never & found

import random

import pytest

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation import evaluate
from spacy_imr.evaluation.baselines import gazetteer_reader
from spacy_imr.evaluation.compare import compare
from spacy_imr.evaluation.counts import Counts, bootstrap, overlap_counts, paired_test, prf, reliability, strict_counts
from spacy_imr.evaluation.entities import entity_confusion
from spacy_imr.evaluation.slices import section_finder
from spacy_imr.evaluation.values import value_scores
from spacy_imr.evaluation.views import Case, calibration, families_row, format_rows, outcome_row
from spacy_imr.perturb import PERTURBATIONS
from tests import letters
from training.calibrate import best_temperature, review_threshold

GOLD = {(0, 10, "DIAGNOSIS"), (20, 30, "PROCEDURE"), (40, 44, "DATE")}
LABELS = ("DIAGNOSIS", "PROCEDURE", "DATE")


@pytest.mark.parametrize(
    ("predicted", "strict", "overlap"),
    [
        (GOLD, Counts(3, 3, 3), Counts(3, 3, 3)),
        ({(0, 8, "DIAGNOSIS")}, Counts(0, 1, 3), Counts(1, 1, 3)),  # a wrong edge
        ({(0, 10, "PROCEDURE")}, Counts(0, 1, 3), Counts(0, 1, 3)),  # a wrong label
        ({(0, 4, "DIAGNOSIS"), (5, 10, "DIAGNOSIS")}, Counts(0, 2, 3), Counts(1, 2, 3)),  # one mention, one hit
        (set(), Counts(0, 0, 3), Counts(0, 0, 3)),
    ],
)
def test_counts(predicted, strict, overlap):
    assert strict_counts(GOLD, predicted, LABELS) == strict
    assert overlap_counts(GOLD, predicted, LABELS) == overlap


def test_prf_has_no_score_without_a_case():
    assert prf(Counts(0, 0, 0)) == {"p": None, "r": None, "f1": None, "support": 0, "predicted": 0}
    assert prf(Counts(1, 2, 4)) == {"p": 0.5, "r": 0.25, "f1": 0.3333, "support": 4, "predicted": 2}


def test_bootstrap_interval_holds_the_score():
    counts = [Counts(8, 10, 10), Counts(5, 9, 10), Counts(10, 10, 10)] * 10
    low, high = bootstrap(counts, 500)["ci95"]
    assert low < prf(sum(counts, Counts()))["f1"] < high
    assert bootstrap(counts, 500) == bootstrap(counts, 500)


def test_outcome_row_weighs_both_outcomes_alike():
    gold = ["UPHELD"] * 8 + ["OVERTURNED"] * 2
    got = ["UPHELD"] * 9 + ["OVERTURNED"]
    row = outcome_row(gold, got, list(range(10)), 50)
    assert row["balanced_accuracy"] == 0.75
    assert row["ci95"][0] < 0.75 <= row["ci95"][1]
    assert row["OVERTURNED"]["support"] == 2
    assert row["confusion"]["OVERTURNED"] == {"UPHELD": 1, "OVERTURNED": 1, "none": 0}


def test_families_row_counts_every_family():
    row = families_row([["ODG"], ["ODG", "OTHER"]], [["ODG"], ["NONE"]], [0, 1], 0)
    assert row["micro"]["f1"] == pytest.approx(0.4)
    assert row["ODG"] == {"p": 1.0, "r": 0.5, "f1": 0.6667, "support": 2, "predicted": 1}


def test_format_rows_name_every_case_that_is_wrong():
    golds = [["ODG"], ["MTUS_ACOEM"], ["OTHER"]]
    cases = [
        Case(place, f"letter-{place}", "2013" if place else "2016", {"number": 1, "reviewer_guidelines": gold}, {}, {})
        for place, gold in enumerate(golds)
    ]
    rows = format_rows(cases, "reviewer_guidelines", [["ODG"], ["MTUS_ACOEM"], ["NONE"]], 0)
    assert rows["2016"] | {"micro": None} == {"support": 1, "micro": None, "errors": []}
    assert rows["2013"]["micro"]["f1"] == 0.5
    assert rows["2013"]["errors"] == [{"letter": "letter-2", "issue": 1, "gold": ["OTHER"], "read": ["NONE"]}]


def test_calibration_of_a_sure_and_wrong_classifier():
    sure = {"UPHELD": 0.95, "OVERTURNED": 0.05}
    found = calibration([sure] * 4, ["UPHELD", "OVERTURNED", "UPHELD", "OVERTURNED"])
    assert found["expected_error"] == pytest.approx(0.45)
    assert found["bins"] == [{"confidence": 0.95, "accuracy": 0.5, "support": 4}]


def test_reliability_holds_every_case_once():
    found = reliability([(0.0, False), (0.05, True), (0.999, True), (1.0, False)])
    assert [row["support"] for row in found["bins"]] == [2, 2]
    assert found["expected_error"] == pytest.approx((0.475 + 0.4995) / 2, abs=1e-4)
    assert reliability([]) == {"expected_error": None, "bins": []}


def test_temperature_cools_an_overconfident_classifier():
    pairs = [({"UPHELD": 0.99, "OVERTURNED": 0.01}, {"UPHELD" if number % 4 else "OVERTURNED"}) for number in range(40)]
    assert best_temperature(pairs) > 2
    assert review_threshold([max(chances.values()) for chances, _ in pairs]) == pytest.approx(0.99)


def test_strict_counts_agree_with_seqeval_and_spacy(blank):
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2
    from spacy.scorer import get_ner_prf
    from spacy.tokens import Span
    from spacy.training import Example
    from spacy.training.iob_utils import biluo_tags_to_offsets, biluo_to_iob, doc_to_biluo_tags

    text = "low back pain since 2012 and MRI of the knee at L4-5"
    gold, got = blank(text), blank(text)
    gold.ents = [Span(gold, 0, 3, "DIAGNOSIS"), Span(gold, 4, 5, "DATE"), Span(gold, 6, 10, "PROCEDURE")]
    got.ents = [Span(got, 1, 3, "DIAGNOSIS"), Span(got, 4, 5, "DATE"), Span(got, 6, 10, "DIAGNOSIS")]
    tags = [biluo_to_iob(doc_to_biluo_tags(doc)) for doc in (gold, got)]
    theirs = f1_score([tags[0]], [tags[1]], mode="strict", scheme=IOB2)
    spans = [set(biluo_tags_to_offsets(doc, doc_to_biluo_tags(doc))) for doc in (gold, got)]
    ours = prf(strict_counts(spans[0], spans[1], ("DIAGNOSIS", "DATE", "PROCEDURE")))["f1"]
    assert (
        ours == pytest.approx(theirs, abs=1e-4) == pytest.approx(get_ner_prf([Example(got, gold)])["ents_f"], abs=1e-4)
    )


# --- the whole of it, on a pipeline of rules ---


def letter(name: str, text: str, *mentions: tuple[str, str]) -> CorpusLetter:
    """A letter with the first occurrence of each mention annotated."""
    spans = [{"start": text.index(m), "end": text.index(m) + len(m), "label": label} for m, label in mentions]
    return CorpusLetter.model_validate({"id": name, "format": "excerpt", "text": text, "spans": sorted(spans, key=lambda s: s["start"]), "issues": [], "provenance": {}})  # fmt: skip


@pytest.fixture(scope="module")
def gold() -> list[CorpusLetter]:
    """Three letters; the rules read their dates and levels, and of the last one a level that is none."""
    return [
        letter("a", letters.DETERMINATION_2014, ("May 6, 2011", "DATE"), ("L4-5", "SPINE_LEVEL"), ("low back pain", "DIAGNOSIS"), ("Norco 10/325mg", "MEDICATION")),
        letter("b", letters.DETERMINATION_2016, ("01/09/2017", "DATE"), ("left knee pain", "DIAGNOSIS"), ("10-20-2015", "DATE")),
        letter("c", "Low back pain and L5-\nS1 stenosis. Seen in T1 rhythm, an MRI of 5/6/13.", ("L5-\nS1", "SPINE_LEVEL"), ("stenosis", "DIAGNOSIS"), ("5/6/13", "DATE")),
    ]  # fmt: skip


TRAIN = [letter("t", "LOW BACK\npain with stenosis; Norco, and stenosis of 2012.", ("LOW BACK\npain", "DIAGNOSIS"), ("stenosis", "DIAGNOSIS"), ("Norco", "MEDICATION"), ("2012", "DATE"))]  # fmt: skip


@pytest.fixture(scope="module")
def metrics(rules, gold):
    return evaluate(rules, gold, samples=50, train=TRAIN, robustness=True)


def test_evaluate_gives_the_same_score_as_spacy_and_seqeval(metrics):
    strict = metrics["entities"]["strict"]
    assert strict["SPINE_LEVEL"] == {"p": 0.5, "r": 1.0, "f1": 0.6667, "support": 2, "predicted": 4} | {"ci95": strict["SPINE_LEVEL"]["ci95"]}  # fmt: skip
    assert metrics["references"] == {"spacy": strict["micro"]["f1"], "seqeval": strict["micro"]["f1"]}


def test_slices_part_every_mention_once(metrics, gold):
    total = sum(len(one.spans) for one in gold)
    for name, parts in metrics["slices"].items():
        assert sum(row["micro"]["support"] for row in parts.values()) == total, name
    slices = metrics["slices"]
    assert slices["line break in the mention"]["yes"]["SPINE_LEVEL"] == {"p": 1.0, "r": 1.0, "f1": 1.0, "support": 1, "predicted": 1}  # fmt: skip
    assert slices["surface"]["seen"]["micro"]["support"] == 2
    assert slices["section"]["header"]["DATE"]["support"] == 1
    assert slices["section"]["case_summary"]["DATE"]["f1"] == 1.0
    assert slices["length of the mention"]["3 words and more"]["micro"]["support"] == 3


def test_sections_are_those_of_the_annotation_where_it_names_them(gold):
    text = gold[0].text
    item = {"start": text.index("BILATERAL"), "end": text.index(":  Upheld")}
    issue = {"number": 1, "item": item, "outcome": "UPHELD", "claims_administrator_citation": None, "claims_administrator_guidelines": [], "reviewer_citation": None, "reviewer_guidelines": [], "rationale": None}  # fmt: skip
    find = section_finder(CorpusLetter.model_validate(gold[0].model_dump() | {"issues": [issue]}))
    assert find(text.index("L4-5 TRANSFORAMINAL")) == "item"
    assert find(text.index("The applicant")) == "case_summary"
    assert find(0) == "header"


def test_values_are_those_of_the_header_and_of_the_surfaces(rules):
    text = letters.DETERMINATION_2016
    header = {name: {"start": text.index(value), "end": text.index(value) + 10, "value": iso} for name, value, iso in (("assigned", "01/09/2017", "2017-01-09"), ("injury", "10/20/2015", "2015-10-02"))}  # fmt: skip
    gold = letter("b", text, ("01/09/2017", "DATE"), ("left knee pain", "DIAGNOSIS")).model_copy(update={})
    gold = CorpusLetter.model_validate(gold.model_dump() | {"header": header})
    assert value_scores([gold], [rules(text)]) == {
        "DATE": {"support": 1, "found": 1, "right": 1},
        "header: assigned": {"support": 1, "found": 1, "right": 1},
        "header: injury": {"support": 1, "found": 1, "right": 0},
    }


def test_confusion_counts_what_was_missed_and_what_was_made_up():
    read = {(0, 4, "PROCEDURE"), (5, 10, "DIAGNOSIS"), (40, 44, "DATE"), (50, 52, "DATE")}
    found = entity_confusion([(GOLD, read)])
    assert found["DIAGNOSIS"] == {
        "DIAGNOSIS": 1,
        "PROCEDURE": 0,
        "MEDICATION": 0,
        "DATE": 0,
        "SPINE_LEVEL": 0,
        "none": 0,
    }
    assert found["PROCEDURE"]["none"] == 1
    assert found["none"]["DATE"] == 1
    assert found["DATE"]["DATE"] == 1


def test_baselines_read_wrapped_surfaces_of_the_training_letters(metrics, gold):
    read = gazetteer_reader(TRAIN)(gold[2].text)
    assert {(gold[2].text[s:e], label) for s, e, label in read} == {("Low back pain", "DIAGNOSIS"), ("stenosis", "DIAGNOSIS"), ("L5-\nS1", "SPINE_LEVEL"), ("5/6/13", "DATE"), ("T1", "SPINE_LEVEL")}  # fmt: skip
    assert {(s, e) for s, e, _ in gazetteer_reader(TRAIN)("It was low\n\nback pain.")} == {(7, 21)}
    scores = metrics["baselines"]["regular expressions and gazetteer"]["strict"]
    assert scores["MEDICATION"]["support"] == 1
    assert set(metrics["baselines"]["regular expressions"]["strict"]) == {"DATE", "SPINE_LEVEL"}


def test_robustness_tells_how_f1_changes(metrics, gold):
    assert set(metrics["robustness"]) == set(PERTURBATIONS)
    levels = metrics["robustness"]["other line breaks"]["strict"]
    assert levels["micro"]["change"] == 0
    for row in metrics["robustness"].values():
        clean = metrics["entities"]["strict"]["micro"]["f1"]
        assert row["strict"]["micro"]["change"] == pytest.approx(row["strict"]["micro"]["f1"] - clean, abs=1e-3)


def test_paired_test_knows_luck_from_skill():
    rng = random.Random(0)
    base = [Counts(hits, 10, 10) for hits in (rng.randint(4, 8) for _ in range(40))]
    better = [Counts(c.hits + 1, 10, 10) for c in base]
    luck = [Counts(c.hits + rng.choice([-1, 0, 1]), 10, 10) for c in base]
    sure = paired_test(base, better, 500)
    assert sure["change"] == pytest.approx(0.1)
    assert sure["p"] < 0.01
    assert sure["ci95"] == [0.1, 0.1]
    assert paired_test(base, luck, 500)["p"] > 0.05
    assert paired_test(base, base, 500) == {"change": 0.0, "ci95": [0.0, 0.0], "p": 1.0}
    assert paired_test([Counts()], [Counts()], 500) == {}


def test_compare_sets_two_pipelines_side_by_side(rules, blank, gold):
    docs = [[nlp(one.text) for one in gold] for nlp in (blank, rules)]
    rows = compare(gold, *docs, samples=50)
    assert rows["strict F1, DATE"]["first"] == 0.0
    assert rows["strict F1, DATE"]["change"] == rows["strict F1, DATE"]["second"] > 0.5
    assert rows["strict F1"]["support"] == 10
    assert rows["strict F1, PROCEDURE"] == {"first": None, "second": None, "support": 0}

import pytest

from spacy_imr.evaluation.counts import Counts, bootstrap, overlap_counts, prf, strict_counts
from spacy_imr.evaluation.views import calibration, families_row, outcome_row
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


def test_calibration_of_a_sure_and_wrong_classifier():
    sure = {"UPHELD": 0.95, "OVERTURNED": 0.05}
    found = calibration([sure] * 4, ["UPHELD", "OVERTURNED", "UPHELD", "OVERTURNED"])
    assert found["expected_error"] == pytest.approx(0.45)
    assert found["bins"] == [{"confidence": 0.95, "accuracy": 0.5, "support": 4}]


def test_temperature_cools_an_overconfident_classifier():
    pairs = [({"UPHELD": 0.99, "OVERTURNED": 0.01}, {"UPHELD" if number % 4 else "OVERTURNED"}) for number in range(40)]
    assert best_temperature(pairs) > 2
    assert review_threshold(pairs) == pytest.approx(0.99)


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

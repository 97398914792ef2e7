import pytest

from spacy_imr.evaluation.counts import Counts, bootstrap, overlap_counts, prf, strict_counts
from spacy_imr.evaluation.evaluate import outcome_scores

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


def test_outcome_scores_weigh_both_outcomes_alike():
    pairs = [("UPHELD", "UPHELD")] * 8 + [("OVERTURNED", "UPHELD")] + [("OVERTURNED", "OVERTURNED")]
    scores = outcome_scores(pairs)
    assert scores["balanced_accuracy"] == 0.75
    assert scores["OVERTURNED"]["support"] == 2
    assert scores["confusion"]["OVERTURNED"] == {"UPHELD": 1, "OVERTURNED": 1, "None": 0}

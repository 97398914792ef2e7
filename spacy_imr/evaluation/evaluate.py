"""Scores of a pipeline on letters of the corpus, every one with its support."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.baselines import baseline_scores
from spacy_imr.evaluation.entities import (
    SpanPair,
    entity_confusion,
    entity_reliability,
    entity_scores,
    span_pairs,
)
from spacy_imr.evaluation.issues import issue_scores
from spacy_imr.evaluation.references import reference_scores
from spacy_imr.evaluation.robustness import robustness_scores
from spacy_imr.evaluation.slices import known_surfaces, slice_scores
from spacy_imr.evaluation.values import value_scores
from spacy_imr.evaluation.views import issue_cases, view_scores

Metrics = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """Annotated letters, and what a pipeline reads of them."""

    gold: list[CorpusLetter]
    docs: list[Doc]

    @cached_property
    def pairs(self) -> list[SpanPair]:
        """Annotated and read mentions, letter by letter."""
        return span_pairs(self.gold, self.docs)


def read_letters(nlp: Language, letters: Iterable[CorpusLetter]) -> Reading:
    """Run `nlp` on the text of `letters`."""
    gold = list(letters)
    return Reading(gold, [nlp(letter.text) for letter in gold])


def evaluate(
    nlp: Language,
    letters: Iterable[CorpusLetter],
    samples: int = 1000,
    train: Iterable[CorpusLetter] = (),
    robustness: bool = False,
) -> Metrics:
    """Run `nlp` on `letters` and compare with their annotation: `measure`, and ``robustness`` if it is asked for (the
    letters are read again, perturbed, which takes several times as long).
    """
    reading = read_letters(nlp, letters)
    metrics = measure(reading, samples, train)
    if robustness:
        metrics["robustness"] = robustness_scores(nlp, reading.gold, reading.pairs, samples)
    return metrics


def measure(reading: Reading, samples: int = 1000, train: Iterable[CorpusLetter] = ()) -> Metrics:
    """Compare what was read with the annotation.

    Returns a dict with ``entities`` (strict and overlap P/R/F1 per label, each with support and a bootstrap interval
    over letters; confusion of labels; reliability), ``references`` (micro F1 by spaCy and seqeval), ``slices``,
    ``values`` (normalised dates and levels), ``issues`` (number found, items, outcomes as the record gives them),
    ``views`` (the classifiers, each view apart, beside their baselines) and ``baselines`` of the entities.

    samples (int): bootstrap samples over letters; 0 leaves the intervals out.
    train: letters from which the learned baselines learn, and that tell seen from unseen surfaces; without them those
        are left out.
    """
    gold, docs, pairs = reading.gold, reading.docs, reading.pairs
    known = list(train)
    confusion = {"confusion": entity_confusion(pairs), "calibration": entity_reliability(gold, docs)}
    return {
        "letters": len(gold),
        "entities": entity_scores(pairs, samples) | confusion,
        "references": reference_scores([letter.text for letter in gold], pairs),
        "slices": slice_scores(gold, pairs, known_surfaces(known), samples),
        "values": value_scores(gold, docs),
        "issues": issue_scores(gold, docs),
        "views": view_scores(issue_cases(gold, docs), issue_cases(known), samples),
        "baselines": baseline_scores(gold, known, samples),
    }

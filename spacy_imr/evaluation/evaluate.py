"""Scores of a pipeline on letters of the corpus, every one with its support."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.counts import Counts, bootstrap, overlap_counts, prf, strict_counts
from spacy_imr.evaluation.views import issue_cases, view_scores
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.pipeline.issue_classifier import doc_issues

Span = tuple[int, int, str]
Metrics = dict[str, Any]


def evaluate(
    nlp: Language, letters: Iterable[CorpusLetter], samples: int = 1000, train: Iterable[CorpusLetter] = ()
) -> Metrics:
    """Run `nlp` on `letters` and compare with their annotation.

    Returns a dict with ``entities`` (strict and overlap P/R/F1 per label, each with support and a bootstrap interval
    over letters), ``issues`` (number found, items, outcomes as the record gives them) and ``views`` (the classifiers,
    each view apart, beside their baselines).

    samples (int): bootstrap samples over letters; 0 leaves the intervals out.
    train: letters from which the learned baselines learn; without them those are left out.
    """
    gold = list(letters)
    docs = [nlp(letter.text) for letter in gold]
    known = list(train)
    taught = issue_cases(nlp, known, [nlp.make_doc(letter.text) for letter in known])
    return {
        "letters": len(gold),
        "entities": entity_scores(gold, docs, samples),
        "issues": issue_scores(gold, docs),
        "views": view_scores(issue_cases(nlp, gold, docs), taught, samples),
    }


def entity_scores(gold: Sequence[CorpusLetter], docs: Sequence[Doc], samples: int) -> Metrics:
    """Strict and overlap scores per label, micro-averaged and apart."""
    pairs = [(gold_spans(letter), predicted_spans(doc)) for letter, doc in zip(gold, docs, strict=True)]
    scores: Metrics = {}
    for mode, count in (("strict", strict_counts), ("overlap", overlap_counts)):
        scores[mode] = {}
        for label in ("micro", *ENTITY_LABELS):
            chosen = ENTITY_LABELS if label == "micro" else (label,)
            per_letter = [count(*pair, labels=chosen) for pair in pairs]
            scores[mode][label] = prf(sum(per_letter, Counts())) | bootstrap(per_letter, samples)
    return scores


def gold_spans(letter: CorpusLetter) -> set[Span]:
    """Annotated mentions as (start, end, label)."""
    return {(span.start, span.end, span.label) for span in letter.spans}


def predicted_spans(doc: Doc) -> set[Span]:
    """Entities as (start, end, label), in characters."""
    return {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents}


def issue_scores(gold: Sequence[CorpusLetter], docs: Sequence[Doc]) -> Metrics:
    """Issues as the record gives them, whatever the evidence; an issue is matched by its number."""
    total = found = items = whole = 0
    outcomes: list[tuple[str, str]] = []
    for letter, doc in zip(gold, docs, strict=True):
        read = {issue["number"]: issue for issue in doc_issues(doc)}
        whole += len(read) == len(letter.issues)
        for issue in letter.issues:
            total += 1
            guess = read.get(issue.number)
            found += guess is not None
            item = list(guess["item"]) if guess and guess["item"] else None
            items += item == ([issue.item.start, issue.item.end] if issue.item else None) and guess is not None
            outcomes.append((issue.outcome, (guess["outcome"] or "") if guess else ""))
    return {
        "support": total,
        "found": found,
        "letters_with_right_number": whole,
        "items_right": items,
        "outcomes_right": sum(g == p for g, p in outcomes),
    }

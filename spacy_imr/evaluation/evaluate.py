"""Scores of a pipeline on letters of the corpus, every one with its support."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.counts import Counts, bootstrap, overlap_counts, prf, strict_counts
from spacy_imr.labels import ENTITY_LABELS, FAMILIES, OUTCOMES

Span = tuple[int, int, str]
Metrics = dict[str, Any]


def evaluate(nlp: Language, letters: Iterable[CorpusLetter], samples: int = 1000) -> Metrics:
    """Run `nlp` on `letters` and compare with their annotation.

    Returns a dict with ``entities`` (strict and overlap P/R/F1 per label, each with support and a bootstrap interval
    over letters), ``issues`` (number found, items, outcomes with the heading visible), ``outcome_masked`` (the
    classifier alone) and ``guidelines``.

    samples (int): bootstrap samples over letters; 0 leaves the intervals out.
    """
    gold = list(letters)
    docs = [nlp(letter.text) for letter in gold]
    return {
        "letters": len(gold),
        "entities": entity_scores(gold, docs, samples),
        "issues": issue_scores(gold, docs),
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
    """How issues, outcomes and guideline families are read; an issue is matched by its number."""
    total = found = items = whole = 0
    visible: list[tuple[str, str | None]] = []
    masked: list[tuple[str, str | None]] = []
    families = {party: {name: Counts() for name in FAMILIES} for party in ("claims_administrator", "reviewer")}
    for letter, doc in zip(gold, docs, strict=True):
        read = {issue["number"]: issue for issue in doc._.letters[0]["issues"]}
        whole += len(read) == len(letter.issues)
        for issue in letter.issues:
            total += 1
            guess = read.get(issue.number)
            found += guess is not None
            item = list(guess["item"]) if guess and guess["item"] else None
            items += item == ([issue.item.start, issue.item.end] if issue.item else None) and guess is not None
            visible.append((issue.outcome, guess["outcome"] if guess else None))
            masked.append((issue.outcome, _masked(guess)))
            for party, counts in families.items():
                expected = set(getattr(issue, f"{party}_guidelines"))
                got = set(guess[f"{party}_guidelines"]) if guess else set()
                for name in FAMILIES:
                    counts[name] += Counts(
                        int(name in expected and name in got), int(name in got), int(name in expected)
                    )
    return {
        "support": total,
        "found": found,
        "letters_with_right_number": whole,
        "items_right": items,
        "outcome_heading_visible": outcome_scores(visible),
        "outcome_heading_masked": outcome_scores(masked),
        "guidelines": {
            party: {"micro": prf(sum(counts.values(), Counts()))} | {name: prf(c) for name, c in counts.items()}
            for party, counts in families.items()
        },
    }


def _masked(issue: dict[str, Any] | None) -> str | None:
    scores = issue["probabilities"].get("imr_outcome") if issue else None
    return max(scores, key=scores.__getitem__) if scores else None


def outcome_scores(pairs: Sequence[tuple[str, str | None]]) -> Metrics:
    """Balanced accuracy, P/R/F1 per outcome with support, and the confusion counts; pairs are (gold, predicted)."""
    scores: Metrics = {"support": len(pairs)}
    recalls = []
    for outcome in OUTCOMES:
        counts = Counts(
            sum(g == p == outcome for g, p in pairs),
            sum(p == outcome for _, p in pairs),
            sum(g == outcome for g, _ in pairs),
        )
        scores[outcome] = prf(counts)
        if counts.gold:
            recalls.append(counts.hits / counts.gold)
    scores["balanced_accuracy"] = round(sum(recalls) / len(recalls), 4) if recalls else None
    scores["confusion"] = {
        g: {str(p): sum(pair == (g, p) for pair in pairs) for p in (*OUTCOMES, None)} for g in OUTCOMES
    }
    return scores

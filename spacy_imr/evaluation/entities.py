"""Scores of the entities: strict and overlap, confusion, and how far their probabilities can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.counts import Counts, Span, bootstrap, overlap_counts, prf, reliability, strict_counts
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.pipeline.mentions import span_scores

Metrics = dict[str, Any]
# The annotated mentions of one letter, and those that were read.
SpanPair = tuple[set[Span], set[Span]]


def gold_spans(letter: CorpusLetter) -> set[Span]:
    """Annotated mentions as (start, end, label)."""
    return {(span.start, span.end, span.label) for span in letter.spans}


def predicted_spans(doc: Doc) -> set[Span]:
    """Entities as (start, end, label), in characters."""
    return {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents}


def span_pairs(gold: Iterable[CorpusLetter], docs: Iterable[Doc]) -> list[SpanPair]:
    """What is annotated and what was read, letter by letter."""
    return [(gold_spans(letter), predicted_spans(doc)) for letter, doc in zip(gold, docs, strict=True)]


def chosen_labels(label: str) -> Sequence[str]:
    """The labels that a row of a table counts: all for ``micro``."""
    return ENTITY_LABELS if label == "micro" else (label,)


def entity_scores(pairs: Sequence[SpanPair], samples: int) -> Metrics:
    """Strict and overlap scores per label, micro-averaged and apart, with intervals over letters."""
    scores: Metrics = {}
    for mode, count in (("strict", strict_counts), ("overlap", overlap_counts)):
        scores[mode] = {}
        for label in ("micro", *ENTITY_LABELS):
            per_letter = [count(*pair, labels=chosen_labels(label)) for pair in pairs]
            scores[mode][label] = prf(sum(per_letter, Counts())) | bootstrap(per_letter, samples)
    return scores


def entity_confusion(pairs: Iterable[SpanPair]) -> dict[str, dict[str, int]]:
    """How often a mention of one label was read as another, whatever its bounds; ``none`` for what was missed (as read)
    and for what was read where nothing is annotated (as gold).
    """
    counts: Counter[tuple[str, str]] = Counter()
    for gold, read in pairs:
        met: set[Span] = set()
        for span in gold:
            overlapping = [other for other in read if _shared(span, other)]
            met.update(overlapping)
            best = max(overlapping, key=lambda other: (other[2] == span[2], _shared(span, other)), default=None)
            counts[span[2], best[2] if best else "none"] += 1
        counts.update(("none", other[2]) for other in read - met)
    names = (*ENTITY_LABELS, "none")
    return {gold: {read: counts[gold, read] for read in names} for gold in names}


def _shared(one: Span, other: Span) -> int:
    """How many characters two mentions share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def entity_reliability(gold: Iterable[CorpusLetter], docs: Iterable[Doc]) -> Metrics:
    """Calibration of the recogniser's probabilities: an entity is right if bounds and label are."""
    cases = []
    for letter, doc in zip(gold, docs, strict=True):
        right = gold_spans(letter)
        scores = span_scores(doc)
        for ent in doc.ents:
            if (score := scores.get((ent.start, ent.end, ent.label_))) is not None:
                cases.append((score, (ent.start_char, ent.end_char, ent.label_) in right))
    return reliability(cases)

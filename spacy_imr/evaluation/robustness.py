"""How much is lost when letters are printed otherwise: the same letters, perturbed, read again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from spacy.language import Language

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.counts import Counts, paired_test, prf, strict_counts
from spacy_imr.evaluation.entities import SpanPair, chosen_labels, span_pairs
from spacy_imr.evaluation.issues import issue_scores
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.perturb import PERTURBATIONS


def robustness_scores(
    nlp: Language, gold: Sequence[CorpusLetter], pairs: Sequence[SpanPair], samples: int, seed: int = 0
) -> dict[str, Any]:
    """For each perturbation: strict F1 per label, its ``change`` against the letters as they are (`pairs`), with a
    paired interval for all labels together, and the issues as they are read then.
    """
    scores: dict[str, Any] = {}
    for name, perturb in PERTURBATIONS.items():
        letters = [perturb(letter, random.Random(f"{seed}:{letter.id}")) for letter in gold]
        docs = [nlp(letter.text) for letter in letters]
        changed = span_pairs(letters, docs)
        row: dict[str, Any] = {}
        for label in ("micro", *ENTITY_LABELS):
            before = [strict_counts(*pair, labels=chosen_labels(label)) for pair in pairs]
            after = [strict_counts(*pair, labels=chosen_labels(label)) for pair in changed]
            row[label] = {"f1": prf(sum(after, Counts()))["f1"]}
            row[label] |= paired_test(before, after, samples if label == "micro" else 0)
        scores[name] = {"strict": row, "issues": issue_scores(letters, docs)}
    return scores

"""Scores of the issues as the record gives them, whatever the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.pipeline.issue_classifier import doc_issues


def issue_hits(letter: CorpusLetter, doc: Doc) -> Counter[str]:
    """Of the issues of one letter (``support``): how many were ``found`` by their number, have the right ``items`` and
    the right ``outcomes``, and whether there are as many as there should be (``whole``).
    """
    read = {issue["number"]: issue for issue in doc_issues(doc)}
    hits = Counter(support=len(letter.issues), whole=int(len(read) == len(letter.issues)))
    for issue in letter.issues:
        if guess := read.get(issue.number):
            item = list(guess["item"]) if guess["item"] else None
            hits["found"] += 1
            hits["items"] += item == ([issue.item.start, issue.item.end] if issue.item else None)
            hits["outcomes"] += guess["outcome"] == issue.outcome
    return hits


def issue_scores(gold: Sequence[CorpusLetter], docs: Sequence[Doc]) -> dict[str, Any]:
    """`issue_hits` of all letters together."""
    hits = sum((issue_hits(letter, doc) for letter, doc in zip(gold, docs, strict=True)), Counter[str]())
    return {
        "support": hits["support"],
        "found": hits["found"],
        "letters_with_right_number": hits["whole"],
        "items_right": hits["items"],
        "outcomes_right": hits["outcomes"],
    }

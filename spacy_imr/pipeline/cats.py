"""`imr_cats`: the letter-level view of the issues in ``doc.cats``."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.labels import FAMILIES, OUTCOMES
from spacy_imr.pipeline.issue_classifier import doc_issues
from spacy_imr.pipeline.views import IssueDict


@Language.factory("imr_cats", assigns=["doc.cats"])
def create_cats(nlp: Language, name: str) -> Cats:
    """Component that sums up the issues of a letter."""
    return Cats()


class Cats:
    """Sets ``doc.cats``: ``UPHELD``, ``OVERTURNED``, ``claims_administrator:ODG``, ``reviewer:ODG`` and so on, each the
    highest value over the issues: 1 or 0 where the letter says it, else the probability of the classifier that decided.
    """

    def __call__(self, doc: Doc) -> Doc:
        cats = dict.fromkeys(OUTCOMES, 0.0) | {
            f"{p}:{f}": 0.0 for p in ("claims_administrator", "reviewer") for f in FAMILIES
        }
        for issue in doc_issues(doc):
            chances = issue["probabilities"].get(issue["outcome_source"]) or _any_outcome(issue)
            for outcome in OUTCOMES:
                said = float(issue["outcome"] == outcome)
                value = said if issue["outcome_source"] == "heading" else chances.get(outcome, said)
                cats[outcome] = max(cats[outcome], value)
            for party in ("claims_administrator", "reviewer"):
                chances = issue["probabilities"].get(issue[f"{party}_guidelines_source"], {})
                for family in FAMILIES:
                    value = chances.get(family, float(family in issue[f"{party}_guidelines"]))
                    cats[f"{party}:{family}"] = max(cats[f"{party}:{family}"], value)
        doc.cats = cats
        return doc


def _any_outcome(issue: IssueDict) -> dict[str, float]:
    """What a classifier of outcomes says of an issue that none of them decided."""
    found = [chances for chances in issue["probabilities"].values() if set(chances) == set(OUTCOMES)]
    return found[0] if found else {}

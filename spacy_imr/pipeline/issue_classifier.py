"""`imr_issue_classifier`: a text classifier over the issues of a letter.

It is spaCy's `TextCategorizer` with one change: an example is an issue, not a document. What the model reads of an
issue is a registered *view*; the views of the outcome never hold the heading that gives the outcome away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy
from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Model

IssueDict = dict[str, Any]
View = Callable[[Doc, IssueDict], Doc | None]

DEFAULT_MODEL = {
    "@architectures": "spacy.TextCatParametricAttention.v1",
    "exclusive_classes": True,
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": 64,
        "depth": 2,
        "embed_size": 2000,
        "window_size": 2,
        "maxout_pieces": 3,
        "subword_features": True,
        "pretrained_vectors": None,
    },
}


@registry.misc("imr.rationale_view.v1")
def create_rationale_view() -> View:
    """The rationale alone: the heading of the issue is masked by not being there."""
    return rationale_view


def rationale_view(doc: Doc, issue: IssueDict) -> Doc | None:
    """The reviewer's reasons in lower case without white space, so that neither wrapping nor capitals matter.

    None if the issue has no rationale.
    """
    bounds = issue.get("rationale")
    if not bounds:
        return None
    span = doc.char_span(bounds[0], bounds[1], alignment_mode="expand")
    words = [token.lower_ for token in span if not token.is_space] if span is not None else []
    return Doc(doc.vocab, words=words) if words else None


@Language.factory(
    "imr_issue_classifier",
    assigns=["doc._.letters"],
    default_config={
        "model": DEFAULT_MODEL,
        "target": "outcome",
        "view": {"@misc": "imr.rationale_view.v1"},
        "scorer": {"@scorers": "imr.issue_scorer.v1"},
    },
    default_score_weights={"outcome_balanced_accuracy": 1.0},
)
def create_issue_classifier(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Any],
    target: str,
    view: View,
    scorer: Callable[..., Any] | None,
) -> IssueClassifier:
    """Trainable component that classifies each issue.

    model: any exclusive text classification architecture of spaCy.
    target (str): field of the issue that is predicted.
    view: what the model reads of an issue.
    """
    return IssueClassifier(nlp.vocab, model, name, target=target, view=view, scorer=scorer)


def doc_issues(doc: Doc) -> list[IssueDict]:
    """The issues of all letters in `doc`; none if no component found any."""
    return [issue for letter in doc._.letters or [] for issue in letter["issues"]]


class IssueClassifier(TextCategorizer):
    """Writes ``{target}_probabilities`` into each issue of ``doc._.letters`` and fills `target` where the letter
    itself does not say it. Where letter and classifier disagree, ``doc._.letters["warnings"]`` says so.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Any],
        name: str,
        *,
        target: str,
        view: View,
        scorer: Callable[..., Any] | None,
    ) -> None:
        super().__init__(vocab, model, name, threshold=0.5, scorer=scorer)
        self.target = target
        self.view = view

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Scores of all issues of all documents, shape (issues that have a text, labels)."""
        texts = [text for doc in docs for _, text in self._texts(doc)]
        if not texts:
            return numpy.zeros((0, len(self.labels)), dtype="f")
        return numpy.asarray(self.model.predict(texts))

    def set_annotations(self, docs: Iterable[Doc], scores: Any) -> None:
        """Distribute the rows of `scores` over the issues, in the order of `predict`."""
        row = 0
        for doc in docs:
            for letter in doc._.letters or []:
                for issue in letter["issues"]:
                    if self.view(doc, issue) is not None:
                        self._annotate(letter, issue, [float(value) for value in scores[row]])
                        row += 1

    def _annotate(self, letter: IssueDict, issue: IssueDict, scores: list[float]) -> None:
        issue[f"{self.target}_probabilities"] = dict(zip(self.labels, scores, strict=True))
        best = self.labels[max(range(len(scores)), key=scores.__getitem__)]
        if issue[self.target] is None:
            issue[self.target] = best
            issue[f"{self.target}_source"] = self.name
        elif issue[self.target] != best:
            letter["warnings"].append(
                f"issue {issue['number']}: the heading says {issue[self.target]}, the rationale reads as {best}"
            )

    def _texts(self, doc: Doc) -> list[tuple[IssueDict, Doc]]:
        return [(issue, text) for issue in doc_issues(doc) if (text := self.view(doc, issue)) is not None]

    # --- training ---

    def _issue_examples(self, examples: Iterable[Example]) -> list[Example]:
        """One example an issue, from the gold issues of the reference."""
        expanded = []
        for example in examples:
            for issue, text in self._texts(example.reference):
                if issue[self.target] is None:
                    continue
                gold = text.copy()
                gold.cats = {label: float(label == issue[self.target]) for label in self.labels}
                expanded.append(Example(text, gold))
        return expanded

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Any = None,
        positive_label: str | None = None,
    ) -> None:
        """Find the labels in the gold issues and set up the model."""
        if labels is None:
            labels = sorted(
                {
                    issue[self.target]
                    for example in get_examples()
                    for issue in doc_issues(example.reference)
                    if issue[self.target]
                }
            )
        for label in labels:
            self.add_label(label)
        super().initialize(
            lambda: self._issue_examples(get_examples()), nlp=nlp, labels=None, positive_label=positive_label
        )

    def update(
        self, examples: Iterable[Example], *, drop: float = 0.0, sgd: Any = None, losses: dict[str, float] | None = None
    ) -> dict[str, float]:
        """Learn from the gold issues of `examples`."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        expanded = self._issue_examples(examples)
        if not expanded:
            return losses
        texts = [example.predicted for example in expanded]
        scores, backprop = self.model.begin_update(texts)
        loss, gradient = self.get_loss(expanded, scores)
        backprop(gradient)
        if sgd is not None:
            self.finish_update(sgd)
        losses[self.name] += loss
        return losses


@registry.scorers("imr.issue_scorer.v1")
def create_issue_scorer() -> Callable[..., dict[str, float]]:
    """Balanced accuracy of the outcome that the classifier reads, over the issues of the examples."""
    return score_outcomes


def score_outcomes(examples: Iterable[Example], **kwargs: Any) -> dict[str, float]:
    """``outcome_balanced_accuracy``: mean recall over the outcomes that occur; issues are matched by number."""
    hits: dict[str, list[bool]] = {}
    for example in examples:
        predicted = {issue["number"]: issue for issue in doc_issues(example.predicted)}
        for issue in doc_issues(example.reference):
            scores = predicted.get(issue["number"], {}).get("outcome_probabilities")
            best = max(scores, key=scores.__getitem__) if scores else None
            hits.setdefault(issue["outcome"], []).append(best == issue["outcome"])
    recalls = [sum(found) / len(found) for found in hits.values()]
    return {"outcome_balanced_accuracy": sum(recalls) / len(recalls) if recalls else 0.0}

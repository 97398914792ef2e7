"""`imr_issue_classifier`: a text classifier over the issues of a letter.

It is spaCy's `TextCategorizer` with one change: an example is an issue, not a document. What the model reads of an
issue is a registered *view*; the views of the outcome never hold the heading that gives the outcome away.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy
from spacy.language import Language
from spacy.pipeline import TextCategorizer
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Model

from spacy_imr.labels import FAMILIES, OUTCOMES
from spacy_imr.pipeline.views import IssueDict, View

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


@Language.factory(
    "imr_issue_classifier",
    assigns=["doc._.letters"],
    default_config={
        "model": DEFAULT_MODEL,
        "target": "outcome",
        "view": {"@misc": "imr.issue_view.v1", "parts": ["rationale"]},
        "decides": True,
        "scorer": {"@scorers": "imr.issue_scorer.v1"},
    },
)
def create_issue_classifier(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Any],
    target: str,
    view: View,
    decides: bool,
    scorer: Callable[..., Any] | None,
) -> "IssueClassifier":
    """Trainable component that classifies each issue.

    model: a text classification architecture of spaCy, exclusive for the outcome, not exclusive for guidelines.
    target (str): field of the issue that is predicted: ``outcome``, ``claims_administrator_guidelines`` or
        ``reviewer_guidelines``.
    view: what the model reads of an issue.
    decides (bool): whether the prediction becomes the value of the field where the letter itself does not give one.
    """
    return IssueClassifier(nlp.vocab, model, name, target=target, view=view, decides=decides, scorer=scorer)


def doc_issues(doc: Doc) -> list[IssueDict]:
    """The issues of all letters in `doc`; none if no component found any."""
    return [issue for letter in doc._.letters or [] for issue in letter["issues"]]


class IssueClassifier(TextCategorizer):
    """Writes probabilities into ``issue["probabilities"][name]`` for each issue of ``doc._.letters``.

    If it decides, it fills its field where the letter does not say it, and adds a warning to the letter where letter
    and classifier disagree. An exclusive classifier whose best label is less probable than ``cfg["review_below"]``
    decides nothing: the issue is marked for review.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Any],
        name: str,
        *,
        target: str,
        view: View,
        decides: bool,
        scorer: Callable[..., Any] | None,
    ) -> None:
        super().__init__(vocab, model, name, threshold=0.5, scorer=scorer)
        self.target = target
        self.view = view
        self.decides = decides
        self.cfg.setdefault("temperature", 1.0)
        self.cfg.setdefault("review_below", 0.5)

    @property
    def exclusive(self) -> bool:
        """Whether an issue has one label of this target, or any number."""
        return self.target == "outcome"

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Probabilities of all issues of all documents, shape (issues that have a text, labels)."""
        texts = []
        for doc in docs:
            for issue, text in self._texts(doc):
                # Marks the issue as one that has a row, for `set_annotations`.
                issue["probabilities"][self.name] = {}
                texts.append(text)
        if not texts:
            return numpy.zeros((0, len(self.labels)), dtype="f")
        return self._calibrated(numpy.asarray(self.model.predict(texts)))

    def _calibrated(self, scores: Any) -> Any:
        """Scores softened by the temperature that was fitted on the dev letters."""
        heat = float(self.cfg["temperature"])
        if heat == 1.0:
            return scores
        scores = numpy.clip(scores, 1e-9, 1 - 1e-9)
        raised = scores ** (1 / heat)
        if self.exclusive:
            return raised / raised.sum(axis=1, keepdims=True)
        return raised / (raised + (1 - scores) ** (1 / heat))

    def set_annotations(self, docs: Iterable[Doc], scores: Any) -> None:
        """Distribute the rows of `scores` over the issues, in the order of `predict`."""
        rows = iter(scores)
        for doc in docs:
            for letter in doc._.letters or []:
                for issue in letter["issues"]:
                    if self.name in issue["probabilities"]:
                        chances = dict(zip(self.labels, map(float, next(rows)), strict=True))
                        self._annotate(letter, issue, chances)

    def _annotate(self, letter: IssueDict, issue: IssueDict, chances: dict[str, float]) -> None:
        issue["probabilities"][self.name] = chances
        if not self.decides:
            return
        best = max(chances, key=chances.__getitem__)
        if self.exclusive:
            sure = chances[best] >= float(self.cfg["review_below"])
            if issue[self.target] is None:
                issue["review"] = not sure
                if sure:
                    issue[self.target], issue[f"{self.target}_source"] = best, self.name
            elif issue[self.target] != best and sure:
                letter["warnings"].append(
                    f"issue {issue['number']}: the heading says {issue[self.target]}, the rationale reads as {best}"
                )
        elif not issue[self.target]:
            issue[self.target] = [label for label in FAMILIES if chances.get(label, 0.0) >= 0.5] or [best]
            issue[f"{self.target}_source"] = self.name

    def _texts(self, doc: Doc) -> Iterator[tuple[IssueDict, Doc]]:
        text = doc.text
        for issue in doc_issues(doc):
            seen = self.view(doc, text, issue)
            if seen is not None:
                yield issue, seen

    # --- training ---

    def _issue_examples(self, examples: Iterable[Example]) -> list[Example]:
        """One example an issue, from the gold issues of the reference."""
        expanded = []
        for example in examples:
            for issue, text in self._texts(example.reference):
                value = issue[self.target]
                if not value:
                    continue
                gold = text.copy()
                gold.cats = {label: float(label == value or label in value) for label in self.labels}
                expanded.append(Example(text, gold))
        return expanded

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Iterable[str] | None = None,
        positive_label: str | None = None,
    ) -> None:
        """Set the labels of the target and set up the model on its issues."""
        for label in labels or (OUTCOMES if self.exclusive else FAMILIES):
            self.add_label(label)
        super().initialize(lambda: self._issue_examples(get_examples()), nlp=nlp, positive_label=positive_label)

    def _validate_categories(self, examples: Iterable[Example]) -> None:
        """Issues of a guideline target have any number of labels; there is nothing to forbid."""

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Any = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from the gold issues of `examples`."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        expanded = self._issue_examples(examples)
        return super().update(expanded, drop=drop, sgd=sgd, losses=losses) if expanded else losses

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """``issues_{name}``, by the scorer of the config; empty without one."""
        return self.scorer(examples, name=self.name, target=self.target) if self.scorer else {}


@registry.scorers("imr.issue_scorer.v1")
def create_issue_scorer() -> Callable[..., dict[str, Any]]:
    """Score of one classifier over the issues of the examples."""
    return score_issues


def score_issues(examples: Iterable[Example], *, name: str, target: str) -> dict[str, Any]:
    """``issues_{name}``: for an outcome, the mean recall over the outcomes that occur; for guidelines, micro-F1 at a
    probability of one half. Issues are matched by number; one that was not found counts as missed.
    """
    recalls: dict[str, list[bool]] = {}
    hits = marks = 0
    for example in examples:
        predicted = {issue["number"]: issue["probabilities"].get(name) for issue in doc_issues(example.predicted)}
        for issue in doc_issues(example.reference):
            chances = predicted.get(issue["number"]) or {}
            gold = issue[target]
            if target == "outcome":
                recalls.setdefault(gold, []).append(bool(chances) and max(chances, key=chances.__getitem__) == gold)
            else:
                got = {label for label, chance in chances.items() if chance >= 0.5}
                hits += len(got & set(gold))
                marks += len(got) + len(gold)
    if target == "outcome":
        return {f"issues_{name}": sum(sum(found) / len(found) for found in recalls.values()) / max(1, len(recalls))}
    return {f"issues_{name}": 2 * hits / max(1, marks)}

"""`imr_issue_classifier`: a text classifier over the issues of a letter.

What it reads of an issue is a registered *view*; the views of the outcome never hold the heading that gives the
outcome away.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy
import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import from_bytes, from_disk, registry, to_bytes, to_disk

from spacy_imr.labels import FAMILIES, OUTCOMES
from spacy_imr.pipeline.linear import LinearText
from spacy_imr.pipeline.sides import SidedText
from spacy_imr.pipeline.views import IssueDict, View, reason_sentences


@Language.factory(
    "imr_issue_classifier",
    assigns=["doc._.letters"],
    default_config={
        "target": "outcome",
        "view": {"@misc": "imr.issue_view.v1", "parts": ["rationale"]},
        "decides": True,
        "ngrams": 2,
        "size": 32768,
        "strength": 30.0,
        "balanced": False,
        "sides": False,
        "scorer": {"@scorers": "imr.issue_scorer.v1"},
    },
)
def create_issue_classifier(
    nlp: Language,
    name: str,
    target: str,
    view: View,
    decides: bool,
    ngrams: int,
    size: int,
    strength: float,
    balanced: bool,
    sides: bool,
    scorer: Callable[..., Any] | None,
) -> "IssueClassifier":
    """Component that classifies each issue, fitted in one go when the pipeline is initialised.

    target (str): field of the issue that is predicted: ``outcome``, ``claims_administrator_guidelines`` or
        ``reviewer_guidelines``.
    view: what the model reads of an issue.
    decides (bool): whether the prediction becomes the value of the field where the letter itself does not give one.
    ngrams (int), size (int): longest n-gram of words and number of buckets, see `LinearText`.
    strength (float): how freely it is fitted, balanced (bool): where two outcomes part, see `LinearText.fit`.
    sides (bool): judge the reasons sentence by sentence (`SidedText`); for outcomes, with a view that gives sentences.
    """
    labels = OUTCOMES if target == "outcome" else FAMILIES
    model: LinearText | SidedText = LinearText(labels, exclusive=target == "outcome", size=size, ngrams=ngrams)
    if sides:
        model = SidedText(OUTCOMES, size=size, ngrams=ngrams)
    return IssueClassifier(
        name, model, target=target, view=view, decides=decides, strength=strength, balanced=balanced, scorer=scorer
    )


def doc_issues(doc: Doc) -> list[IssueDict]:
    """The issues of all letters in `doc`; none if no component found any."""
    return [issue for letter in doc._.letters or [] for issue in letter["issues"]]


class IssueClassifier(Pipe):
    """Writes probabilities into ``issue["probabilities"][name]`` for each issue of ``doc._.letters``.

    If it decides, it fills its field where the letter does not say it, and adds a warning to the letter where letter
    and classifier disagree. An exclusive classifier whose best label is less probable than ``cfg["review_below"]``
    decides nothing: the issue is marked for review.
    """

    def __init__(
        self,
        name: str,
        model: LinearText | SidedText,
        *,
        target: str,
        view: View,
        decides: bool,
        strength: float,
        balanced: bool = False,
        scorer: Callable[..., Any] | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self.target = target
        self.view = view
        self.decides = decides
        self.scorer = scorer
        self.strength = strength
        self.balanced = balanced
        self.cfg: dict[str, float] = {"temperature": 1.0, "review_below": 0.5}

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.labels

    @property
    def exclusive(self) -> bool:
        """Whether an issue has one label of this target, or any number."""
        return self.model.exclusive

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        for letter in doc._.letters or []:
            for issue in letter["issues"]:
                words = self.view(doc, text, issue)
                if words:
                    (chances,) = self.calibrated(self.model.predict([words]))
                    self._annotate(letter, issue, dict(zip(self.labels, map(float, chances), strict=True)))
        return doc

    def calibrated(self, scores: Any) -> Any:
        """Scores softened by the temperature that was fitted on the dev letters."""
        heat = float(self.cfg["temperature"])
        scores = numpy.clip(scores, 1e-9, 1 - 1e-9)
        raised = scores ** (1 / heat)
        if self.exclusive:
            return raised / raised.sum(axis=1, keepdims=True)
        return raised / (raised + (1 - scores) ** (1 / heat))

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

    # --- fitting ---

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        corpus: Callable[[Language], Iterable[Example]] | None = None,
    ) -> None:
        """Fit the model on the gold issues of all letters.

        corpus: reader of the letters, such as ``imr.Corpus.v1``. `spacy train` gives a hundred examples when it streams
            the training letters, too few to fit on; without a reader the model is fitted on the examples given.
        """
        cases = list(self._cases(corpus(nlp) if corpus and nlp else get_examples()))
        if cases:
            texts, gold, sides, groups = zip(*cases, strict=True)
            more = {"sides": sides, "groups": groups} if isinstance(self.model, SidedText) else {}
            self.model.fit(texts, gold, strength=self.strength, balanced=self.balanced, **more)

    def _cases(self, examples: Iterable[Example]) -> Iterator[tuple[Sequence[Any], set[str], list[str | None], int]]:
        """What is read of each issue, its labels, the sides of its reasons, and the number of its letter."""
        for number, example in enumerate(examples):
            doc = example.reference
            text = doc.text
            for issue in doc_issues(doc):
                words = self.view(doc, text, issue)
                value = issue[self.target]
                if words and value:
                    known = {start: side for start, _, side in issue.get("reasons", ())}
                    sides = [known.get(start) for start, _ in reason_sentences(doc, text, issue)] if known else []
                    yield words, {value} if isinstance(value, str) else set(value), sides, number

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """``issues_{name}``, by the scorer of the config; empty without one."""
        return self.scorer(examples, name=self.name, target=self.target) if self.scorer else {}

    # --- saving ---

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The component as bytes."""
        return to_bytes({"cfg": lambda: srsly.json_dumps(self.cfg), "model": self._packed}, exclude)

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "IssueClassifier":
        """Load from bytes."""
        from_bytes(data, {"cfg": self._load_cfg, "model": self._unpack}, exclude)
        return self

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Save into a folder."""
        writers = {
            "cfg": lambda file: srsly.write_json(file, self.cfg),
            "model": lambda file: file.write_bytes(self._packed()),
        }
        to_disk(path, writers, exclude)

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> "IssueClassifier":
        """Load from a folder."""
        readers = {
            "cfg": lambda file: self.cfg.update(srsly.read_json(file)),
            "model": lambda file: self._unpack(file.read_bytes()),
        }
        from_disk(path, readers, exclude)
        return self

    def _load_cfg(self, data: bytes) -> None:
        self.cfg.update(srsly.json_loads(data))

    def _packed(self) -> bytes:
        sink = BytesIO()
        numpy.savez(sink, allow_pickle=False, **self.model.arrays())
        return sink.getvalue()

    def _unpack(self, data: bytes) -> None:
        with numpy.load(BytesIO(data), allow_pickle=False) as arrays:
            self.model.load_arrays(dict(arrays))


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

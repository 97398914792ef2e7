"""`imr_recognizer`: entities by tagging tokens, each with a confidence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example, validate_examples
from spacy.vocab import Vocab
from thinc.api import Model

from spacy_imr.pipeline.layers import read_tokens, tag_names

Array = numpy.ndarray[Any, Any]
NEVER = -1e9

DEFAULT_MODEL = {
    "@architectures": "imr.TokenTagger.v1",
    "hidden_width": 64,
    "tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"},
}


@Language.factory(
    "imr_recognizer",
    assigns=["doc.ents"],
    default_config={"model": DEFAULT_MODEL},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def create_recognizer(nlp: Language, name: str, model: Model[list[Doc], Any]) -> "Recognizer":
    """Trainable component that finds entities.

    model: tag probabilities for every token, such as ``imr.TokenTagger.v1``.
    """
    return Recognizer(nlp.vocab, model, name)


class Recognizer(TrainablePipe):
    """Tags every token that is read (`read_tokens`) with BILUO, takes the best sequence of tags that makes whole
    entities, and sets ``doc.ents``. White space inside an entity belongs to it, at its edges never.

    The probability of each entity, the product of the probabilities of its tags, is kept in
    ``doc.spans[self.name]``'s attributes under ``scores``, in the order of its spans.
    """

    def __init__(self, vocab: Vocab, model: Model[list[Doc], Any], name: str) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        self.cfg: dict[str, Any] = {"labels": [], "temperature": 1.0}

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        return list(self.labels)

    def add_label(self, label: str) -> int:
        """Add a label before the model is initialised; 0 if it was there."""
        if label in self.labels:
            return 0
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        return 1

    # --- reading ---

    def predict(self, docs: Iterable[Doc]) -> list[list[tuple[int, int, str, float]]]:
        """For each document its entities: first token, last token + 1, label, probability."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [[] for _ in docs]
        return [
            self.decode(doc, numpy.asarray(scores)) for doc, scores in zip(docs, self.model.predict(docs), strict=True)
        ]

    def decode(self, doc: Doc, scores: Array) -> list[tuple[int, int, str, float]]:
        """The best whole entities, with their probabilities, that `scores` give.

        scores: probabilities of the tags, shape (tokens of `doc`, tags). ``cfg["temperature"]``, fitted on the dev
        letters, softens them; the entities are the same at any temperature.
        """
        names = tag_names(self.labels)
        tokens = read_tokens(doc)
        logs = numpy.log(numpy.maximum(scores[tokens], 1e-12)) / float(self.cfg["temperature"])
        logs -= numpy.log(numpy.exp(logs).sum(axis=1, keepdims=True))
        # No entity reaches over tokens that are not read, white space aside.
        gaps = numpy.flatnonzero(numpy.diff(tokens) > 1) + 1
        cuts = [n for n in gaps.tolist() if not doc[tokens[n - 1] + 1 : tokens[n]].text.isspace()]
        path = [tag for part in numpy.split(logs, cuts) for tag in best_tags(part, names)]
        return list(_entities(path, logs, tokens, names))

    def set_annotations(self, docs: Iterable[Doc], scores: Any) -> None:
        """Set ``doc.ents``; entities that stand there already are kept."""
        for doc, entities in zip(docs, scores, strict=True):
            taken = {token.i for ent in doc.ents for token in ent}
            spans = [Span(doc, s, e, label=label) for s, e, label, _ in entities if taken.isdisjoint(range(s, e))]
            doc.spans[self.name] = spans
            doc.spans[self.name].attrs["scores"] = [p for s, e, _, p in entities if taken.isdisjoint(range(s, e))]
            doc.ents = [*doc.ents, *spans]

    # --- training ---

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Collect the labels and set up the model on a sample of the examples."""
        if labels is None:
            labels = sorted({ent.label_ for example in get_examples() for ent in example.reference.ents})
        for label in labels:
            self.add_label(label)
        sample = [example.x for example in islice(get_examples(), 10)]
        count = len(tag_names(self.labels))
        self.model.initialize(X=sample, Y=[self.model.ops.alloc2f(len(doc), count) for doc in sample])

    def get_loss(self, examples: Iterable[Example], scores: Any) -> tuple[float, Any]:
        """Cross-entropy of the tags; white space has no part in it."""
        examples = list(examples)
        validate_examples(examples, "Recognizer.get_loss")
        index = {name: number for number, name in enumerate(tag_names(self.labels))}
        gradients = []
        loss = 0.0
        total = sum(len(row) for row in scores)
        for example, probabilities in zip(examples, scores, strict=True):
            truth = numpy.zeros(probabilities.shape, dtype="f")
            known = numpy.zeros((len(probabilities), 1), dtype="f")
            for token, tag in gold_tags(example.reference):
                truth[token, index[tag]] = 1
                known[token] = 1
            gradient = (probabilities - self.model.ops.asarray2f(truth)) * self.model.ops.asarray2f(known)  # type: ignore[arg-type]
            loss += float((gradient**2).sum())
            gradients.append(gradient / max(1, total) * 100)
        return loss, gradients

    # --- scoring and saving ---

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Strict entity scores, as spaCy's own recogniser gives them."""
        return get_ner_prf(examples)


def gold_tags(doc: Doc) -> Iterator[tuple[int, str]]:
    """BILUO tags of the tokens of `doc` that are not white space."""
    inside = {}
    for ent in doc.ents:
        tokens = [token.i for token in ent if not token.is_space]
        for position, index in enumerate(tokens):
            prefix = "U" if len(tokens) == 1 else "B" if position == 0 else "L" if index == tokens[-1] else "I"
            inside[index] = f"{prefix}-{ent.label_}"
    for token in doc:
        if not token.is_space:
            yield token.i, inside.get(token.i, "O")


def transitions(names: Sequence[str]) -> tuple[Array, Array, Array]:
    """What may stand first, what may follow what, and what may stand last: 0 if it may, `NEVER` if not."""
    opens = numpy.array([name[0] in "BI" for name in names])
    enters = numpy.array([name[0] in "OBU" for name in names])
    label = numpy.array([name[2:] for name in names])
    inside = opens[:, None] & ~enters[None, :] & (label[:, None] == label[None, :])
    outside = ~opens[:, None] & enters[None, :]
    return (
        numpy.where(enters, 0.0, NEVER),
        numpy.where(inside | outside, 0.0, NEVER),
        numpy.where(~opens, 0.0, NEVER),
    )


_transitions = lru_cache(maxsize=8)(transitions)


def best_tags(logs: Array, names: Sequence[str]) -> list[int]:
    """The most probable tags that make whole entities. `logs`: log probabilities, shape (tokens, tags).

    Where the most probable tag of each token makes whole entities, those are the answer. Only around the places where
    it does not are sequences compared, up to two tokens into what lies outside.
    """
    if not len(logs):
        return []
    start, step, end = _transitions(tuple(names))
    tags = logs.argmax(axis=1)
    fits = numpy.concatenate([[start[tags[0]] == 0], step[tags[:-1], tags[1:]] == 0, [end[tags[-1]] == 0]])
    done = 0
    for place in numpy.flatnonzero(~fits).tolist():
        if place < done:
            continue
        first = last = place
        while first > 0 and (tags[first - 1] != 0 or first > place - 2):
            first -= 1
        while last < len(tags) and (tags[last] != 0 or last < place + 2):
            last += 1
        tags[first:last] = best_path(logs[first:last], start, step, end)
        done = last
    return tags.tolist()


def best_path(logs: Array, start: Array, step: Array, end: Array) -> list[int]:
    """The most probable sequence of tags (Viterbi). `logs`: log probabilities, shape (tokens, tags)."""
    if not len(logs):
        return []
    score = start + logs[0]
    back = numpy.zeros(logs.shape, dtype="i")
    for position in range(1, len(logs)):
        candidates = score[:, None] + step
        back[position] = candidates.argmax(axis=0)
        score = candidates[back[position], numpy.arange(len(score))] + logs[position]
    tag = int((score + end).argmax())
    path = [tag]
    for position in range(len(logs) - 1, 0, -1):
        tag = int(back[position, tag])
        path.append(tag)
    return path[::-1]


def _entities(
    path: Sequence[int], logs: Array, tokens: Sequence[int], names: Sequence[str]
) -> Iterator[tuple[int, int, str, float]]:
    first = 0
    for position, tag in enumerate(path):
        prefix = names[tag][0]
        if prefix in "BU":
            first = position
        if prefix in "LU":
            chance = float(numpy.exp(sum(logs[i, path[i]] for i in range(first, position + 1))))
            yield tokens[first], tokens[position] + 1, names[tag][2:], chance

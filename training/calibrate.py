"""What the dev letters decide after training: temperatures of recogniser and classifiers, and below what they ask for
review.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy
import spacy
from spacy.language import Language

from spacy_imr.corpus_format import CorpusLetter, gold_doc, read_corpus
from spacy_imr.evaluation.views import issue_cases
from spacy_imr.pipeline.issue_classifier import IssueClassifier
from spacy_imr.pipeline.recognizer import Recognizer

TEMPERATURES = numpy.geomspace(0.5, 8.0, 25)
# At most this share of the issues of dev may be sent to review.
REVIEW_SHARE = 0.05


def calibrate(model: Path, dev: Sequence[Path]) -> None:
    """Set ``temperature`` of the recogniser and of every issue classifier, and ``review_below`` of these, in a trained
    pipeline, and save it.
    """
    nlp = spacy.load(model)
    letters = list(read_corpus(*dev))
    calibrate_recogniser(nlp, letters)
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, IssueClassifier):
            pipe.cfg["temperature"] = 1.0
            pipe.cfg["review_below"] = 0.0
    for name, found in _chances(nlp, letters).items():
        pipe = nlp.get_pipe(name)
        assert isinstance(pipe, IssueClassifier)
        if not found:
            continue
        pipe.cfg["temperature"] = round(best_temperature(found), 3)
        if pipe.exclusive and pipe.decides:
            table = numpy.array([list(chances.values()) for chances, _ in found])
            pipe.cfg["review_below"] = round(review_threshold(pipe.calibrated(table).max(axis=1).tolist()), 3)
    nlp.to_disk(model)


def calibrate_recogniser(nlp: Language, letters: Sequence[CorpusLetter]) -> None:
    """Set the temperature with the least log loss over the entities that the recogniser finds in `letters`."""
    recogniser = nlp.get_pipe("ner")
    assert isinstance(recogniser, Recognizer)
    read = []
    for letter in letters:
        doc = nlp(letter.text)
        gold = {(ent.start, ent.end, ent.label_) for ent in gold_doc(nlp, letter).ents}
        (scores,) = recogniser.model.predict([doc])
        read.append((doc, numpy.asarray(scores), gold))
    losses = []
    for heat in TEMPERATURES:
        recogniser.cfg["temperature"] = float(heat)
        found = [
            (*entity, entity[:3] in gold) for doc, scores, gold in read for entity in recogniser.decode(doc, scores)
        ]
        chances = numpy.clip([entity[3] for entity in found], 1e-6, 1 - 1e-6)
        losses.append(-numpy.log(numpy.where([entity[4] for entity in found], chances, 1 - chances)).mean())
    recogniser.cfg["temperature"] = round(float(TEMPERATURES[int(numpy.argmin(losses))]), 3)


Pairs = list[tuple[dict[str, float], set[str]]]


def _chances(nlp: Language, letters: Sequence[CorpusLetter]) -> dict[str, Pairs]:
    """For each classifier the probabilities of every dev issue and its gold labels."""
    docs = [nlp(letter.text) for letter in letters]
    found: dict[str, Pairs] = {name: [] for name, pipe in nlp.pipeline if isinstance(pipe, IssueClassifier)}
    for case in issue_cases(letters, docs):
        for name, chances in case.chances.items():
            target = nlp.get_pipe(name).target  # type: ignore[attr-defined]
            value = case.gold[target]
            if value:
                found[name].append((chances, {value} if isinstance(value, str) else set(value)))
    return found


def best_temperature(pairs: Pairs) -> float:
    """The temperature with the least log loss over the probabilities of all labels."""
    table = numpy.array([list(chances.values()) for chances, _ in pairs])
    truth = numpy.array([[float(label in gold) for label in chances] for chances, gold in pairs])
    table = numpy.clip(table, 1e-9, 1 - 1e-9)
    losses = []
    for heat in TEMPERATURES:
        raised, rest = table ** (1 / heat), (1 - table) ** (1 / heat)
        soft = numpy.clip(raised / (raised + rest), 1e-9, 1 - 1e-9)
        losses.append(-(truth * numpy.log(soft) + (1 - truth) * numpy.log(1 - soft)).mean())
    return float(TEMPERATURES[int(numpy.argmin(losses))])


def review_threshold(chances: Sequence[float]) -> float:
    """The probability below which at most `REVIEW_SHARE` of the issues fall, and at least one half.

    chances: of each issue, the probability of its best label.
    """
    best = sorted(chances)
    return max(0.5, best[int(len(best) * REVIEW_SHARE)]) if best else 0.5

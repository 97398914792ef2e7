"""The same mentions scored by spaCy and by seqeval: other ways of counting that must agree with our own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise

from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.training.iob_utils import biluo_to_iob, doc_to_biluo_tags
from spacy.vocab import Vocab

from spacy_imr.evaluation.entities import SpanPair


def reference_scores(texts: Sequence[str], pairs: Sequence[SpanPair]) -> dict[str, float]:
    """Micro F1 by spaCy's scorer (``spacy``), and by seqeval in strict mode over IOB2 tags (``seqeval``, where it is
    installed).
    """
    vocab = Vocab()
    sides = [[_doc(vocab, text, pair, side) for text, pair in zip(texts, pairs, strict=True)] for side in range(2)]
    examples = [Example(read, gold) for gold, read in zip(*sides, strict=True)]
    scores = {"spacy": round(get_ner_prf(examples)["ents_f"] or 0.0, 4)}
    if find_spec("seqeval"):
        from seqeval.metrics import f1_score
        from seqeval.scheme import IOB2

        tags = [[biluo_to_iob(doc_to_biluo_tags(doc)) for doc in docs] for docs in sides]
        scores["seqeval"] = round(float(f1_score(*tags, mode="strict", scheme=IOB2)), 4)
    return scores


def _doc(vocab: Vocab, text: str, pair: SpanPair, side: int) -> Doc:
    """One side's mentions over tokens that none of either side cuts, whatever tokenizer made them."""
    edges = {match.start() for match in re.finditer(r"\w+|[^\w\s]|\s+", text)}
    edges |= {edge for spans in pair for start, end, _ in spans for edge in (start, end)}
    cuts = sorted(edges | {len(text)})
    words = [text[start:end] for start, end in pairwise(cuts)]
    doc = Doc(vocab, words=words, spaces=[False] * len(words))
    token = {offset: number for number, offset in enumerate(cuts)}
    doc.ents = [Span(doc, token[start], token[end], label=label) for start, end, label in sorted(pair[side])]
    return doc

"""Augmentation of training letters: other layouts, notations and misprints, and other mentions in the same place."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from spacy.util import registry

from spacy_imr.corpus_format import CorpusLetter, surface
from spacy_imr.perturb import PERTURBATIONS, Edit, apply_edits

# Gives, for each letter of the training corpus, the letter to train on in one pass over the data.
Augmenter = Callable[[Sequence[CorpusLetter], random.Random], Iterator[CorpusLetter]]

_REPLACED: Final = ("DIAGNOSIS", "PROCEDURE", "MEDICATION")


@registry.augmenters("imr.letters.v1")
def create_letter_augmenter(shares: dict[str, float], replaced: float = 0.0, letters: float = 0.5) -> Augmenter:
    """Augmenter of `imr.Corpus.v1`: it works on annotated letters, whose offsets it carries along.

    shares: for each perturbation (a name of `spacy_imr.perturb.PERTURBATIONS`, with ``_`` for a space) the share of the
        letters that undergo it. Raises `ValueError` for another name.
    replaced (float): share of the distinct mentions of a letter that give way to another of their label.
    letters (float): share of the letters that are changed at all; the others are trained on as they are.
    """
    known = {name.replace(" ", "_"): change for name, change in PERTURBATIONS.items()}
    unknown = sorted(set(shares) - set(known))
    if unknown:
        raise ValueError(f"imr.letters.v1: unknown perturbations {unknown}. Use some of {sorted(known)}.")

    def augment(corpus: Sequence[CorpusLetter], rng: random.Random) -> Iterator[CorpusLetter]:
        pool = mention_pool(corpus) if replaced else {}
        for letter in corpus:
            if rng.random() < letters:
                if replaced:
                    letter = replace_mentions(letter, pool, replaced, rng)
                for name, share in shares.items():
                    if rng.random() < share:
                        letter = known[name](letter, rng)
            yield letter

    return augment


Shape = tuple[str, bool, bool, bool]


def mention_shape(label: str, text: str) -> Shape:
    """What another mention must share to fit the grammar around: label, number, article, and whether it is in
    capitals.
    """
    words = text.split()
    return label, bool(re.search(r"[^s]s$", words[-1])), words[0][:1].lower() in "aeiou", text.isupper()


def mention_pool(corpus: Sequence[CorpusLetter]) -> dict[Shape, list[str]]:
    """The distinct mentions of a corpus that may stand in for one another."""
    pool: dict[Shape, dict[str, str]] = defaultdict(dict)
    for letter in corpus:
        for span in letter.spans:
            text = letter.text[span.start : span.end]
            if span.label in _REPLACED and "\n" not in text:
                pool[mention_shape(span.label, text)].setdefault(surface(letter, span.start, span.end), text)
    return {shape: list(texts.values()) for shape, texts in pool.items()}


def replace_mentions(
    letter: CorpusLetter, pool: dict[Shape, list[str]], share: float, rng: random.Random
) -> CorpusLetter:
    """`share` of the distinct mentions of a letter replaced, each everywhere by the same other one."""
    chosen: dict[tuple[Shape, str], str | None] = {}
    edits: list[Edit] = []
    for span in letter.spans:
        if span.label not in _REPLACED:
            continue
        text = letter.text[span.start : span.end]
        key = mention_shape(span.label, text), surface(letter, span.start, span.end)
        if key not in chosen:
            others = pool.get(key[0])
            chosen[key] = rng.choice(others) if others and rng.random() < share else None
        other = chosen[key]
        # A mention glued to what stands beside it would be tokenized anew.
        if other and not letter.text[max(0, span.start - 1) : span.start].isalnum() and _apart(letter.text, span.end):
            edits.append((span.start, span.end, _cased_like(text, other)))
    return apply_edits(letter, edits)


def _apart(text: str, end: int) -> bool:
    return not re.match(r"[\w-]", text[end : end + 1])


def _cased_like(old: str, new: str) -> str:
    """`new` with a capital first letter where `old` has one and `new` is an ordinary word."""
    if old[:1].isupper() and not old[1:2].isupper() and new[:1].islower():
        return new[0].upper() + new[1:]
    if old[:1].islower() and new[:1].isupper() and new[1:2].islower():
        return new[0].lower() + new[1:]
    return new

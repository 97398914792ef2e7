"""Entity scores of parts of the data: where a pipeline is strong and where it is weak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from spacy_imr.corpus_format import CorpusLetter, surface
from spacy_imr.evaluation.counts import Counts, Span, bootstrap, prf, strict_counts
from spacy_imr.evaluation.entities import SpanPair, chosen_labels
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.letter import parse_letters
from spacy_imr.perturb import is_wrapped

# Which part of a slice a mention of a letter belongs to.
Slicer = Callable[[Span], str]
Known = frozenset[tuple[str, str]]


def known_surfaces(train: Iterable[CorpusLetter]) -> Known:
    """Surface and label of every mention of the training letters."""
    return frozenset((surface(one, s.start, s.end), s.label) for one in train for s in one.spans)


def slice_scores(
    gold: Sequence[CorpusLetter], pairs: Sequence[SpanPair], known: Known, samples: int
) -> dict[str, dict[str, Any]]:
    """For each slice (``format``, ``layout``, …) and each of its parts: strict scores per label, and the number of
    ``letters`` it has mentions in.

    A mention that was read belongs to a part by its own place and text, just as an annotated one. `known`: surfaces of
    the training letters; without them seen and unseen surfaces are not told apart.
    """
    groups: dict[str, dict[str, list[SpanPair]]] = defaultdict(lambda: defaultdict(list))
    for letter, (right, read) in zip(gold, pairs, strict=True):
        for name, part_of in letter_slicers(letter, known).items():
            parts: dict[str, SpanPair] = defaultdict(lambda: (set(), set()))
            for side, spans in enumerate((right, read)):
                for span in spans:
                    parts[part_of(span)][side].add(span)
            for part, pair in parts.items():
                groups[name][part].append(pair)
    return {
        name: {part: _part_scores(found, samples) for part, found in sorted(parts.items())}
        for name, parts in groups.items()
    }


def _part_scores(pairs: Sequence[SpanPair], samples: int) -> dict[str, Any]:
    scores: dict[str, Any] = {"letters": len(pairs)}
    for label in ("micro", *ENTITY_LABELS):
        per_letter = [strict_counts(*pair, labels=chosen_labels(label)) for pair in pairs]
        scores[label] = prf(sum(per_letter, Counts()))
        if label == "micro":
            scores[label] |= bootstrap(per_letter, samples)
    return scores


def letter_slicers(letter: CorpusLetter, known: Known) -> dict[str, Slicer]:
    """The slices of a letter by name; a part's name says what it holds."""
    text = letter.text
    count = len(text.split())
    length = "1-999 words" if count < 1000 else "1000-1999 words" if count < 2000 else "2000 words and more"
    layout = "wrapped lines" if is_wrapped(text) else "whole paragraphs"
    sections = section_finder(letter)

    def words(span: Span) -> str:
        number = len(text[span[0] : span[1]].split())
        return "1 word" if number == 1 else "2 words" if number == 2 else "3 words and more"

    found: dict[str, Slicer] = {
        "format": lambda span: letter.format,
        "section": lambda span: sections(span[0]),
        "layout": lambda span: layout,
        "line break in the mention": lambda span: "yes" if "\n" in text[span[0] : span[1]] else "no",
        "length of the letter": lambda span: length,
        "length of the mention": words,
    }
    if known:
        found["surface"] = lambda span: "seen" if (surface(letter, span[0], span[1]), span[2]) in known else "unseen"
    return found


def section_finder(letter: CorpusLetter) -> Callable[[int], str]:
    """Which part of a letter an offset stands in: an annotated item or rationale, else the section that the grammar of
    the letters finds, ``header`` before the first.
    """
    parts = [
        (region.start, region.end, name)
        for issue in letter.issues
        for name, region in (("item", issue.item), ("rationale", issue.rationale))
        if region
    ]
    parts += [(*section.bounds, section.name) for found in parse_letters(letter.text) for section in found.sections]

    def find(offset: int) -> str:
        inside = next((name for start, end, name in parts if start <= offset < end), None)
        return inside or ("header" if all(offset < start for start, _, _ in parts) else "other")

    return find

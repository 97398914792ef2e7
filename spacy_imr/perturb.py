"""Letters as they might also have been printed: other line breaks, capitals, scanner noise, other notations, typos.

A `Perturbation` takes an annotated letter and a source of chance, and returns the same letter with another text; every
offset of its annotation (mentions, issues, header) is carried along, and no mention is lost, cut or widened. The
robustness suite of `evaluate.py` measures with these functions, and training may augment with them::

    noisy = PERTURBATIONS["scanner noise"](letter, random.Random(7))

The same letter and the same seed give the same result.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from spacy_imr.corpus_format import CorpusLetter, GoldHeaderField, GoldIssue, GoldReason, GoldSpan, Region
from spacy_imr.letter import mask_furniture, parse_letters
from spacy_imr.letter.issues import line_spaced
from spacy_imr.letter.patterns import FURNITURE
from spacy_imr.normalize.dates import normalize_date
from spacy_imr.normalize.levels import SpineLevel, normalize_level

Perturbation = Callable[[CorpusLetter, random.Random], CorpusLetter]
# Start and end of what is replaced (equal for an insertion), and what stands there afterwards.
Edit = tuple[int, int, str]

# Share of the characters that a bad scan reads wrongly, and of the words that a hasty writer misspells.
NOISE: Final = 0.02
TYPOS: Final = 0.05
WIDTHS: Final = (40, 110)

# --- edits ------------------------------------------------------------------------------------------------------


def apply_edits(letter: CorpusLetter, edits: Iterable[Edit]) -> CorpusLetter:
    """The letter with `edits` made and all its offsets carried along; `letter` itself stays as it is.

    An edit that crosses an edge of a mention, an issue's part or a header field is left out. What is inserted right
    before or right after a mention stays outside it. Raises `ValueError` if two edits overlap.
    """
    edges = sorted({edge for region in _regions(letter) for edge in (region.start, region.end)})
    kept: list[Edit] = []
    for start, end, value in sorted(edits):
        if kept and start < kept[-1][1]:
            raise ValueError(f"{letter.id}: the edits at {kept[-1][:2]} and {(start, end)} overlap")
        if not _cut(edges, start, end):
            kept.append((start, end, value))
    moved = _Moved(kept)

    def region(found: Region | None) -> Region | None:
        return Region(start=moved.start(found.start), end=moved.end(found.end)) if found else None

    def issue(found: GoldIssue) -> GoldIssue:
        return found.model_copy(
            update={
                "item": region(found.item),
                "claims_administrator_citation": region(found.claims_administrator_citation),
                "reviewer_citation": region(found.reviewer_citation),
                "rationale": region(found.rationale),
                "reasons": [
                    GoldReason(start=moved.start(one.start), end=moved.end(one.end), side=one.side)
                    for one in found.reasons
                ],
            }
        )

    return letter.model_copy(
        update={
            "text": edited(letter.text, kept),
            "spans": [GoldSpan(start=moved.start(s.start), end=moved.end(s.end), label=s.label) for s in letter.spans],
            "issues": [issue(found) for found in letter.issues],
            "header": {
                name: GoldHeaderField(start=moved.start(f.start), end=moved.end(f.end), value=f.value)
                for name, f in letter.header.items()
            },
        }
    )


def edited(text: str, edits: Iterable[Edit]) -> str:
    """`text` with `edits` made, which stand in order and do not overlap."""
    pieces = []
    at = 0
    for start, end, value in edits:
        pieces += [text[at:start], value]
        at = end
    return "".join([*pieces, text[at:]])


class _Moved:
    """Where an offset stands after edits."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = edits
        self.ends = [end for _, end, _ in edits]
        self.shifts = [0]
        for start, end, value in edits:
            self.shifts.append(self.shifts[-1] + len(value) - (end - start))

    def start(self, offset: int) -> int:
        return offset + self.shifts[bisect_right(self.ends, offset)]

    def end(self, offset: int) -> int:
        before = bisect_right(self.ends, offset)
        while before and self.edits[before - 1][0] == offset:  # inserted right behind what ends here
            before -= 1
        return offset + self.shifts[before]


def _regions(letter: CorpusLetter) -> Iterator[Region]:
    yield from letter.spans
    yield from letter.header.values()
    for issue in letter.issues:
        for region in (issue.item, issue.claims_administrator_citation, issue.reviewer_citation, issue.rationale):
            if region:
                yield region


def _cut(edges: Sequence[int], start: int, end: int) -> bool:
    """Whether one of `edges`, in order, stands between `start` and `end` and at neither."""
    return bisect_left(edges, end) > bisect_right(edges, start)


def _free(letter: CorpusLetter, edits: Iterable[Edit]) -> list[Edit]:
    """The edits outside words that a mention cuts in two (``leftS1``, ``325mg#60``): another spelling of such a word
    may join what the tokenizer parts.
    """
    edges = sorted({edge for span in letter.spans for edge in (span.start, span.end)})
    free = []
    words = _WORDS.finditer(letter.text)
    word = next(words, None)
    for start, end, value in sorted(edits):
        while word and word.end() <= start:
            word = next(words, None)
        inside = word is not None and word.start() < end
        if not (inside and word and _cut(edges, word.start(), word.end())):
            free.append((start, end, value))
    return free


_WORDS: Final = re.compile(r"\w(?:[\w.,'’]*\w)?")

# --- layout -----------------------------------------------------------------------------------------------------


def rewrap(letter: CorpusLetter, rng: random.Random) -> CorpusLetter:
    """Lines broken anew at a random width, at spaces and after hyphens. Paragraphs, page furniture and lines that stop
    short stay apart; where every line has an empty one behind it, lines are broken further and not joined.
    """
    width = rng.randint(*WIDTHS)
    gap = " \n\n" if line_spaced(mask_furniture(letter.text)) else "\n"
    full = _margin(letter.text)
    edits: list[Edit] = []
    begin = 0
    for separator in [*_KEPT_BREAK.finditer(letter.text), None]:
        end = separator.start() if separator else len(letter.text)
        edits += _reflow(letter.text, begin, end, width, gap, full)
        begin = separator.end() if separator else end
    return apply_edits(letter, edits)


_KEPT_BREAK: Final = re.compile(rf"(?:{FURNITURE.pattern})|\n[^\S\n]*\n|\f", FURNITURE.flags)
_PIECE: Final = re.compile(r"[^\s-]*-(?=\w)|\S+")
_OPEN_HYPHEN: Final = re.compile(r"(?:and|or|to)\b")
# A page holds no longer line: what runs on is a paragraph that nobody broke.
_PAGE_WIDTH: Final = 150


def is_wrapped(text: str) -> bool:
    """Whether lines end at a margin, and not only at the end of a paragraph."""
    lengths = [len(line) for line in text.splitlines()]
    return 2 * sum(length for length in lengths if length > _PAGE_WIDTH) <= sum(lengths)


def _margin(text: str) -> float:
    """From how many characters on a line looks as if the margin broke it; infinite in text without margin."""
    lengths = sorted(len(line) for line in text.splitlines() if line.strip()) or [0]
    return 0.6 * lengths[9 * len(lengths) // 10] if is_wrapped(text) else float("inf")


def _reflow(text: str, begin: int, end: int, width: int, gap: str, full: float) -> Iterator[Edit]:
    """Line breaks of one paragraph; a break behind a line shorter than `full` stays."""
    last = begin
    column = 0
    for piece in _PIECE.finditer(text, begin, end):
        between = text[last : piece.start()]
        length = piece.end() - piece.start()
        if last == begin or ("\n" in between and last - text.rfind("\n", 0, last) <= full):
            column = 0
        else:
            # A word that was broken behind its hyphen is whole again, but for "short- and long-term".
            whole = text[last - 1] == "-" and not _OPEN_HYPHEN.match(text, piece.start())
            space = between if "\n" not in between else "" if whole else " "
            if column + len(space) + length > width:
                column, space = 0, gap
            else:
                column += len(space)
            if space != between:
                yield last, piece.start(), space
        column += length
        last = piece.end()


# --- spelling ---------------------------------------------------------------------------------------------------


def upper_case(letter: CorpusLetter, rng: random.Random) -> CorpusLetter:
    """Some of the letter's parts (sections, items, rationales) in capitals, one of them at least."""
    parts = [bounds for found in parse_letters(letter.text) for s in found.sections for bounds in [s.bounds]]
    parts = [(s, e) for s, e in parts if not any(i.item and s <= i.item.start < e for i in letter.issues)]
    parts += [(region.start, region.end) for i in letter.issues for region in (i.item, i.rationale) if region]
    if not parts:
        return letter
    first = rng.randrange(len(parts))
    chosen = [bounds for number, bounds in enumerate(parts) if rng.random() < 0.5 or number == first]
    words = {
        (word.start(), word.end(), word[0].upper())
        for start, end in chosen
        for word in re.compile(r"[^\W\d_]+").finditer(letter.text, start, end)
        if not word[0].isupper()
    }
    return apply_edits(letter, _free(letter, words))


# What a scanner takes for what.
CONFUSIONS: Final = (
    ("rn", "m"),
    ("l", "1"),
    ("O", "0"),
    ("I", "l"),
    ("cl", "d"),
    ("e", "c"),
    ("h", "b"),
    ("S", "5"),
    ("m", "rn"),
    ("i", "í"),
    (",", "."),
    ("fi", "ﬁ"),
    ("t", "f"),
    ("g", "q"),
)


def scanner_noise(letter: CorpusLetter, rng: random.Random, share: float = NOISE) -> CorpusLetter:
    """`share` of the characters read wrongly, as an optical reader would."""
    candidates = [
        (match.start(), match.end(), target)
        for source, target in CONFUSIONS
        for match in re.finditer(re.escape(source), letter.text)
    ]
    return _sample(letter, candidates, round(share * len(letter.text)), rng)


def typos(letter: CorpusLetter, rng: random.Random, share: float = TYPOS) -> CorpusLetter:
    """`share` of the words of four letters and more misspelt: a letter left out, doubled, swapped or replaced, and
    never the first.
    """
    words = list(re.finditer(r"[^\W\d_]{4,}", letter.text))
    candidates = [_typo(word, rng) for word in words]
    return _sample(letter, candidates, round(share * len(words)), rng)


def _typo(word: re.Match[str], rng: random.Random) -> Edit:
    at = word.start() + rng.randrange(1, len(word[0]) - 1)
    one, two = word.string[at], word.string[at + 1]
    kind = rng.choice(("leave out", "double", "swap", "replace"))
    if kind == "leave out":
        return at, at + 1, ""
    if kind == "double":
        return at, at + 1, one + one
    if kind == "swap" and one != two:
        return at, at + 2, two + one
    other = rng.choice([char for char in "aeionrst" if char != one.lower()])
    return at, at + 1, other.upper() if one.isupper() else other


def _sample(letter: CorpusLetter, candidates: list[Edit], count: int, rng: random.Random) -> CorpusLetter:
    """`count` of the candidates that do not touch one another, fewer if there are not so many."""
    candidates = _free(letter, candidates)
    rng.shuffle(candidates)
    taken: set[int] = set()
    edits: list[Edit] = []
    for start, end, value in candidates:
        if len(edits) == count:
            break
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            edits.append((start, end, value))
    return apply_edits(letter, edits)


# --- notation ---------------------------------------------------------------------------------------------------


def other_dates(letter: CorpusLetter, rng: random.Random) -> CorpusLetter:
    """Every DATE that has another notation in that: the same day, month or year as before."""
    return _renamed(letter, "DATE", date_notations, rng)


def other_levels(letter: CorpusLetter, rng: random.Random) -> CorpusLetter:
    """Every SPINE_LEVEL that has another notation in that: the same vertebrae and segments as before."""
    return _renamed(letter, "SPINE_LEVEL", level_notations, rng)


def _renamed(
    letter: CorpusLetter, label: str, notations: Callable[[str], list[str]], rng: random.Random
) -> CorpusLetter:
    edits = []
    for span in letter.spans:
        if span.label == label and (names := notations(letter.text[span.start : span.end])):
            edits.append((span.start, span.end, rng.choice(names)))
    return apply_edits(letter, _free(letter, edits))


def date_notations(text: str) -> list[str]:
    """Other ways to write a date, each of the same value; none for a year alone and for what is no date."""
    known = normalize_date(text)
    parts = [int(part) for part in re.findall(r"\d+", known.value or "")]
    if known.precision == "day" and len(parts) == 3:
        day = date(*parts)
        names = [
            f"{day:%m/%d/%Y}",
            f"{day.month}/{day.day}/{day:%y}",
            f"{day:%m-%d-%y}",
            f"{day.month}-{day.day}-{day.year}",
            f"{day:%Y-%m-%d}",
            f"{day:%B} {day.day}, {day.year}",
            f"{day:%b} {day.day}, {day.year}",
            f"{day.day} {day:%B} {day.year}",
        ]
    elif known.precision == "month" and len(parts) == 2:
        day = date(parts[0], parts[1], 1)
        names = [f"{day:%B} {day.year}", f"{day:%b} {day.year}", f"{day:%m/%Y}", f"{day:%B} of {day.year}"]
    elif known.precision == "month_day" and len(parts) == 2:
        day = date(2000, *parts)
        names = [f"{day:%B} {day.day}", f"{day:%b} {day.day}", f"{day.month}/{day.day}"]
    else:
        return []
    flat = " ".join(text.split())
    return [name for name in names if name != flat and normalize_date(name) == known]


def level_notations(text: str) -> list[str]:
    """Other ways to write a spine level, each of the same vertebrae and segments; none for what is no level, or a list
    of levels.
    """
    known = normalize_level(text)
    if not known.valid:
        return []
    first, last = known.vertebrae[0], known.vertebrae[-1]
    if first == last:
        names = [f"{first[0]}-{first[1:]}", first.lower()]
    else:
        short = last[1:] if last[0] == first[0] else last
        names = [f"{first}-{short}", f"{first}-{last}", f"{first} - {last}", f"{first}–{last}"]
        names += [f"{first}/{short}", f"{first}/{last}", f"{first} to {last}", f"{first} through {last}"]
    flat = " ".join(text.split())
    return [name for name in names if name != flat and _same(normalize_level(name), known)]


def _same(one: SpineLevel, other: SpineLevel) -> bool:
    return (one.vertebrae, one.segments) == (other.vertebrae, other.segments)


PERTURBATIONS: Final[dict[str, Perturbation]] = {
    "other line breaks": rewrap,
    "capitals": upper_case,
    "scanner noise": scanner_noise,
    "other dates": other_dates,
    "other levels": other_levels,
    "typos": typos,
}

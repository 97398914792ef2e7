"""What belongs to a procedure or a diagnosis: its side, its levels, its imaging guidance."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["left", "right", "bilateral"]
Bounds = tuple[int, int]

_SIDE: Final = re.compile(
    r"(?<![\w-])(?:(?P<bilateral>bilateral(?:ly)?|b/l|bilat\.?|both|left\s+(?:and|&)\s+right|right\s+(?:and|&)\s+left)"
    r"|(?P<left>left(?:-sided)?|lt\.?|L\.)|(?P<right>right(?:-sided)?|rt\.?|R\.))(?![\w-])",
    re.IGNORECASE,
)
_SIDE_FOLLOWS: Final = re.compile(
    r"\s*(?P<comma>,)?\s*\(?(?:(?:on|of)\s+(?:the|his|her)\s+|to\s+the\s+)?(?P<side>left|right|bilaterally|bilateral)\b"
    r"(?!\s+(?:away|now|after|before|over|behind|out))",
    re.IGNORECASE,
)
# What may stand between a head and the level that belongs to it: with a preposition, and without.
_WORDS: Final = (
    r"(?:bilateral(?:ly)?|left|right|side|both|joints?|facets?|intralaminar|interlaminar|transforaminal|foraminal|lumbar|"
    r"cervical|thoracic|spine|pars|levels?|spaces?|interspaces?|segments?|dis[ck]|with|under)"
)
_WITH_PREPOSITION: Final = re.compile(
    rf"[\s(]*(?:{_WORDS}[\s(]*){{0,3}}(?:at|of|on|to|from|in|for)\s+(?:the\s+|both\s+)?(?:{_WORDS}\s+(?:of\s+)?){{0,3}}\(?",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(rf"[\s(/&+-]*(?:{_WORDS}[\s(]*){{0,3}}", re.IGNORECASE)
_BEFORE: Final = re.compile(rf"[\s-]*(?:{_WORDS}[\s-]*){{0,3}}", re.IGNORECASE)
_LIST: Final = re.compile(r"[\s,/&+]*(?:and|&|or|as\s+well\s+as|to|bilateral|left|right)?[\s,/&+]*", re.IGNORECASE)
_GUIDANCE: Final = re.compile(
    r"\b(?:guid(?:ance|ed)|fluoroscop\w*|under\s+(?:ct|ultrasound)|c-arm|image\s+intensifier)\b", re.IGNORECASE
)
_GUIDED_BY: Final = re.compile(
    r"[\s,(]*(?:(?:under|with|w/|using|via|by|and|utilizing|through|direct|the|use|of|,)[\s,(]*){1,4}", re.IGNORECASE
)


@dataclass(frozen=True)
class Attached:
    """What was found: the side, the positions (in the list of levels) of its levels, the position of its guidance."""

    side: Side | None
    levels: tuple[int, ...]
    guidance: int | None


def side_of(text: str, start: int, end: int, low: int = 0, high: int | None = None) -> Side | None:
    """Side of a mention: inside it, else in the three words before it, else right after it.

    `low` and `high` are where the mention before ends and the next one starts: their side words are theirs.
    """
    before = re.split(r"[.;:,]", text[max(low, start - 30) : start])[-1]
    after = _SIDE_FOLLOWS.match(text, end)
    said = ""
    # A side word at which the next mention begins belongs to that one.
    if after and (high is None or after.end("side") + bool(after["comma"]) < high):
        said = after["side"]
    return _side(text[start:end]) or _side(" ".join(before.split()[-3:])) or _side(said)


def _side(piece: str) -> Side | None:
    names = {str(match.lastgroup) for match in _SIDE.finditer(piece)}
    if "bilateral" in names or names >= {"left", "right"}:
        return "bilateral"
    return ("left" if "left" in names else "right") if names else None


def attach(
    text: str,
    heads: Sequence[Bounds],
    levels: Sequence[Bounds],
    guidance: Sequence[bool],
    mentions: Sequence[Bounds] | None = None,
) -> list[Attached]:
    """Sides, levels and guidance of the procedures or diagnoses at `heads`; all lists in the order of the text.

    A level has one owner at most: the head that it follows with a preposition (``at the level of``), else the head that
    it stands right before, else the head that it stands right after. The other members of its list go with it.
    `guidance` says which heads are themselves imaging guidance: such a one belongs to the head before it. `mentions`
    (all mentions of the text; the heads by default) limit where a side word is looked for.
    """
    owners = _owners(text, heads, levels, guidance)
    bounds = sorted({*(mentions if mentions is not None else heads)})
    found = []
    for index, (start, end) in enumerate(heads):
        own = tuple(sorted(owners.get(index, [])))
        if guidance[index]:
            found.append(Attached(None, (), None))
            continue
        place = bisect_left(bounds, (start, end))
        low = bounds[place - 1][1] if place else 0
        high = bounds[place + 1][0] if place + 1 < len(bounds) else None
        side = side_of(text, start, end, min(low, start), high)
        if side is None and own:
            first = levels[own[0]]
            side = _side(text[end : first[0]] if first[0] >= end else text[max(0, first[0] - 12) : start])
        found.append(Attached(side, own, _guide(text, index, heads, levels, own, guidance)))
    return found


def _owners(
    text: str, heads: Sequence[Bounds], levels: Sequence[Bounds], guidance: Sequence[bool]
) -> dict[int, list[int]]:
    """The levels of each head, by position."""
    owned: set[int] = set()
    owners: dict[int, list[int]] = {}
    usable = [index for index in range(len(heads)) if not guidance[index]]
    leading = {index: _before(text, heads[index][0], levels) for index in usable}
    led = {number for chain in leading.values() for number in chain}

    def give(index: int, chain: list[int]) -> None:
        fresh = [number for number in chain if number not in owned]
        owned.update(fresh)
        owners.setdefault(index, []).extend(fresh)

    for index in usable:
        give(index, _after(text, heads, index, levels, _WITH_PREPOSITION, led))
    for index in usable:
        # Of its list, what no head before it owns; nothing if that is not the nearest level.
        free = [number for number in leading[index] if number not in owned]
        if free and free[-1] == leading[index][-1]:
            give(index, free)
    for index in usable:
        if not owners.get(index):
            give(index, _after(text, heads, index, levels, _BESIDE, led | owned))
    return owners


def _after(
    text: str,
    heads: Sequence[Bounds],
    index: int,
    levels: Sequence[Bounds],
    first: re.Pattern[str],
    led: set[int],
) -> list[int]:
    """The list of levels that begins right after a head. A member that leads another head ends it, but for "and"."""
    at = heads[index][1]
    stop = heads[index + 1][0] if index + 1 < len(heads) else len(text)
    chain: list[int] = []
    for number in range(bisect_left(levels, (at, at)), len(levels)):
        start, finish = levels[number]
        between = text[at:start]
        pattern = _LIST if chain else first
        if start >= stop or len(between) > 80 or not pattern.fullmatch(between):
            break
        if number in led and (first is _BESIDE or (chain and not re.search(r"\band\b|&", between))):
            break
        chain.append(number)
        at = finish
    return chain


def _before(text: str, start: int, levels: Sequence[Bounds]) -> list[int]:
    """The list of levels that ends right before a head."""
    chain: list[int] = []
    at = start
    for number in range(bisect_left(levels, (start, start)) - 1, -1, -1):
        low, high = levels[number]
        pattern = _LIST if chain else _BEFORE
        if high > at or at - high > 50 or not pattern.fullmatch(text[high:at]):
            break
        chain.append(number)
        at = low
    return chain[::-1]


def _guide(
    text: str,
    index: int,
    heads: Sequence[Bounds],
    levels: Sequence[Bounds],
    own: Sequence[int],
    guidance: Sequence[bool],
) -> int | None:
    """Position of the imaging guidance that follows a head and its levels, if one does."""
    end = heads[index][1]
    tail = max([end, *(levels[number][1] for number in own if levels[number][0] >= end)])
    following = index + 1
    if following < len(heads) and guidance[following] and heads[following][0] - tail < 60:
        between = text[tail : heads[following][0]]
        if _GUIDED_BY.fullmatch(between) or not between.strip():
            return following
    return None


def is_guidance(surface: str) -> bool:
    """Whether a procedure is imaging guidance by itself (``CT guidance``, ``fluoroscopy``)."""
    return bool(_GUIDANCE.search(surface)) and len(surface.split()) <= 3 and "inject" not in surface.lower()

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
    r"\s*,?\s*\(?(?:(?:on|of)\s+(?:the|his|her)\s+|to\s+the\s+)?(?P<side>left|right|bilaterally|bilateral)\b",
    re.IGNORECASE,
)
# What may stand between a procedure or diagnosis and its level, or between two levels of a list.
_FILLER: Final = (
    r"(?:at|of|on|for|to|the|both|levels?|joints?|bilateral(?:ly)?|left|right|side|from|spaces?|disc|disk|interspaces?|"
    r"segments?|regions?|facets?|and|&|or|in|intralaminar|interlaminar|transforaminal|foraminal|lumbar|cervical|thoracic|"
    r"spine|vertebra[el]?|pars|with|under)"
)
_BETWEEN: Final = re.compile(rf"[\s,/(&+-]*(?:{_FILLER}[\s,/(&+-]*){{0,6}}", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"[\s-]*(?:(?:left|right|bilateral|levels?|joints?|facets?|lumbar|cervical|thoracic|interlaminar|transforaminal)[\s-]*){0,3}",
    re.IGNORECASE,
)
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


def side_of(text: str, start: int, end: int) -> Side | None:
    """Side of a mention: inside it, else in the three words before it, else right after it."""
    before = re.split(r"[.;:]", text[max(0, start - 30) : start])[-1]
    after = _SIDE_FOLLOWS.match(text, end)
    pieces = [text[start:end], " ".join(before.split()[-3:]), after["side"] if after else ""]
    for piece in pieces:
        names = {str(match.lastgroup) for match in _SIDE.finditer(piece)}
        if "bilateral" in names or names >= {"left", "right"}:
            return "bilateral"
        if names:
            return "left" if "left" in names else "right"
    return None


def attach(text: str, heads: Sequence[Bounds], levels: Sequence[Bounds], guidance: Sequence[bool]) -> list[Attached]:
    """Sides, levels and guidance of the procedures or diagnoses at `heads`, both lists in the order of the text.

    A level belongs to the head that it follows, or stands before, with nothing between but words such as ``at the
    level of``; the other members of its list belong to it too. `guidance` says which heads are themselves imaging
    guidance: such a one belongs to the head before it.
    """
    found = []
    for index, (start, end) in enumerate(heads):
        if guidance[index]:
            found.append(Attached(None, (), None))
            continue
        following = heads[index + 1][0] if index + 1 < len(heads) else len(text)
        own = _levels_after(text, end, following, levels) or _levels_before(text, start, levels)
        tail = max([end, *(levels[number][1] for number in own if levels[number][0] >= end)])
        guide = None
        if index + 1 < len(heads) and guidance[index + 1] and following - tail < 60:
            between = text[tail:following]
            if _GUIDED_BY.fullmatch(between) or not between.strip():
                guide = index + 1
        found.append(Attached(side_of(text, start, end), own, guide))
    return found


def is_guidance(surface: str) -> bool:
    """Whether a procedure is imaging guidance by itself (``CT guidance``, ``fluoroscopy``)."""
    return bool(_GUIDANCE.search(surface)) and len(surface.split()) <= 3 and "inject" not in surface.lower()


def _levels_after(text: str, end: int, stop: int, levels: Sequence[Bounds]) -> tuple[int, ...]:
    own: list[int] = []
    at = end
    for number in range(bisect_left(levels, (end, end)), len(levels)):
        start, finish = levels[number]
        pattern = _LIST if own else _BETWEEN
        if start >= stop or start - at > 80 or not pattern.fullmatch(text[at:start]):
            break
        own.append(number)
        at = finish
    return tuple(own)


def _levels_before(text: str, start: int, levels: Sequence[Bounds]) -> tuple[int, ...]:
    own: list[int] = []
    at = start
    for number in range(bisect_left(levels, (start, start)) - 1, -1, -1):
        low, high = levels[number]
        pattern = _LIST if own else _BEFORE
        if high > at or at - high > 50 or not pattern.fullmatch(text[high:at]):
            break
        own.append(number)
        at = low
    return tuple(reversed(own))

"""Spine levels as vertebrae and motion segments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# Roots are counted like vertebrae; there are eight cervical roots. A sixth lumbar vertebra is a known variant.
_HIGHEST: Final = {"C": 8, "T": 12, "L": 6, "S": 5}
_SPINE: Final = (
    [f"C{n}" for n in range(1, 8)]
    + [f"T{n}" for n in range(1, 13)]
    + [f"L{n}" for n in range(1, 6)]
    + [f"S{n}" for n in range(1, 6)]
)
_ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}
_NUMBERS: Final = {
    word: number for number, word in enumerate(["one", "two", "three", "four", "five", "six", "seven"], 1)
}
_REGIONS: Final = {"cervical": "C", "thoracic": "T", "dorsal": "T", "lumbar": "L", "sacral": "S"}
_SPOKEN: Final = re.compile(
    rf"(?:(?P<ordinal>{'|'.join(_ORDINALS)}|\d{{1,2}}(?=st|nd|rd|th))(?:st|nd|rd|th)?\s+(?P<region>{'|'.join(_REGIONS)})"
    rf"|(?P<before>{'|'.join(_REGIONS)})\s+(?P<number>{'|'.join(_NUMBERS)}|\d{{1,2}}))",
    re.IGNORECASE,
)
_PART: Final = re.compile(r"(?:(?<![A-Za-z])(?P<letter>[CTDLS]))?\s?-?\s?(?P<number>\d{1,2})", re.IGNORECASE)
_RANGE: Final = re.compile(r"\b(?:to|through|thru)\b|[-–]", re.IGNORECASE)
_MEMBERS: Final = re.compile(r"\s*(?:,|;|&|\band\b|\bor\b)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class SpineLevel:
    """A normalised level. `valid` is False for a level that no spine has, such as ``L7``, and for an unreadable one."""

    vertebrae: tuple[str, ...]
    segments: tuple[str, ...]
    valid: bool


def normalize_level(text: str) -> SpineLevel:
    """Vertebrae and motion segments of a level as it is printed.

    ``L3-5`` is L3, L4, L5 and the segments L3-L4 and L4-L5; ``L5`` alone has no segment; a range is filled. White
    space and line breaks do not matter.
    """
    levels: list[SpineLevel] = []
    region = ""
    for member in _MEMBERS.split(text):
        level, region = _member(member, region)
        levels.append(level)
    vertebrae = dict.fromkeys(name for level in levels for name in level.vertebrae)
    segments = dict.fromkeys(name for level in levels for name in level.segments)
    return SpineLevel(tuple(vertebrae), tuple(segments), all(level.valid for level in levels))


def _member(text: str, region: str) -> tuple[SpineLevel, str]:
    """One member of a list, and the region that a bare number after it belongs to."""
    compound = re.search(r"\d\s*[-/]\s*\d", text)
    spoken = _SPOKEN.fullmatch(text.strip()) or (None if compound else _SPOKEN.search(text))
    if spoken:
        region = _REGIONS[(spoken["region"] or spoken["before"]).lower()]
        word = (spoken["ordinal"] or spoken["number"]).lower()
        spoken_number = _ORDINALS.get(word) or _NUMBERS.get(word) or int(word)
        return _level([(region, spoken_number)], ranged=False), region
    for name, letter in _REGIONS.items():
        if re.match(rf"\s*{name}\s+\d", text, re.IGNORECASE):
            region = letter
    named: list[tuple[str, int]] = []
    for part in _PART.finditer(text):
        region = (part["letter"] or region).upper().replace("D", "T")
        number = int(part["number"])
        if named and not part["letter"] and named[-1] == ("L", 5) and number == 1:
            region = "S"  # L5-1 is short for L5-S1
        if region:
            named.append((region, number))
    return _level(named, ranged=bool(_RANGE.search(text))), region


def _level(named: list[tuple[str, int]], ranged: bool) -> SpineLevel:
    names = list(dict.fromkeys(f"{region}{number}" for region, number in named))
    valid = bool(named) and all(1 <= number <= _HIGHEST[region] for region, number in named)
    # The eighth cervical root has no vertebra of its own: in a range it stands for the last one.
    places = [_SPINE.index("C7" if name == "C8" else name) for name in names if name in (*_SPINE, "C8")]
    if ranged and len(places) == len(names) >= 2:
        names = [*_SPINE[min(places) : max(places) + 1], *(["C8"] if "C8" in names else [])]
    elif all(name in _SPINE for name in names):
        names.sort(key=_SPINE.index)
    segments = tuple(f"{a}-{b}" for a, b in pairwise(names) if _adjacent(a, b)) if valid else ()
    return SpineLevel(tuple(names), segments, valid)


def _adjacent(upper: str, lower: str) -> bool:
    if upper in _SPINE and lower in _SPINE:
        return _SPINE.index(lower) == _SPINE.index(upper) + 1
    return (upper, lower) in {("C7", "C8"), ("C8", "T1"), ("L5", "L6"), ("L6", "S1")}

"""Sentences that say how a review was decided. What is left of a rationale without them are its reasons.

The pattern list is what view 3 of the outcome classifier removes; it is stated here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# The one regular expression that reads most outcomes: a baseline, and part of the list below.
NOT_NECESSARY: Final = re.compile(
    r"\b(?:not|n't|never|neither|nor|un)\s*(?:\w+\s+){0,4}?medically\s*(?:necessary|indicated|appropriate|warranted)"
    r"|\bnot\s*medically\s*necessary|medical(?:ly)?\s+necess\w+\s+(?:\w+\s+){0,5}?(?:not|cannot)\b",
    re.IGNORECASE,
)


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


# Words that decide a request, and words that decide it or only weigh it.
_DECISIVE: Final = _compiled(
    r"medically\s*(?:necessary|indicated|appropriate|warranted|reasonable|supported)",
    r"(?:medical\s+)?necessity",
    r"\bnecessary\b",
    r"\b(?:up)?(?:held|hold|holding)\b|\bupholds?\b",
    r"\boverturn\w*|\brevers(?:ed|al)\b|\bset\s+aside\b|\baffirm\w*|\bsustain(?:ed|s)?\b",
    r"\b(?:UR|utilization\s+review(?:er)?)\s+(?:was|is)\s+(?:right|correct|wrong|mistaken)\b",
    r"\brequest\s+(?:is|was|should|must|can(?:not)?|may|for\b.{0,120}\bis)\b",
)
_WEIGHING: Final = _compiled(
    r"\b(?:non-?)?\s*certif(?:y|ied|ication)\b",
    r"\bauthori[sz](?:e|ed|ation)\b|\bapprov(?:e|ed|al)\b|\bgranted\b|\ballowed\b|\bwould\s+allow\b",
    r"\bden(?:y|ied|ial)\b|\brefus(?:e|ed|al)\b|\bdisallowed\b|\brejected\b",
    r"\b(?:un)?support(?:ed|able)\b|\bsupport\s+(?:for\s+)?(?:the|this)\s+request\b",
    r"\b(?:un)?warranted\b|\bjustif(?:y|ied|ication)\b|\b(?:in)?appropriate\b|\bindicated\b",
    r"\brecommended\s+(?:for\s+)?approval\b|\bagree\s+with\b|\bdisagree\b|\bconcur\b",
)
CONCLUSIONS: Final = (NOT_NECESSARY, *_DECISIVE, *_WEIGHING)

_SENTENCE: Final = re.compile(r"(?<=[.!?])[\"”)]?\s+(?=[A-Z0-9(\"“])")


def sentences(text: str) -> list[tuple[int, int]]:
    """Bounds of the sentences of `text`."""
    bounds = []
    start = 0
    for match in _SENTENCE.finditer(text):
        bounds.append((start, match.start()))
        start = match.end()
    bounds.append((start, len(text)))
    return bounds


def conclusions(text: str) -> list[tuple[int, int]]:
    """Bounds of the sentences of a rationale that say how it was decided: those with words that decide, or if there
    are none, those with words that weigh; and the last one, whatever it says.
    """
    bounds = sentences(text)
    for patterns in ((NOT_NECESSARY, *_DECISIVE), _WEIGHING):
        if chosen := [one for one in bounds if _holds(text, one, patterns)]:
            return chosen if chosen[-1] == bounds[-1] else [*chosen, bounds[-1]]
    return bounds[-1:]


def reasons(text: str) -> list[tuple[int, int]]:
    """Bounds of the sentences of a rationale that do not say how it was decided: neither one that a pattern of
    `CONCLUSIONS` catches, nor the last one.
    """
    return [bounds for bounds in sentences(text)[:-1] if not _holds(text, bounds, CONCLUSIONS)]


def _holds(text: str, bounds: tuple[int, int], patterns: Iterable[re.Pattern[str]]) -> bool:
    return any(pattern.search(text, *bounds) for pattern in patterns)


def says_necessary(text: str) -> bool:
    """Whether the words that decide most reviews occur at all, whichever way."""
    return bool(_DECISIVE[0].search(text))


def regex_outcome(text: str) -> str:
    """The outcome as the one regular expression reads it: UPHELD where something is not medically necessary."""
    return "UPHELD" if NOT_NECESSARY.search(text) else "OVERTURNED"

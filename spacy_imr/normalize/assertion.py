"""Whether a diagnosis is affirmed, denied, supposed, past, another person's, or said of patients in general."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from spacy_imr.normalize.cues import CUES, GENERAL, PATIENT, PSEUDO, TERMINATORS, Assertion, Direction

# How far a cue reaches inside its sentence, in characters. A list ("no fever, chills, …") may be long.
REACH: Final = 180
# Where several cues hold, the first of these counts.
_ORDER: Final[tuple[Assertion, ...]] = ("other_person", "negated", "hypothetical", "historical")

# An empty line ends a sentence only where the line before it has ended, or a heading stands: in some letters every
# line is followed by an empty one.
_SENTENCE_END: Final = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bvs)(?<!\bMs)[.!?;]\s+(?=[A-Z0-9(\"“])"
    r"|\n[ \t\r]*\n\s*(?=[A-Z0-9][^\n]*:)"
    r"|(?<![Hh]istory)(?<!HISTORY):\s*\n"
)


def _words(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in sorted(phrases, key=len, reverse=True))


_PSEUDO: Final = re.compile(rf"(?<![\w-])(?:{_words(PSEUDO)})(?!\w)", re.IGNORECASE)
_TERMINATOR: Final = re.compile(
    rf"(?<![\w-])(?:{_words(TERMINATORS)})(?!\w)|;|,\s+and\s+(?:the|his|her|its)\b", re.IGNORECASE
)
_GENERAL: Final = re.compile(rf"(?<![\w-])(?:{_words(GENERAL)})(?!\w)", re.IGNORECASE)
_PATIENT: Final = re.compile(rf"(?<![\w-])(?:{_words(PATIENT)})(?!\w)", re.IGNORECASE)
_FAR: Final[dict[tuple[Assertion, Direction], re.Pattern[str]]] = {
    (assertion, direction): re.compile(rf"(?<![\w-])(?:{_words(cues)})(?!\w)", re.IGNORECASE)
    for assertion, direction, reach, cues in CUES
    if reach == "clause"
}
# A near cue, then at most three words.
_NEAR: Final[dict[Assertion, re.Pattern[str]]] = {
    assertion: re.compile(rf"(?<![\w-])(?:{_words(cues)})(?!\w)(?:\s+[\w'-]+){{0,3}}\s*$", re.IGNORECASE)
    for assertion, direction, reach, cues in CUES
    if reach == "near"
}


_TO_RULE_OUT: Final = re.compile(r"\s*,?\s*\(?(?:r/o|rule\s+out)\b", re.IGNORECASE)
_CLAUSE_END: Final = re.compile(r"[,;(]|\band\b")
_WORD: Final = re.compile(r"[a-z/]+")
_FIRST_WORDS: Final = frozenset(
    _WORD.findall(cue)[0] for _, direction, _, cues in CUES if direction == "before" for cue in cues
)
_DENIED: Final = re.compile(r"(?:\bnot|\bnever|n['’]t)(?:\s+(?:been|yet|ever)){0,2}\s*$", re.IGNORECASE)


class Assertions:
    """Assertions of the diagnoses of one text; its sentences are found once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = [match.end() for match in _SENTENCE_END.finditer(text)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Bounds of the sentence around a mention."""
        before = bisect_right(self.ends, start)
        after = bisect_left(self.ends, end)
        begin = self.ends[before - 1] if before else 0
        return begin, self.ends[after] if after < len(self.ends) else len(self.text)

    def of(self, start: int, end: int) -> Assertion:
        """Assertion of the diagnosis that stands at `start` to `end`."""
        begin, stop = self.sentence(start, end)
        before = self._before(begin, start)
        after = self.text[end : min(stop, end + REACH)]
        if _TO_RULE_OUT.match(after):
            return "hypothetical"
        # What follows a mention speaks of it only inside its own clause.
        after = _PSEUDO.sub(_blank, _CLAUSE_END.split(after, maxsplit=1)[0])
        for stop_at in _terminators(after):
            after = after[: stop_at.start()]
            break
        for assertion in _ORDER:
            near = _NEAR.get(assertion)
            if before and (_FAR[assertion, "before"].search(before) or (near and near.search(before[-80:]))):
                return assertion
            pattern = _FAR.get((assertion, "after"))
            if pattern and pattern.search(after):
                return assertion
        sentence = self.text[max(begin, start - 1500) : min(stop, end + 1500)]
        if _GENERAL.search(sentence) and not _PATIENT.search(sentence):
            return "general"
        return "affirmed"

    def _before(self, begin: int, start: int) -> str:
        """What stands before a mention and may speak of it; empty if not even the first word of a cue is there."""
        before = self.text[max(begin, start - REACH) : start]
        if _FIRST_WORDS.isdisjoint(_WORD.findall(before.lower())):
            return ""
        before = _PSEUDO.sub(_blank, before)
        for stop_at in _terminators(before):
            before = " " * stop_at.end() + before[stop_at.end() :]
        return before


def _terminators(text: str) -> list[re.Match[str]]:
    """The terminators in `text`, but for those that are denied themselves ("was not demonstrated")."""
    return [
        match
        for match in _TERMINATOR.finditer(text)
        if not _DENIED.search(text[max(0, match.start() - 30) : match.start()])
    ]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])

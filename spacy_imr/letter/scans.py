"""What an optical reader makes of a printed word."""

from __future__ import annotations

import re
from typing import Final

# Characters that are taken for one another, and pairs that are taken for one character.
LOOK_ALIKES: Final = ("Iil1|!íì", "Oo0", "Ss5", "ec", "bh", "ft", "gq9")
RUN_TOGETHER: Final = {"rn": "m", "cl": "d", "fi": "ﬁ", "fl": "ﬂ", "vv": "w"}
_RUN_APART: Final = {one: two for two, one in RUN_TOGETHER.items()}


def scanned(word: str) -> str:
    """Source of a regular expression for `word`, as printed or misread. Each letter keeps its case, unless the
    expression ignores it or the case makes no difference to the eye (``Oo0``).
    """
    source = ""
    at = 0
    while at < len(word):
        pair = word[at : at + 2]
        if pair in RUN_TOGETHER:
            source += f"(?:{_one(pair[0])}{_one(pair[1])}|{RUN_TOGETHER[pair]})"
            at += 2
        else:
            source += _one(word[at])
            at += 1
    return source


def _one(char: str) -> str:
    if char in _RUN_APART:
        return f"(?:{char}|{_RUN_APART[char]})"
    alike = next((group for group in LOOK_ALIKES if char in group), None)
    return f"[{re.escape(alike)}]" if alike else re.escape(char)

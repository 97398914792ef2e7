"""Chapters, sections and pages that a citation names."""

from __future__ import annotations

import re
from typing import Final

_SECTIONS: Final = re.compile(
    r"Section\(?s?\)?\s*:\s*(?P<value>.{0,600}?)(?=\.\s|\.?$|,\s+and\s+[A-Z][\w ]+\d{4}|;\s)", re.DOTALL
)
_TITLE: Final = r"\b[A-Z][A-Za-z]{0,30}(?:[\s,&/-]{1,9}(?:and\s+)?[A-Z][A-Za-z]{0,30}){0,9}"
_SOURCE: Final = re.compile(
    r"^(?:(?:Non-?MTUS|Citations?|Decision|based|on|the|MTUS|ACOEM|ODG|Official|Disability|Guidelines?|Medical|Treatment"
    r"|Utilization|Schedule|Per|The|California|CA)[\s,&/-]+)+"
)
_CHAPTER: Final = re.compile(
    rf"\bChapter\s+(?P<number>\d{{1,2}})\b(?:\s*[-:,(]?\s*(?P<name>{_TITLE}))?|(?P<before>{_TITLE})\s+[Cc]hapter\b(?!\s+\d)"
)
_PAGES: Final = re.compile(
    r"\b(?:pages?|pgs?|pp?)\b\.?\s*(?:\(s\))?\s*(?:numbers?\s*)?[:.]?\s*(?P<value>\d{1,4}(?:\s*(?:-|–|to|through|,|;|and|&)\s*\d{1,4})*)",
    re.IGNORECASE,
)


def cited_sections(citation: str) -> list[str]:
    """Sections and chapters named in a citation, in its order, white space collapsed."""
    found: list[tuple[int, str]] = []
    for match in _SECTIONS.finditer(citation):
        found.append((match.start(), match["value"]))
    for match in _CHAPTER.finditer(citation):
        if match["number"]:
            title = re.sub(r"[\s,]+(?:Pages?|Sections?|Tables?|pp?)$", "", match["name"] or "")
            name = f"Chapter {match['number']} {title}"
        else:
            name = _SOURCE.sub("", f"{match['before']} chapter")
        found.append((match.start(), name))
    return list(dict.fromkeys(" ".join(value.split()).strip(" .,;") for _, value in sorted(found) if value.strip()))


def cited_pages(citation: str) -> list[str]:
    """Pages named in a citation, single pages and ranges (``303-305``), in its order."""
    pages = []
    for match in _PAGES.finditer(citation):
        value = re.sub(r"\s*(?:-|–|\bto\b|\bthrough\b)\s*", "-", " ".join(match["value"].split()))
        pages += [page for page in re.split(r"\s*(?:,|;|\band\b|&)\s*", value) if page]
    return list(dict.fromkeys(pages))

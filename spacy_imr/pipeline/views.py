"""What a classifier may read of an issue: the views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from spacy.tokens import Doc
from spacy.util import registry

from spacy_imr.letter.conclusions import conclusions, reasons, regex_outcome, says_necessary

IssueDict = dict[str, Any]
# A view is given the document, its text (taken once), and an issue, and gives what to read, maybe nothing: words, or
# sentences, each a list of words.
View = Callable[[Doc, str, IssueDict], list[Any]]
Bounds = tuple[int, int]

CITATIONS: Final = ("claims_administrator_citation", "reviewer_citation")
PARTS: Final = ("heading", "rationale", "conclusion", "verdict", "ending", "reasons", *CITATIONS)
# How far behind an item its outcome may stand ("… is not medically necessary and appropriate").
_TAIL: Final = 60


@registry.misc("imr.issue_view.v1")
def create_issue_view(parts: list[str]) -> View:
    """A view of the named parts of an issue.

    parts: some of ``heading`` (the item and the words that decide on it), ``rationale``, ``conclusion`` (its sentences
        that say how it was decided, see `spacy_imr.letter.conclusions`), ``verdict`` (two words: what the regular
        expression there makes of it, and whether any words that decide most reviews occur), ``ending`` (the words of
        the last sentence once more, marked as such), ``reasons`` (the sentences that do not say it),
        ``claims_administrator_citation``, ``reviewer_citation``. Raises `ValueError` for another name.
    """
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise ValueError(f"imr.issue_view.v1: unknown parts {unknown}. Use some of {list(PARTS)}.")

    def view(doc: Doc, text: str, issue: IssueDict) -> list[str]:
        words = lowered(doc, [bounds for part in parts for bounds in part_bounds(text, issue, part)])
        if "verdict" in parts and issue["rationale"]:
            rationale = text[slice(*issue["rationale"])]
            words += [regex_outcome(rationale), "\x00stated" if says_necessary(rationale) else "\x00silent"]
        if "ending" in parts:
            words += [f"\x00{word}" for word in lowered(doc, part_bounds(text, issue, "conclusion")[-1:])]
        return words

    return view


@registry.misc("imr.issue_sentences.v1")
def create_sentence_view() -> View:
    """A view of the reasons (see `create_issue_view`), sentence by sentence."""

    def view(doc: Doc, text: str, issue: IssueDict) -> list[list[str]]:
        return [words for _, words in reason_sentences(doc, text, issue)]

    return view


def reason_sentences(doc: Doc, text: str, issue: IssueDict) -> list[tuple[int, list[str]]]:
    """The sentences of an issue's reasons: where each begins, and its words."""
    found = [(bounds[0], lowered(doc, [bounds])) for bounds in part_bounds(text, issue, "reasons")]
    return [(start, words) for start, words in found if words]


def part_bounds(text: str, issue: IssueDict, part: str) -> list[Bounds]:
    """Where a part of an issue stands in the text; several pieces for the reasons, none if the issue lacks it."""
    if part == "heading":
        if not issue["item"]:
            return []
        start, end = issue["item"]
        stop = min(
            [end + _TAIL, len(text)] + [issue[key][0] for key in CITATIONS if issue[key] and issue[key][0] > end]
        )
        return [(start, stop)]
    if part in ("reasons", "conclusion"):
        if not issue["rationale"]:
            return []
        start, end = issue["rationale"]
        chosen = (reasons if part == "reasons" else conclusions)(text[start:end])
        return [(start + low, start + high) for low, high in chosen]
    return [tuple(issue[part])] if part in (*CITATIONS, "rationale") and issue[part] else []


def lowered(doc: Doc, pieces: Sequence[Bounds]) -> list[str]:
    """The words of the pieces in lower case, without white space, so that neither wrapping nor capitals matter."""
    words: list[str] = []
    for start, end in pieces:
        span = doc.char_span(start, end, alignment_mode="expand") if start < end else None
        words += [token.lower_ for token in span or () if not token.is_space]
    return words

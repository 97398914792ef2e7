"""What a pipeline read wrongly, mistake by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.counts import Span
from spacy_imr.pipeline.issue_classifier import doc_issues

Kind = Literal["missed", "made up", "bounds", "label"]
KINDS: Final[dict[Kind, str]] = {
    "missed": "annotated, and nothing was read there",
    "made up": "read, and nothing is annotated there",
    "bounds": "the right label with other bounds",
    "label": "another label",
}


@dataclass(frozen=True)
class Mistake:
    """Annotated and read mentions that overlap and are not the same; `start` and `end` hold them all."""

    kind: Kind
    start: int
    end: int
    gold: tuple[Span, ...]
    read: tuple[Span, ...]


def entity_mistakes(gold: set[Span], read: set[Span]) -> list[Mistake]:
    """The mistakes of one letter in the order of its text. They overlap neither one another nor what is right."""
    groups: list[list[Span]] = []
    reach = -1
    for span in sorted(gold ^ read):
        if span[0] >= reach:
            groups.append([])
        groups[-1].append(span)
        reach = max(reach, span[1])
    return [_mistake([s for s in group if s in gold], [s for s in group if s in read]) for group in groups]


def _mistake(gold: list[Span], read: list[Span]) -> Mistake:
    kind: Kind
    if not read:
        kind = "missed"
    elif not gold:
        kind = "made up"
    else:
        kind = "bounds" if {span[2] for span in gold} == {span[2] for span in read} else "label"
    both = gold + read
    return Mistake(kind, min(s for s, _, _ in both), max(e for _, e, _ in both), tuple(gold), tuple(read))


def issue_mistakes(letter: CorpusLetter, doc: Doc) -> Iterator[str]:
    """A line for each issue that was not found, or whose item or outcome was read wrongly."""
    read = {issue["number"]: issue for issue in doc_issues(doc)}
    for issue in letter.issues:
        guess = read.get(issue.number)
        if guess is None:
            yield f"issue {issue.number} was not found"
            continue
        if guess["outcome"] != issue.outcome:
            yield f"issue {issue.number}: the outcome is {issue.outcome}, read {guess['outcome'] or 'none'}"
        item = letter.text[issue.item.start : issue.item.end] if issue.item else "none"
        found = letter.text[slice(*guess["item"])] if guess["item"] else "none"
        if found != item:
            yield f"issue {issue.number}: the item is “{' '.join(item.split())}”, read “{' '.join(found.split())}”"

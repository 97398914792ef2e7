"""What changed between two corpus files, mention by mention."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from spacy_imr.corpus_format import CorpusLetter, read_corpus


def diff(old: Path, new: Path) -> list[str]:
    """Lines that say which letters, mentions and issues were added, removed or changed."""
    before = {letter.id: letter for letter in read_corpus(old)}
    after = {letter.id: letter for letter in read_corpus(new)}
    lines = [f"- letter {name}" for name in before if name not in after]
    lines += [f"+ letter {name}" for name in after if name not in before]
    for name in before.keys() & after.keys():
        lines += _letter_diff(before[name], after[name])
    return sorted(lines, key=lambda line: (line[2:].split(":")[0], line))


def _letter_diff(old: CorpusLetter, new: CorpusLetter) -> Iterator[str]:
    if old.text != new.text:
        yield f"~ {old.id}: the text changed"
        return
    left = {(span.start, span.end, span.label) for span in old.spans}
    right = {(span.start, span.end, span.label) for span in new.spans}
    for mark, spans in (("-", left - right), ("+", right - left)):
        for start, end, label in sorted(spans):
            before = " ".join(old.text[max(0, start - 40) : start].split())
            after = " ".join(old.text[end : end + 30].split())
            mention = " ".join(old.text[start:end].split())
            yield f"{mark} {old.id}:{start:06d}: {label} ...{before} [{mention}] {after}..."
    for one, other in zip(old.issues, new.issues, strict=False):
        for field, value in one.model_dump().items():
            if value != getattr(other, field) and value != other.model_dump()[field]:
                yield f"~ {old.id}: issue {one.number}: {field}: {value} -> {other.model_dump()[field]}"
    if len(old.issues) != len(new.issues):
        yield f"~ {old.id}: {len(old.issues)} issues -> {len(new.issues)}"

"""Corrected letters come back: every offset is checked, what does not fit is listed, nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.tools import Correction
from spacy_imr.corpus_format import CorpusLetter, GoldSpan
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.tokenizer import blank_pipeline


@dataclass
class Imported:
    """What came back: the corrected letters of each annotator in the order of the corpus, the ``conflicts`` (a line
    each; a letter with one is not taken over), and the letters that are ``pending``, corrected by nobody.
    """

    letters: dict[str, list[CorpusLetter]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


def take_over(base: Sequence[CorpusLetter], corrections: Iterable[Correction], tool: str, annotator: str) -> Imported:
    """Put corrected mentions in the place of those of `base`; issues and header stay.

    annotator: the name of whoever the tool does not name.
    """
    known = {letter.id: letter for letter in base}
    found = Imported()
    done: dict[tuple[str, str], CorpusLetter] = {}
    for correction in corrections:
        who = correction.annotator or annotator
        where = f"{correction.letter} ({who})"
        letter = known.get(correction.letter)
        if letter is None:
            found.conflicts.append(f"{where}: the corpus file holds no such letter. Give the file that was exported.")
            continue
        problems = list(_problems(letter, correction))
        corrected = _corrected(letter, correction, tool, who) if not problems else letter
        before = done.get((who, letter.id))
        if not problems and before is not None and before != corrected:
            problems = ["corrected twice, and not alike. Keep one of the two in the tool"]
        found.conflicts += [f"{where}: {problem}." for problem in problems]
        if not problems:
            done[who, letter.id] = corrected
    for who in sorted({who for who, _ in done}):
        found.letters[who] = [done[who, letter.id] for letter in base if (who, letter.id) in done]
    found.pending = [letter.id for letter in base if letter.id not in {name for _, name in done}]
    return found


def _problems(letter: CorpusLetter, correction: Correction) -> Iterator[str]:
    if correction.text != letter.text:
        yield "the text is not the one that was exported. Export the letter again"
        return
    doc = blank_pipeline().make_doc(letter.text)
    last: tuple[int, int] | None = None
    for start, end, label, surface in sorted(correction.spans):
        where = f"{label} {letter.text[start:end]!r} at {start}-{end}"
        if label not in ENTITY_LABELS:
            yield f"{where}: no label of the guidelines. Use one of {', '.join(ENTITY_LABELS)}"
        elif not 0 <= start < end <= len(letter.text) or not letter.text[start:end].strip():
            yield f"{where}: holds nothing of the text of {len(letter.text)} characters"
        elif surface is not None and surface != letter.text[start:end]:
            yield f"{where}: the tool says {surface!r}. Its offsets count other characters"
        elif last is not None and start < last[1]:
            yield f"{where}: overlaps the mention at {last[0]}-{last[1]}. Keep one of the two"
        elif doc.char_span(*_trimmed(letter.text, start, end)) is None:
            yield f"{where}: cuts a word. Begin and end it where a word does"
        else:
            last = (start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds without white space at the edges, which a mouse easily takes along."""
    surface = text[start:end]
    return start + len(surface) - len(surface.lstrip()), end - len(surface) + len(surface.rstrip())


def _corrected(letter: CorpusLetter, correction: Correction, tool: str, annotator: str) -> CorpusLetter:
    spans = []
    for start, end, label, _ in sorted(correction.spans):
        low, high = _trimmed(letter.text, start, end)
        spans.append(GoldSpan.model_validate({"start": low, "end": high, "label": label}))
    provenance = {key: value for key, value in letter.provenance.items() if key != "confidence"}
    provenance |= {"source": "corrected", "tool": tool, "annotator": annotator}
    return letter.model_copy(update={"spans": spans, "provenance": provenance})

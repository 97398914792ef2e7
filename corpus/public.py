"""Public letters as standoff: case number, hash, offsets and labels; never a word of their text.

Offsets count the characters of the letter that are no white space, with U+0002 and U+FFFE (a hyphen at the end
of a line, as pypdfium2 gives it) read as ``-``. So every way of extracting the text of a PDF file gives the same
offsets.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.files import SPLITS
from spacy_imr.corpus_format import CorpusLetter, write_corpus
from spacy_imr.inputs import read_text
from spacy_imr.pdf import LINE_END_HYPHEN, UnreadableError

FOLDER = Path(__file__).parent / "public"
REGIONS = ("item", "claims_administrator_citation", "reviewer_citation", "rationale")

Standoff = dict[str, Any]


def squeeze(text: str) -> str:
    """`text` without white space, a marked hyphen read as a hyphen."""
    return "".join(LINE_END_HYPHEN.sub("-", text).split())


def text_hash(text: str) -> str:
    """SHA-256 of the text without white space."""
    return hashlib.sha256(squeeze(text).encode()).hexdigest()


def to_standoff(letter: CorpusLetter) -> Standoff:
    """A letter as standoff: nothing of its text is left but the case number."""
    position = [0] * (len(letter.text) + 1)
    for index, char in enumerate(letter.text):
        position[index + 1] = position[index] + (not char.isspace())
    issues = []
    for issue in letter.issues:
        plain = issue.model_dump()
        for region in REGIONS:
            if plain[region]:
                plain[region] = [position[plain[region]["start"]], position[plain[region]["end"]]]
        plain["reasons"] = [[position[one.start], position[one.end], one.side] for one in issue.reasons]
        issues.append(plain)
    return {
        "id": letter.id,
        "format": letter.format,
        "sha256": text_hash(letter.text),
        "spans": [[position[span.start], position[span.end], span.label] for span in letter.spans],
        "issues": issues,
        "header": {
            name: [position[field.start], position[field.end], field.value] for name, field in letter.header.items()
        },
        "provenance": letter.provenance,
    }


def from_standoff(record: Standoff, text: str) -> CorpusLetter:
    """Join a standoff record with the text of its letter.

    Raises `ValueError` if the text is not the one that was annotated.
    """
    if text_hash(text) != record["sha256"]:
        raise ValueError(f"{record['id']}: the text differs from the one annotated. Fetch the letter again.")
    starts = [index for index, char in enumerate(text) if not char.isspace()]

    def region(start: int, end: int) -> dict[str, int]:
        return {"start": starts[start], "end": starts[end - 1] + 1}

    issues = [
        issue
        | {name: region(*issue[name]) if issue[name] else None for name in REGIONS}
        | {"reasons": [region(start, end) | {"side": side} for start, end, side in issue.get("reasons", ())]}
        for issue in record["issues"]
    ]
    spans = [region(start, end) | {"label": label} for start, end, label in record["spans"]]
    header = {name: region(start, end) | {"value": value} for name, (start, end, value) in record["header"].items()}
    fields = {"id": record["id"], "format": record["format"], "text": text, "spans": spans, "issues": issues}
    fields["header"] = header
    return CorpusLetter.model_validate(fields | {"provenance": record["provenance"]})


def read_standoff(name: str) -> list[Standoff]:
    """The standoff records of a split (``train``, ``dev``, ``test``)."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def find_text(folder: Path, case: str) -> str | None:
    """The text of a case in a folder of downloaded letters: ``text/CASE.txt``, ``CASE.txt``, or the PDF file."""
    for path in (
        folder / "text" / f"{case}.txt",
        folder / f"{case}.txt",
        folder / "pdf" / f"{case}.pdf",
        folder / f"{case}.pdf",
    ):
        if path.is_file():
            return read_text(path)
    return None


def join(name: str, folder: Path) -> Iterator[CorpusLetter | str]:
    """The letters of a split whose texts stand in `folder`; for each other one, a line that says what is wrong."""
    for record in read_standoff(name):
        try:
            text = find_text(folder, record["id"])
            yield from_standoff(record, text) if text is not None else f"{record['id']}: no text in {folder}"
        except (UnreadableError, ValueError) as error:
            yield f"{record['id']}: {error}"


def join_all(letters: Path, target: Path) -> dict[str, Path]:
    """`join_folder` for every split, into the folder `target`; the corpus files by split."""
    target.mkdir(parents=True, exist_ok=True)
    return {name: join_folder(name, letters, target / f"{name}.jsonl") for name in SPLITS}


def join_folder(name: str, folder: Path, target: Path) -> Path:
    """Write the letters of a split that `folder` holds as a corpus file, and say what is missing or changed."""
    joined = list(join(name, folder))
    letters = [letter for letter in joined if isinstance(letter, CorpusLetter)]
    for problem in joined:
        if isinstance(problem, str):
            print(problem, file=sys.stderr)
    if not letters:
        raise ValueError(f"{folder}: holds no letter of the public {name} set. Fetch them by case number.")
    write_corpus(target, letters)
    return target

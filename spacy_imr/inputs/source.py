"""What is read, before and after it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc

Kind = Literal["file", "member", "lines", "parquet", "dataset", "fault"]


@dataclass(frozen=True)
class Input:
    """One thing that holds letters, found and not yet opened; plain values only.

    kind: a text or PDF file, a member of a zip archive, rows of a JSONL file, of a Parquet file or of a saved
    ``datasets`` table, or a fault: something named that cannot be read.
    name: what the user reads; of rows, the table's name.
    path: where it is, relative to the folder the command was given in.
    start, stop: the rows, counted from 0, or the place of the member in the archive.
    offset: byte where the first row of a JSONL file begins.
    column: the column of the text.
    mark: what tells it from an input of the same name, such as its size.
    message: what is wrong with a fault.
    """

    kind: Kind
    name: str
    path: str = ""
    start: int = 0
    stop: int = 1
    offset: int = 0
    column: str = ""
    mark: str = ""
    message: str = ""

    def __len__(self) -> int:
        return self.stop - self.start

    def row_name(self, row: int) -> str:
        """Name of a row, counted from 1 as a spreadsheet does."""
        return f"{self.name}#{row + 1}"


@dataclass(frozen=True)
class Source:
    """One input, opened: its name and either its text or what is wrong with it.

    pages: offsets ``(start, end)`` of the pages of a PDF file.
    flagged: whether it is an encrypted PDF file that asks not to be extracted from.
    """

    name: str
    text: str | None = None
    error: str | None = None
    pages: list[tuple[int, int]] | None = None
    flagged: bool = False

    def read(self, nlp: Language) -> Doc:
        """The text as `nlp` reads it, its pages in ``doc._.pages``."""
        doc = nlp(self.text or "")
        doc._.pages = [list(page) for page in self.pages] if self.pages else None
        return doc


def printable(name: str) -> str:
    """A name as it may stand in a log or a row: what is no printable character (control characters, marks of
    direction, bytes that are no text) as its escape.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)

"""Where letters come from: files, folders, standard input."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.pdf import UnreadableError, read_pdf

SUFFIXES: Final = (".txt", ".text", ".pdf")

# Words of the genre. A text that holds none of them is no determination and no part of one.
_GENRE: Final = re.compile(
    r"medically\s*necessary|medical\s+necessity|utilization\s+review|claims\s+administrator|\bMTUS\b|\bODG\b|\bACOEM\b|"
    r"independent\s+medical\s+review|injured\s+worker|decision\s+rationale|\bMAXIMUS\b|industrial(?:ly)?\s+injur|"
    r"\bapplicant\b|\bclaimant\b|date\s+of\s+injury|work[- ]related|"
    r"\b(?:request|treatment|therapy|MRI|injections?|surgery)\b[^.]{0,200}\b(?:necessary|indicated|supported|documented|approved|denied|certified)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Source:
    """One input: its name and either its text or what is wrong with it."""

    name: str
    text: str | None = None
    error: str | None = None
    pages: list[tuple[int, int]] | None = None

    def read(self, nlp: Language) -> Doc:
        """The text as `nlp` reads it, its pages in ``doc._.pages``."""
        doc = nlp(self.text or "")
        doc._.pages = [list(page) for page in self.pages] if self.pages else None
        return doc


def read_text(path: Path) -> str:
    """Text of a text or PDF file; raises what `read_source` raises."""
    return read_source(path).text or ""


def read_source(path: Path) -> Source:
    """A text or PDF file, with the pages of a PDF.

    Raises `UnreadableError` for a file that is missing, empty, binary or no text of the genre.
    """
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableError(f"cannot be opened: {reason}") from error
    return _from_bytes(str(path), data, path.suffix.lower() == ".pdf")


def _from_bytes(name: str, data: bytes, pdf: bool) -> Source:
    if not data:
        raise UnreadableError("the file is empty. Fetch it again.")
    if pdf or data[:1024].lstrip().startswith(b"%PDF-"):
        found = read_pdf(data)
        return Source(name, check_text(found.text), pages=found.pages)
    return Source(name, check_text(decode(data)))


def decode(data: bytes) -> str:
    """Bytes of a text file as text: UTF-8, else Windows-1252. Line ends stay as they are; a byte order mark goes.

    Raises `UnreadableError` for binary data.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not marked:
        raise UnreadableError("binary data, not text. Give text (UTF-8) or a PDF file.")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("not text in UTF-8 or Windows-1252. Convert it, or give the PDF file.")


def check_text(text: str) -> str:
    """`text` itself if it can be a letter or a part of one.

    Raises `UnreadableError` if it is blank or holds no word of the genre.
    """
    if not text.strip():
        raise UnreadableError("the file holds nothing but white space. Fetch it again.")
    if not _GENRE.search(text):
        raise UnreadableError(
            "no word of a determination letter was found: this seems to be another kind of text. Leave it out."
        )
    return text


def find_sources(inputs: Iterable[str]) -> Iterator[Source]:
    """Every letter that `inputs` name: files, folders (searched in depth for text and PDF files), ``-`` for
    standard input. An input that cannot be read is a source with an error; none is left out.
    """
    for name in inputs:
        if name == "-":
            yield _source("-", None)
            continue
        path = Path(name)
        if _is_folder(path):
            found = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
            if not found:
                yield Source(name, error=f"the folder holds no file ending in {', '.join(SUFFIXES)}")
            for child in found:
                yield _source(str(child), child)
        else:
            yield _source(name, path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _source(name: str, path: Path | None) -> Source:
    try:
        return read_source(path) if path else _from_bytes(name, sys.stdin.buffer.read(), pdf=False)
    except UnreadableError as error:
        return Source(name, error=str(error))

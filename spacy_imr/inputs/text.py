"""Text of files and of bytes."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from spacy_imr.inputs.limits import Limits
from spacy_imr.inputs.source import Source
from spacy_imr.pdf import PdfText, UnreadableError, read_pdf

PdfReader = Callable[[bytes], PdfText]

# Words of the genre. A text that holds none of them is no determination and no part of one.
_GENRE: Final = re.compile(
    r"medically\s*necessary|medical\s+necessity|utilization\s+review|claims\s+administrator|\bMTUS\b|\bODG\b|\bACOEM\b|"
    r"independent\s+medical\s+review|injured\s+worker|decision\s+rationale|\bMAXIMUS\b|industrial(?:ly)?\s+injur|"
    r"\bapplicant\b|\bclaimant\b|date\s+of\s+injury|work[- ]related|"
    r"\b(?:request|treatment|therapy|MRI|injections?|surgery)\b[^.]{0,200}\b(?:necessary|indicated|supported|documented|approved|denied|certified)\b",
    re.IGNORECASE,
)


def read_text(path: Path) -> str:
    """Text of a text or PDF file; raises what `read_source` raises."""
    return read_source(path).text or ""


def read_source(path: Path) -> Source:
    """A text or PDF file, with the pages of a PDF, however large.

    Raises `UnreadableError` for a file that is missing, empty, binary or no text of the genre.
    """
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableError(why_not_opened(error)) from error
    return from_bytes(str(path), data, is_pdf_name(path.name), read_pdf)


def read_bounded(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file of at most `limits.file_bytes`; raises `UnreadableError` for any other."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableError("not a regular file. Pipe it to standard input, named -.")
        with path.open("rb") as file:
            return within(file.read(limits.file_bytes + 1), limits)
    except UnreadableError:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableError(why_not_opened(error)) from error


def within(data: bytes, limits: Limits) -> bytes:
    """`data` itself; raises `UnreadableError` if it is longer than a file may be."""
    if len(data) > limits.file_bytes:
        raise UnreadableError(f"holds more than {limits.file_bytes:,} bytes. Split it, or leave it out.")
    return data


def why_not_opened(error: Exception) -> str:
    """What an error of opening says, without the name."""
    return f"cannot be opened: {error.strerror if isinstance(error, OSError) else error}"


def is_pdf_name(name: str) -> bool:
    """Whether a name ends as a PDF file's does."""
    return name.lower().endswith(".pdf")


def from_bytes(name: str, data: bytes, pdf: bool, reader: PdfReader, limits: Limits | None = None) -> Source:
    """The source that `data` holds: a PDF file if it is named or begins as one, else text.

    Raises `UnreadableError` for data that is empty, binary, no text of the genre, or longer than `limits` allow.
    """
    if not data:
        raise UnreadableError("the file is empty. Fetch it again.")
    if pdf or data[:1024].lstrip().startswith(b"%PDF-"):
        found = reader(data)
        return Source(name, check_text(found.text, limits), pages=found.pages, flagged=found.flagged)
    return Source(name, check_text(decode(data), limits))


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


def check_text(text: str, limits: Limits | None = None) -> str:
    """`text` itself if it can be a letter or a part of one.

    Raises `UnreadableError` if it is blank, holds no word of the genre, or is longer than `limits` allow.
    """
    if limits and len(text) > limits.characters:
        raise UnreadableError(f"holds more than {limits.characters:,} characters. Split it into its letters.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableError("holds halves of characters (lone surrogates). Write it again as UTF-8.") from error
    if not text.strip():
        raise UnreadableError("the file holds nothing but white space. Fetch it again.")
    if not _GENRE.search(text):
        raise UnreadableError(
            "no word of a determination letter was found: this seems to be another kind of text. Leave it out."
        )
    return text

"""From an input to its letters' texts."""

from __future__ import annotations

import functools
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from spacy_imr.inputs.limits import Limits
from spacy_imr.inputs.listing import list_inputs
from spacy_imr.inputs.sandbox import PdfSandbox
from spacy_imr.inputs.source import Input, Source
from spacy_imr.inputs.tables import read_rows
from spacy_imr.inputs.text import PdfReader, check_text, from_bytes, is_pdf_name, read_bounded, why_not_opened, within
from spacy_imr.pdf import UnreadableError


def open_input(entry: Input, read_pdf: PdfReader, limits: Limits, root: Path = Path()) -> Iterator[Source]:
    """The sources of an input, one for each row of a table and one for anything else; never raises for a bad one.

    read_pdf: reads the bytes of a PDF file, such as `PdfSandbox.read`.
    root (Path): the folder that paths are relative to.
    """
    if entry.kind == "fault":
        yield Source(entry.name, error=entry.message)
    elif entry.kind in ("file", "member"):
        yield _one(entry, read_pdf, limits, root / entry.path)
    else:
        yield from _rows(entry, limits, root / entry.path)


def find_sources(names: Iterable[str], column: str = "text") -> Iterator[Source]:
    """Every letter that `names` hold, as `list_inputs` and `open_input` find it; one that cannot be read is a source
    with an error, and none is left out.

    column: of tables, the column of the text.
    """
    limits = Limits()
    with PdfSandbox(limits) as sandbox, TemporaryDirectory() as spool:
        for entry in list_inputs(names, Path(spool), column, limits):
            yield from open_input(entry, sandbox.read, limits)


def _one(entry: Input, read_pdf: PdfReader, limits: Limits, path: Path) -> Source:
    try:
        data = read_bounded(path, limits) if entry.kind == "file" else _member(path, entry.start, limits)
        return from_bytes(entry.name, data, is_pdf_name(entry.name), read_pdf, limits)
    except UnreadableError as error:
        return Source(entry.name, error=str(error))


def _rows(entry: Input, limits: Limits, path: Path) -> Iterator[Source]:
    row = entry.start
    try:
        for text in read_rows(entry, path, limits):
            name = entry.row_name(row)
            row += 1
            if isinstance(text, UnreadableError):
                yield Source(name, error=str(text))
            elif text is not None:
                yield _checked(name, text, limits)
        if row < entry.stop:
            raise UnreadableError("the table has fewer rows than it had when it was listed")
    except Exception as error:  # a broken table ends with what its library raises; the rows after it are lost
        reason = str(error) if isinstance(error, UnreadableError) else f"the table is broken ({type(error).__name__})"
        yield from (Source(entry.row_name(lost), error=reason) for lost in range(row, entry.stop))


def _checked(name: str, text: str, limits: Limits) -> Source:
    try:
        return Source(name, check_text(text, limits))
    except UnreadableError as error:
        return Source(name, error=str(error))


def _member(path: Path, place: int, limits: Limits) -> bytes:
    try:
        archive = _archive(str(path), path.stat().st_mtime_ns)
        with archive.open(archive.infolist()[place]) as member:
            return within(member.read(limits.file_bytes + 1), limits)
    except OSError as error:
        raise UnreadableError(why_not_opened(error)) from error
    except UnreadableError:
        raise
    except (RuntimeError, NotImplementedError) as error:  # how zipfile says that it needs a password or a method
        raise UnreadableError("encrypted, or packed in an unknown way. Unpack it with its own program.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, IndexError, ValueError) as error:
        raise UnreadableError("damaged inside the archive. Fetch the archive again.") from error


@functools.lru_cache(maxsize=1)
def _archive(path: str, modified: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)

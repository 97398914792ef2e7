"""Everything that a list of names holds, found without reading a letter."""

from __future__ import annotations

import glob
import hashlib
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from spacy_imr.inputs import tables
from spacy_imr.inputs.limits import Limits
from spacy_imr.inputs.source import Input
from spacy_imr.inputs.text import why_not_opened
from spacy_imr.pdf import UnreadableError

SUFFIXES: Final = (".txt", ".text", ".pdf")
ARCHIVE: Final = ".zip"
_CHUNK: Final = 1 << 20


def list_inputs(
    names: Iterable[str], spool: Path, column: str = "text", limits: Limits | None = None
) -> Iterator[Input]:
    """Every input that `names` name, always in the same order; what cannot be read is a fault, and none is left out.

    names: text and PDF files; zip archives of them; folders, searched in depth for text files, PDF files and archives
    (hidden ones aside); globs; JSONL and Parquet files and tables saved by ``datasets``; ``-`` for standard input, a
    letter or JSONL. What two names hold is listed once.
    spool (Path): folder where standard input is kept.
    column: the column of tables that holds the text.
    """
    limits = limits or Limits()
    several = list(names)
    seen: set[tuple[object, ...]] = set()
    for name in several:
        found = _standard_input(spool, column, limits) if name == "-" else _named(name, column)
        for entry in found:
            key = (entry.kind, entry.start, os.path.abspath(entry.path or entry.name))
            if key in seen:
                continue
            if len(several) > 1:  # one name finds nothing twice
                seen.add(key)
            yield entry


def _named(name: str, column: str) -> Iterator[Input]:
    path = Path(name)
    try:
        if path.is_dir():
            yield from _folder(name, column)
        elif path.exists() or not glob.has_magic(name):
            yield from _file(name, column)
        else:
            found = sorted(glob.glob(name, recursive=True))
            if not found:
                yield fault(name, "the pattern matches nothing")
            for match in found:
                yield from _named(match, column)
    except (OSError, ValueError) as error:
        yield fault(name, why_not_opened(error))


def fault(name: str, message: str) -> Input:
    """An input that cannot be read, and why."""
    return Input("fault", name, message=message)


def _folder(name: str, column: str) -> Iterator[Input]:
    if tables.is_dataset(Path(name)):
        yield from _table(name, tables.dataset_rows(name, column))
        return
    faults: list[OSError] = []
    empty = True
    for folder, inner, files in os.walk(name, onerror=faults.append):
        inner[:] = sorted(child for child in inner if not child.startswith("."))
        for child in sorted(files):
            if child.lower().endswith((*SUFFIXES, ARCHIVE)) and not child.startswith("."):
                empty = False
                yield from _file(os.path.join(folder, child), column)
    yield from (fault(str(error.filename), why_not_opened(error)) for error in faults)
    if empty and not faults:
        yield fault(name, f"the folder holds no file ending in {', '.join((*SUFFIXES, ARCHIVE))}")


def _file(name: str, column: str) -> Iterator[Input]:
    ending = Path(name).suffix.lower()
    if ending == ARCHIVE:
        yield from _archive(name)
    elif ending == ".jsonl":
        yield from _table(name, tables.line_rows(name, name, column))
    elif ending == ".parquet":
        yield from _table(name, tables.parquet_rows(name, column))
    else:
        try:
            mark = str(Path(name).stat().st_size)
        except (OSError, ValueError):
            mark = ""  # said when it is opened
        yield Input("file", name, name, mark=mark)


def _table(name: str, rows: Iterator[Input]) -> Iterator[Input]:
    empty = True
    try:
        for found in rows:
            empty = False
            yield found
    except UnreadableError as error:
        yield fault(name, str(error))
    except OSError as error:
        yield fault(name, why_not_opened(error))
    else:
        if empty:
            yield fault(name, "the table has no row")


def _archive(name: str) -> Iterator[Input]:
    try:
        with zipfile.ZipFile(name) as archive:
            members = archive.infolist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        reason = why_not_opened(error) if isinstance(error, OSError) else "no readable zip archive. Fetch it again."
        yield fault(name, reason)
        return
    empty = True
    for place, member in enumerate(members):
        inner = member.filename
        shown = f"{name}!/{inner}"
        path = PurePosixPath(inner)
        if _climbs(inner):
            empty = False
            yield fault(shown, "the path climbs out of the archive. Have the archive made anew.")
        elif member.is_dir() or path.parts[:1] == ("__MACOSX",) or path.name.startswith("."):
            continue
        elif inner.lower().endswith(SUFFIXES):
            empty = False
            mark = f"{member.file_size}-{member.CRC:08x}"
            yield Input("member", shown, name, start=place, stop=place + 1, mark=mark)
        elif inner.lower().endswith(ARCHIVE):
            empty = False
            yield fault(shown, "an archive inside an archive is not opened. Unpack it first.")
    if empty:
        yield fault(name, f"the archive holds no file ending in {', '.join(SUFFIXES)}")


def _climbs(inner: str) -> bool:
    # An archive may have been written by a system of either kind.
    windows = PureWindowsPath(inner)
    return ".." in windows.parts or bool(windows.drive or windows.root)


def _standard_input(spool: Path, column: str, limits: Limits) -> Iterator[Input]:
    """Standard input, kept in `spool` under a name that its content gives."""
    stream = sys.stdin.buffer
    first = stream.read(_CHUNK)
    rows = first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    limit = limits.piped_bytes if rows else limits.file_bytes
    spool.mkdir(parents=True, exist_ok=True)
    temporary = spool / "stdin.tmp"
    digest = hashlib.sha256()
    size = 0
    with temporary.open("wb") as kept:
        chunk = first
        while chunk and size <= limit:
            digest.update(chunk)
            size += kept.write(chunk)
            chunk = stream.read(_CHUNK)
    mark = digest.hexdigest()[:16]
    path = temporary.replace(spool / f"stdin-{mark}")
    if rows and size > limit:
        yield fault("-", f"more than {limit:,} bytes of rows on standard input. Write them to files.")
    elif rows:
        yield from _table("-", tables.line_rows("-", str(path), column, mark))
    else:
        yield Input("file", "-", str(path), mark=mark)

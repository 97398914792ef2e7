"""Text of a PDF file. Needs the extra ``pdf`` (pypdfium2)."""

from __future__ import annotations

import itertools
import re
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# How the versions of pypdfium2 mark a hyphen that ends a line.
LINE_END_HYPHEN: Final = re.compile("[\x02\ufffe]")

# Bit 5 of the permissions of an encrypted file (ISO 32000-1, table 22).
_EXTRACT: Final = 1 << 4


class UnreadableError(ValueError):
    """An input that cannot be read; the message says what is wrong with it and how to mend it."""


@dataclass(frozen=True)
class PdfText:
    """Text of a PDF file and the offsets ``(start, end)`` of its pages in that text.

    flagged: whether the file is encrypted and its flags ask not to extract from it, as the state's letters do.
    """

    text: str
    pages: list[tuple[int, int]]
    flagged: bool = False


def read_pdf(source: Path | bytes, max_pages: int | None = None, max_characters: int | None = None) -> PdfText:
    """Text layer of a PDF file, lines ended by a line feed, an empty line where the page shows a gap.

    A hyphen at a line's end, which the library marks with U+0002 or U+FFFE, is a hyphen again. The state's files are
    encrypted with an empty password and are read like any other.

    Raises `UnreadableError` for a file that is no PDF, needs a password, has no text layer, or has more pages or
    characters than given.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise UnreadableError("reading PDF files needs pypdfium2: pip install 'spacy-imr[pdf]'") from error
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(f"not a readable PDF file ({error}). Open it in a viewer, or fetch it again.") from error
    try:
        flagged = _forbids_extraction(document)
        if max_pages is not None and len(document) > max_pages:
            raise UnreadableError(f"the PDF file has more than {max_pages:,} pages. Split it.")
        text = ""
        pages = []
        for number in range(len(document)):
            start = len(text)
            page = document[number]
            textpage = page.get_textpage()
            if max_characters is not None and start + textpage.count_chars() > max_characters:
                raise UnreadableError(f"the PDF file holds more than {max_characters:,} characters. Split it.")
            text += _page_text(textpage)
            textpage.close()
            page.close()
            pages.append((start, len(text)))
            text += "\n\n"
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(f"a page of the PDF file is broken ({error}). Fetch it again, or repair it.") from error
    finally:
        document.close()
    if not text.strip():
        raise UnreadableError("the PDF file has no text layer. Add one with an OCR tool, such as OCRmyPDF.")
    return PdfText(text, pages, flagged)


def _forbids_extraction(document) -> bool:  # type: ignore[no-untyped-def]
    import pypdfium2.raw

    encrypted = pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document.raw) >= 0
    return encrypted and not pypdfium2.raw.FPDF_GetDocPermissions(document.raw) & _EXTRACT


def _page_text(textpage) -> str:  # type: ignore[no-untyped-def]
    raw = textpage.get_text_range()
    lines = raw.split("\r\n")
    baselines: list[float | None] = []
    at = 0
    # One code point is one index of the page, as long as no character lies outside the basic plane.
    exact = textpage.count_chars() == len(raw)
    for line in lines:
        first = at + len(line) - len(line.lstrip())
        visible = exact and bool(line.strip())
        baselines.append(textpage.get_charbox(first, loose=True)[1] if visible else None)
        at += len(line) + 2
    gaps = [a - b for a, b in itertools.pairwise(baselines) if a is not None and b is not None and a > b]
    usual = statistics.median_low(gaps) if gaps else 0.0
    text = ""
    previous: float | None = None
    for line, baseline in zip(lines, baselines, strict=True):
        if text:
            gap = previous - baseline if previous is not None and baseline is not None else 0.0
            text += "\n\n" if gap > 1.6 * usual > 0 else "\n"
        text += line
        previous = baseline
    return LINE_END_HYPHEN.sub("-", text).replace("\r", "\n")

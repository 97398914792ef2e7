"""PDF libraries side by side: ``python -m training.pdf_libraries FOLDER [-o pdf_libraries.json]``.

For each library the milliseconds a file takes (median of files, and the slowest) and on how many files it gives the
same characters as `spacy_imr.pdf`, in the same order and in any, white space aside; hyphens that a library marks at a
line's end count as hyphens.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from spacy_imr.pdf import LINE_END_HYPHEN, read_pdf
from training.figures import show


def with_pypdfium2(data: bytes) -> str:
    """The library alone, without the gaps and pages that `spacy_imr.pdf` adds."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def with_pypdf(data: bytes) -> str:
    """pypdf, which asks for the empty password by itself."""
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def with_pdfminer(data: bytes) -> str:
    """pdfminer.six."""
    from pdfminer.high_level import extract_text

    return extract_text(io.BytesIO(data))


READERS: Final[dict[str, Callable[[bytes], str]]] = {
    "pypdfium2": with_pypdfium2,
    "pypdf": with_pypdf,
    "pdfminer.six": with_pdfminer,
}


def compare(files: list[Path]) -> dict[str, Any]:
    """Figures of each library over `files`, and of `spacy_imr.pdf`."""
    ours, own_times = _timed(lambda data: read_pdf(data).text, files)
    result: dict[str, Any] = {"files": len(files), "spacy_imr.pdf": _figures(own_times)}
    for name, reader in READERS.items():
        texts, times = _timed(reader, files)
        pairs = [(_characters(text), _characters(other)) for text, other in zip(texts, ours, strict=True)]
        result[name] = (
            {"version": version(name)}
            | _figures(times)
            | {
                "same_characters": sum(one == other for one, other in pairs),
                "same_in_any_order": sum(sorted(one) == sorted(other) for one, other in pairs),
            }
        )
    return result


def _timed(reader: Callable[[bytes], str], files: list[Path]) -> tuple[list[str], list[float]]:
    texts, times = [], []
    for path in files:
        data = path.read_bytes()
        start = time.perf_counter()
        texts.append(reader(data))
        times.append(time.perf_counter() - start)
    return texts, times


def _figures(times: list[float]) -> dict[str, float]:
    return {"milliseconds": round(1e3 * statistics.median(times), 1), "slowest": round(1e3 * max(times), 1)}


def _characters(text: str) -> str:
    return "".join(LINE_END_HYPHEN.sub("-", text).split())


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="python -m training.pdf_libraries", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    show(compare(sorted(options.folder.glob("*.pdf"))), options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())

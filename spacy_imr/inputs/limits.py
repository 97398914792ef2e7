"""What one input may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on one input; what goes past one is an error row, and the run goes on.

    A letter has about 8,000 characters on 3 to 6 pages. The pipeline takes time and memory in proportion to the
    characters (about 3 GB for a million), so that a bound on them bounds both.
    """

    file_bytes: int = 100_000_000
    characters: int = 1_000_000
    pages: int = 2_000
    seconds: float = 60.0
    """Of reading the text layer of one PDF file."""
    memory_bytes: int = 2_000_000_000
    """Address space that reading one PDF file may add (Linux)."""
    piped_bytes: int = 50_000_000_000
    """Rows on standard input, which are kept on disk while they are read."""

"""Where the files of the corpus stand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from spacy_imr.corpus_format import CorpusLetter, read_corpus

FOLDER: Final = Path(__file__).parent
AUTHORED: Final = FOLDER / "authored"
# Letters written like the authored ones, whose mentions a model labelled: to learn from only.
DRAFTS: Final = FOLDER / "drafts" / "train.jsonl"
SPLITS: Final = ("train", "dev", "test")


def authored() -> dict[str, list[CorpusLetter]]:
    """The authored letters by split."""
    return {name: list(read_corpus(AUTHORED / f"{name}.jsonl")) for name in SPLITS}

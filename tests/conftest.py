import os
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def letters_folder() -> Path:
    """Folder of public letters (pdf/, text/, seeds/), named by IMR_LETTERS."""
    folder = os.environ.get("IMR_LETTERS")
    if not folder:
        pytest.skip("the public letters are not at hand: set IMR_LETTERS to their folder")
    return Path(folder)


@pytest.fixture(scope="session")
def blank() -> Language:
    """The tokenizer alone."""
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "imr.Tokenizer.v1"}}})


@pytest.fixture(scope="session")
def rules() -> Language:
    """Everything that needs no training."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "imr.Tokenizer.v1"}}})
    nlp.add_pipe("imr_letter")
    nlp.add_pipe("imr_mentions")
    return nlp

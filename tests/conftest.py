import os
from pathlib import Path

import pytest
from spacy.language import Language

from spacy_imr.tokenizer import blank_pipeline

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
    return blank_pipeline()


@pytest.fixture(scope="session")
def rules() -> Language:
    """Everything that needs no training."""
    nlp = blank_pipeline()
    nlp.add_pipe("imr_letter")
    nlp.add_pipe("imr_mentions")
    return nlp


@pytest.fixture(scope="session")
def rules_folder(rules, tmp_path_factory) -> Path:
    """The same as a model that any process can load."""
    folder = tmp_path_factory.mktemp("model") / "rules"
    rules.to_disk(folder)
    return folder

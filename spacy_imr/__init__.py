"""spacy-imr: California Independent Medical Review determinations as data."""

from spacy_imr.extensions import register_extensions
from spacy_imr.reading import load, read, read_all
from spacy_imr.records import SCHEMA_VERSION, Determination

__version__ = "0.1.0"
__all__ = ["SCHEMA_VERSION", "Determination", "__version__", "load", "read", "read_all"]

register_extensions()

"""Where letters come from: files, folders, archives, tables, standard input."""

from spacy_imr.inputs.limits import Limits
from spacy_imr.inputs.listing import SUFFIXES, list_inputs
from spacy_imr.inputs.opening import find_sources, open_input
from spacy_imr.inputs.sandbox import PdfSandbox
from spacy_imr.inputs.source import Input, Source, printable
from spacy_imr.inputs.tables import joined
from spacy_imr.inputs.text import check_text, decode, read_source, read_text

__all__ = [
    "SUFFIXES",
    "Input",
    "Limits",
    "PdfSandbox",
    "Source",
    "check_text",
    "decode",
    "find_sources",
    "joined",
    "list_inputs",
    "open_input",
    "printable",
    "read_source",
    "read_text",
]

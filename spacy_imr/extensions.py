"""The ``Doc`` attributes of the project. Stored values are plain JSON types, so that a ``Doc`` stays serialisable."""

from __future__ import annotations

from spacy.tokens import Doc

from spacy_imr.assemble import build_determinations
from spacy_imr.records import Determination


def register_extensions() -> None:
    """Register the attributes.

    Stored: ``doc._.letters`` (a list of plain dicts, set by `imr_letter`) and ``doc._.pages`` (offsets ``[start, end]``
    of PDF pages, set by whoever read the file). Computed: ``doc._.determinations`` and ``doc._.determination``.
    """
    Doc.set_extension("letters", default=None, force=True)
    Doc.set_extension("pages", default=None, force=True)
    Doc.set_extension("determinations", getter=build_determinations, force=True)
    Doc.set_extension("determination", getter=determination, force=True)


def determination(doc: Doc) -> Determination:
    """The record of the first letter in `doc`; a warning in it says so if there are more."""
    records = build_determinations(doc)
    if len(records) == 1:
        return records[0]
    warning = f"the text holds {len(records)} letters, and this is the first: doc._.determinations gives all"
    return records[0].model_copy(update={"warnings": [*records[0].warnings, warning]})

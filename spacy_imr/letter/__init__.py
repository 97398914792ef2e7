"""Reading the letter: page furniture, formats, sections, header, issues. Pure text, no model."""

from spacy_imr.letter.parse import mask_furniture, parse_letter, parse_letters
from spacy_imr.letter.parts import Bounds, Issue, Letter, Section

__all__ = ["Bounds", "Issue", "Letter", "Section", "mask_furniture", "parse_letter", "parse_letters"]

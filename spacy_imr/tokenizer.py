"""A tokenizer that never hides an entity.

spaCy's English rules keep ``C5/6`` and ``10/325`` whole and join ``#60`` to what stands before it; a mention inside
such a token would be lost in training without a word. Here every punctuation mark is a token of its own, and a
number is cut from the unit or letter that touches it where a mention may begin or end (``325mg#60``). The text is
never changed: ``doc.text == text``.
"""

from __future__ import annotations

from collections.abc import Callable

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, registry

_MARK = r"(?:[^\w\s]|_)"

# A decimal point or a thousands comma between digits, and an apostrophe inside a word, do not separate.
_INFIXES = (
    r"(?<=\d)[.,](?!\d)|(?<!\d)[.,](?=\d)|(?<!\d)[.,](?!\d)",
    r"['’](?!\w)|(?<!\w)['’]",
    r"[^\w\s.,'’]",
    r"_",
    # 10mg -> 10 | mg, but L5, T12, B12 and 2nd stay whole.
    # A level that a missing space has joined to the word before it: leftS1 -> left | S1.
    r"(?<=[a-z])(?=[CTLS]\d{1,2}(?!\w))",
    r"(?<=\d)(?=(?:mg|mcg|ml|gm|g|cc|meq|tabs?|caps?|units?|hrs?|days?|weeks?|x)\b)",
)


def blank_pipeline() -> Language:
    """An empty pipeline with the project's tokenizer."""
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "imr.Tokenizer.v1"}}})


@registry.tokenizers("imr.Tokenizer.v1")
def create_tokenizer() -> Callable[[Language], Tokenizer]:
    """Tokenizer of the pipelines: splits at every punctuation mark, keeps decimals and apostrophes."""

    def make(nlp: Language) -> Tokenizer:
        return Tokenizer(
            nlp.vocab,
            prefix_search=compile_prefix_regex([_MARK]).search,
            suffix_search=compile_suffix_regex([r"['’][sS]", _MARK]).search,
            infix_finditer=compile_infix_regex(_INFIXES).finditer,
        )

    return make

"""`imr_mentions`: dates and spine levels by their own notation, and no mention inside a citation."""

from __future__ import annotations

import re
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

_MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|"
    r"Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_YEAR: Final = r"(?:19[4-9]\d|20[0-4]\d)"
_DAY: Final = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH_NUMBER: Final = r"(?:1[0-2]|0?[1-9])"

# Full dates, a month with a year, and a year that a word such as "in" or "since" introduces. Lines may break after a
# hyphen or a slash.
DATE: Final = re.compile(
    rf"(?<![\w./-]){_MONTH_NUMBER}(?P<s>[-/.])\s{{0,4}}{_DAY}(?P=s)\s{{0,4}}(?:{_YEAR}|\d{{2}})(?![\w/]|[-.]\d)"
    rf"|(?<![\w./-])(?:1[3-9]|2\d|3[01])(?P<t>[-/]){_MONTH_NUMBER}(?P=t){_YEAR}(?![\w/-])"
    rf"|(?<![\w./-]){_YEAR}-(?:1[0-2]|0[1-9])-(?:3[01]|[12]\d|0[1-9])(?![\w/-])"
    rf"|(?<!\w){_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?:\s*,\s*|\s+(?:of\s+)?){_YEAR}(?!\w)"
    rf"|(?<!\w){_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}(?!\w)"
    rf"|(?<!\w){_MONTH}(?:,|\s+of)?\s+{_YEAR}(?!\w)"
    rf"|(?<![\w./-]){_MONTH_NUMBER}[-/]{_YEAR}(?![\w/]|-\d)"
    rf"|\b(?:[Ii]n|[Ss]ince|[Ff]rom|[Bb]etween|[Uu]ntil|(?:spring|summer|fall|autumn|winter)\s+of)\s+(?P<year>{_YEAR})(?![\w/])"
)

_SINGLE: Final = r"(?:[Cc][1-8]|[TtDd](?:1[0-2]|[1-9])|[Ll][1-7]|[Ss][1-5])"
_LEVEL: Final = rf"(?:{_SINGLE}|[CLS]-[1-7]|T-(?:1[0-2]|[1-9]))"
_NUMBER: Final = r"(?:1[0-2]|[1-9])"
_END: Final = r"(?![\w%]|\.\d|-\d\d)"
# A slash joins two single levels (C5/6, L4/L5); between ranges it separates the members of a list.
_SLASHED: Final = rf"{_LEVEL}\s?/\s?(?:{_LEVEL}|{_NUMBER}){_END}(?!\s?[-–]\s?[\dCLTS])"
_TO: Final = r"\s+(?:to|through|thru)\s+"
_ORDINAL: Final = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,2}(?:st|nd|rd|th))"
)
SPINE_LEVEL: Final = re.compile(
    rf"(?<![\w.-])(?:{_SLASHED}(?:{_TO}{_SLASHED})?"
    rf"|{_LEVEL}(?:\s?[-–]\s*(?:{_LEVEL}|{_NUMBER}){_END}|{_TO}(?:{_LEVEL}|[1-7](?=\W)){_END})*"
    rf"|[CTL]\s[1-7]-[1-7]|(?:[CTL]\d){{2}}|L5S1){_END}"
    rf"|(?<!\w){_ORDINAL}\s+(?:cervical|thoracic|lumbar|sacral)\s+vertebra[el]?\b"
)
# What looks like a level and is none.
_NO_LEVEL_AFTER: Final = re.compile(
    r"\s*-?\s*(?:weighted|weighting|wtd?\b|signal|hyper|hypo|flair|images?\b|sequences?|relaxation|mapping|"
    r"form\b|heart|sound|gallop)",
    re.IGNORECASE,
)
_SACROILIAC: Final = re.compile(r"[sS]-?1\s+joints?\b")


@Language.factory(
    "imr_mentions",
    assigns=["doc.ents"],
    requires=["doc.ents"],
    default_config={"rules": True},
)
def create_mention_rules(nlp: Language, name: str, rules: bool) -> MentionRules:
    """Component that joins what the model found with what the notation alone says.

    rules (bool): read DATE and SPINE_LEVEL by their notation; without it only citations are cleared.
    """
    return MentionRules(rules)


class MentionRules:
    """Corrects ``doc.ents``: a date or level that its notation gives away wins over a prediction that overlaps it
    (what is left of that prediction is kept), and nothing stands inside a citation.
    """

    def __init__(self, rules: bool) -> None:
        self.rules = rules

    def __call__(self, doc: Doc) -> Doc:
        found = rule_spans(doc) if self.rules else []
        kept = list(found)
        taken = [(span.start, span.end) for span in found]
        for ent in doc.ents:
            kept += _outside(doc, ent, taken)
        citations = _citations(doc)
        doc.ents = filter_spans(
            [
                span
                for span in kept
                if not any(start <= span.start_char and span.end_char <= end for start, end in citations)
            ]
        )
        return doc


def rule_spans(doc: Doc) -> list[Span]:
    """Dates and spine levels of `doc` by their notation, labelled, in the order of the text."""
    text = doc.text
    spans = []
    for label, pattern in (("DATE", DATE), ("SPINE_LEVEL", SPINE_LEVEL)):
        for match in pattern.finditer(text):
            start, end = match.span("year") if match.groupdict().get("year") else match.span()
            if label == "SPINE_LEVEL" and (
                _NO_LEVEL_AFTER.match(text, end) or (_SACROILIAC.match(text, start) and end - start <= 3)
            ):
                continue
            span = doc.char_span(start, end, label=label)
            if span is not None:
                spans.append(span)
    return filter_spans(spans)


def _outside(doc: Doc, ent: Span, taken: list[tuple[int, int]]) -> list[Span]:
    """What is left of `ent` beside the spans in `taken`: all of it, or its longest piece of two letters and more."""
    overlaps = [(start, end) for start, end in taken if start < ent.end and ent.start < end]
    if not overlaps:
        return [ent]
    if ent.label_ in ("DATE", "SPINE_LEVEL"):
        return []
    pieces = []
    at = ent.start
    for start, end in [*overlaps, (ent.end, ent.end)]:
        low, high = at, min(start, ent.end)
        while low < high and not doc[low].is_alpha:
            low += 1
        while high > low and not doc[high - 1].is_alpha:
            high -= 1
        if high > low:
            pieces.append((high - low, low, high))
        at = end
    if not pieces:
        return []
    _, low, high = max(pieces)
    return [Span(doc, low, high, label=ent.label)] if len(doc[low:high].text) > 2 else []


def _citations(doc: Doc) -> list[tuple[int, int]]:
    return [
        tuple(bounds)
        for letter in doc._.letters or []
        for issue in letter["issues"]
        for key in ("claims_administrator_citation", "reviewer_citation")
        if (bounds := issue[key])
    ]

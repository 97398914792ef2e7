"""`imr_mentions`: dates and spine levels by their own notation, and no mention inside a citation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
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
    rf"(?<![\w./-]){_MONTH_NUMBER}(?P<s>[-/.])\s{{0,12}}{_DAY}(?P=s)\s{{0,12}}(?:{_YEAR}|\d{{2}})(?![\w/]|[-.]\d)"
    rf"|(?<![\w./-])(?:1[3-9]|2\d|3[01])(?P<t>[-/]){_MONTH_NUMBER}(?P=t){_YEAR}(?![\w/-])"
    rf"|(?<![\w./-]){_YEAR}-(?:1[0-2]|0[1-9])-(?:3[01]|[12]\d|0[1-9])(?![\w/-])"
    rf"|(?<!\w){_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?:\s*,\s*|\s+(?:of\s+)?){_YEAR}(?!\w)"
    rf"|(?<!\w){_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}(?!\w)"
    rf"|(?<!\w){_MONTH}(?:,|\s+of)?\s+{_YEAR}(?!\w)"
    rf"|(?<![\w./-])(?<!\d[-/.]\s)(?<!\d[-/.]\s\s)(?<!\d[-/.]\s\s\s){_MONTH_NUMBER}[-/]{_YEAR}(?![\w/]|-\d)"
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

    ``doc.spans["imr_mentions"]`` holds the mentions that the notation gave. A prediction that was cut keeps its
    probability, in ``doc.spans["imr_cut"]``.
    """

    def __init__(self, rules: bool) -> None:
        self.rules = rules

    def __call__(self, doc: Doc) -> Doc:
        forbidden = _Blocks(_citations(doc))
        found = [span for span in (rule_spans(doc) if self.rules else []) if not forbidden.hold(span)]
        taken = _Blocks((span.start_char, span.end_char) for span in found)
        scores = span_scores(doc)
        kept, cut = [], []
        for ent in doc.ents:
            if forbidden.hold(ent):
                continue
            overlaps = taken.overlapping(ent)
            if not overlaps:
                kept.append(ent)
            elif piece := _outside(doc, ent, overlaps):
                kept.append(piece)
                cut.append((piece, scores.get((ent.start, ent.end, ent.label_))))
        doc.spans["imr_mentions"] = found
        doc.spans["imr_cut"] = [piece for piece, score in cut if score is not None]
        doc.spans["imr_cut"].attrs["scores"] = [score for _, score in cut if score is not None]
        doc.ents = filter_spans([*found, *kept])
        return doc


class _Blocks:
    """Stretches of a text, in order, without overlaps: which hold a span, which touch it."""

    def __init__(self, bounds: Iterable[tuple[int, int]]) -> None:
        self.bounds = sorted(bounds)
        self.starts = [start for start, _ in self.bounds]

    def hold(self, span: Span) -> bool:
        """Whether one of the stretches holds all of `span`."""
        index = bisect_right(self.starts, span.start_char) - 1
        return index >= 0 and span.end_char <= self.bounds[index][1]

    def overlapping(self, span: Span) -> list[tuple[int, int]]:
        """The stretches that share a character with `span`."""
        index = max(0, bisect_right(self.starts, span.start_char) - 1)
        found = []
        while index < len(self.bounds) and self.bounds[index][0] < span.end_char:
            if self.bounds[index][1] > span.start_char:
                found.append(self.bounds[index])
            index += 1
        return found


def span_scores(doc: Doc) -> dict[tuple[int, int, str], float]:
    """Probability of every span of ``doc.spans`` that has one, by token bounds and label."""
    found: dict[tuple[int, int, str], float] = {}
    for group in doc.spans.values():
        for span, score in zip(group, group.attrs.get("scores", []), strict=False):
            found[span.start, span.end, span.label_] = min(1.0, max(0.0, float(score)))
    return found


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


def _outside(doc: Doc, ent: Span, overlaps: list[tuple[int, int]]) -> Span | None:
    """The longest piece of `ent` beside the stretches that overlap it, if it still names something."""
    if ent.label_ in ("DATE", "SPINE_LEVEL"):
        return None
    pieces = []
    run: list[int] = []
    for token in ent:
        start, end = token.idx, token.idx + len(token)
        if any(low < end and start < high for low, high in overlaps):
            pieces.append(run)
            run = []
        else:
            run.append(token.i)
    pieces.append(run)
    trimmed = []
    for piece in pieces:
        while piece and not doc[piece[0]].is_alpha:
            piece = piece[1:]
        while piece and not doc[piece[-1]].is_alpha:
            piece = piece[:-1]
        trimmed.append(piece)
    best = max(trimmed, key=len)
    if not best or len(doc[best[0] : best[-1] + 1].text) <= 2:
        return None
    return Span(doc, best[0], best[-1] + 1, label=ent.label)


def _citations(doc: Doc) -> list[tuple[int, int]]:
    return [
        tuple(bounds)
        for letter in doc._.letters or []
        for issue in letter["issues"]
        for key in ("claims_administrator_citation", "reviewer_citation")
        if (bounds := issue[key])
    ]

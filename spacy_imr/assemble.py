"""Build the record of a letter from what the pipeline left in the ``Doc``."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from spacy.tokens import Doc, Span

from spacy_imr.letter import mask_furniture
from spacy_imr.letter.citation import cited_pages, cited_sections
from spacy_imr.letter.patterns import CASE_NUMBER
from spacy_imr.letter.people import find_licences, find_patient, find_specialties
from spacy_imr.normalize.assertion import Assertions
from spacy_imr.normalize.cues import Assertion
from spacy_imr.normalize.dates import normalize_date
from spacy_imr.normalize.levels import normalize_level
from spacy_imr.pipeline.mentions import span_scores
from spacy_imr.records import (
    DateMention,
    Dates,
    Determination,
    Diagnosis,
    HeaderDate,
    Issue,
    Mention,
    Patient,
    Procedure,
    Reviewer,
    SpineLevelMention,
    Text,
)
from spacy_imr.relations import Attached, attach, is_guidance

Bounds = Sequence[int]
LetterDict = dict[str, Any]


def text_at(text: str, bounds: Bounds | None) -> Text | None:
    """The piece of `text` between two offsets, or None for None."""
    if bounds is None:
        return None
    start, end = bounds
    return Text(text=text[start:end], start=start, end=end)


def build_determinations(doc: Doc) -> list[Determination]:
    """The records of all letters in `doc`.

    Raises `ValueError` if the pipeline had no `imr_letter` component.
    """
    if doc._.letters is None:
        raise ValueError("the record needs the component 'imr_letter': add it with nlp.add_pipe('imr_letter')")
    shared = _Shared(doc)
    return [_Builder(shared, letter).build() for letter in doc._.letters]


class _Shared:
    """What all letters of a `Doc` have in common, found once."""

    def __init__(self, doc: Doc) -> None:
        self.text = doc.text
        self.clean = mask_furniture(self.text)
        self.ents = list(doc.ents)
        self.starts = [ent.start_char for ent in self.ents]
        self.scores = span_scores(doc)
        self.ruled = {(span.start, span.end) for span in doc.spans.get("imr_mentions", ())}
        self.assertions = Assertions(self.text)
        self.pages = [page[0] for page in doc._.pages or []]


class _Builder:
    """One letter of a `Doc`."""

    def __init__(self, shared: _Shared, letter: LetterDict) -> None:
        self.shared = shared
        self.text = shared.text
        self.letter = letter
        start, end = letter["bounds"]
        low, high = bisect_left(shared.starts, start), bisect_left(shared.starts, end)
        self.ents = shared.ents[low:high]
        self.outer = sorted((low, high, name) for name, low, high in letter["sections"])
        self.inner = sorted(_issue_parts(letter))
        self.levels = [self._level(ent) for ent in self._of("SPINE_LEVEL")]

    def build(self) -> Determination:
        text, letter = self.text, self.letter
        issues = [self._issue(issue) for issue in letter["issues"]]
        outcomes = {issue.outcome for issue in issues if issue.outcome}
        return Determination(
            format=letter["format"],
            case_number=self._case_number(),
            priority=text[slice(*letter["priority"])].capitalize() if letter["priority"] else None,
            outcome=None if not outcomes else outcomes.pop() if len(outcomes) == 1 else "MIXED",
            dates=self._dates(),
            reviewer=self._reviewer(),
            patient=self._patient(),
            issues=issues,
            diagnoses=self._diagnoses(),
            procedures=self._procedures(),
            medications=[Mention(**self._mention(ent)) for ent in self._of("MEDICATION")],
            spine_levels=self.levels,
            warnings=letter["warnings"],
        )

    def _of(self, label: str) -> list[Span]:
        return [ent for ent in self.ents if ent.label_ == label]

    def _case_number(self) -> str | None:
        bounds = self.letter["case_number"]
        match = CASE_NUMBER.search(self.text, *bounds) if bounds else None
        return f"CM{match['year']}-{match['serial']}" if match else None

    def _dates(self) -> Dates:
        found = {}
        for name in ("assigned", "injury", "decision", "ur_denial", "application_received"):
            piece = text_at(self.text, self.letter["dates"].get(name))
            found[name] = HeaderDate(**piece.model_dump(), **vars(normalize_date(piece.text))) if piece else None
        mentions = [DateMention(**self._mention(e), **vars(normalize_date(e.text))) for e in self._of("DATE")]
        return Dates(**found, mentions=mentions)

    def _reviewer(self) -> Reviewer:
        start, end = self.letter["bounds"]
        head = self.shared.clean[start : min(end, start + 20000)]

        def pieces(found: list[tuple[int, int]]) -> list[Text]:
            return [
                Text(text=self.text[start + low : start + high], start=start + low, end=start + high)
                for low, high in found
            ]

        return Reviewer(licensure=pieces(find_licences(head)), specialties=pieces(find_specialties(head)))

    def _patient(self) -> Patient:
        told = next((part for part in self.outer if part[2] in ("case_summary", "text")), None)
        low, high = (told[0], told[1]) if told else self.letter["bounds"]
        found = find_patient(self.text, low, high)
        return Patient(
            age=found.age,
            age_text=text_at(self.text, found.age_at),
            sex=found.sex,
            sex_text=text_at(self.text, found.sex_at),
        )

    def _issue(self, issue: LetterDict) -> Issue:
        text = self.text
        item = issue["item"]
        inside = [ent for ent in self.ents if item and item[0] <= ent.start_char and ent.end_char <= item[1]]
        outcome, source = issue["outcome"], issue["outcome_source"]
        chances = issue["probabilities"].get(source, {})
        confidence = None if outcome is None else 1.0 if source == "heading" else chances.get(outcome)
        cited: dict[str, Any] = {}
        for party in ("claims_administrator", "reviewer"):
            citation = text_at(text, issue[f"{party}_citation"])
            cited[f"{party}_citation"] = citation
            cited[f"{party}_guidelines"] = issue[f"{party}_guidelines"]
            cited[f"{party}_guidelines_source"] = issue[f"{party}_guidelines_source"]
            flat = " ".join(self.shared.clean[citation.start : citation.end].split()) if citation else ""
            cited[f"{party}_sections"] = cited_sections(flat)
            cited[f"{party}_pages"] = cited_pages(flat)
        return Issue(
            number=issue["number"],
            item=text_at(text, item),
            item_mentions=[Mention(**self._mention(ent)) for ent in inside],
            outcome=outcome,
            outcome_source=source,
            outcome_confidence=confidence,
            review=issue["review"],
            probabilities=issue["probabilities"],
            rationale=text_at(text, issue["rationale"]),
            **cited,
        )

    # --- mentions ---

    def _mention(self, ent: Span) -> dict[str, Any]:
        ruled = (ent.start, ent.end) in self.shared.ruled
        return {
            "text": ent.text,
            "start": ent.start_char,
            "end": ent.end_char,
            "label": ent.label_,
            "source": "rule" if ruled else "model",
            "confidence": None if ruled else self.shared.scores.get((ent.start, ent.end, ent.label_)),
            "section": self._section(ent.start_char),
            "page": bisect_right(self.shared.pages, ent.start_char) or None,
        }

    def _section(self, offset: int) -> str:
        for parts in (self.inner, self.outer):
            index = bisect_right(parts, (offset, len(self.text) + 1, "")) - 1
            if index >= 0 and offset < parts[index][1]:
                return parts[index][2]
        first = min((parts[0][0] for parts in (self.inner, self.outer) if parts), default=0)
        return "header" if offset < first else "other"

    def _level(self, ent: Span) -> SpineLevelMention:
        level = normalize_level(ent.text)
        return SpineLevelMention(
            **self._mention(ent), vertebrae=list(level.vertebrae), segments=list(level.segments), valid=level.valid
        )

    def _attached(self, ents: list[Span], guidance: list[bool]) -> list[Attached]:
        levels = [(level.start, level.end) for level in self.levels]
        everything = [(ent.start_char, ent.end_char) for ent in self.ents]
        return attach(self.text, [(ent.start_char, ent.end_char) for ent in ents], levels, guidance, everything)

    def _diagnoses(self) -> list[Diagnosis]:
        ents = self._of("DIAGNOSIS")
        return [
            Diagnosis(
                **self._mention(ent),
                side=found.side,
                levels=[self.levels[number] for number in found.levels],
                assertion=self._assertion(ent),
            )
            for ent, found in zip(ents, self._attached(ents, [False] * len(ents)), strict=True)
        ]

    def _assertion(self, ent: Span) -> Assertion:
        found = self.shared.assertions.of(ent.start_char, ent.end_char)
        # A case summary tells of its patient, whatever guideline it may name.
        return "affirmed" if found == "general" and self._section(ent.start_char) == "case_summary" else found

    def _procedures(self) -> list[Procedure]:
        ents = self._of("PROCEDURE")
        attached = self._attached(ents, [is_guidance(ent.text) for ent in ents])
        return [
            Procedure(
                **self._mention(ent),
                side=found.side,
                levels=[self.levels[number] for number in found.levels],
                guidance=None
                if found.guidance is None
                else text_at(self.text, (ents[found.guidance].start_char, ents[found.guidance].end_char)),
            )
            for ent, found in zip(ents, attached, strict=True)
        ]


def _issue_parts(letter: LetterDict) -> list[tuple[int, int, str]]:
    """The parts of the issues of a letter: they lie inside its sections and do not overlap."""
    return [
        (*issue[name], name)
        for issue in letter["issues"]
        for name in ("item", "rationale", "claims_administrator_citation", "reviewer_citation")
        if issue[name]
    ]

"""From a writer's draft to a letter of the corpus.

A writer hands in a *draft* (what is written by hand: case summary, items, citations, rationales) and a *mention
list* (what was annotated by hand). This module reads both and lays the draft out as a letter: the state's
boilerplate around it, hard wraps, page furniture, scanner noise. Every span is carried along by offsets.

Draft (``ID.txt``)::

    @SUMMARY
    paragraphs, an empty line between two
    @DOCUMENTS            (notices of 2013 and professional reviews only)
    one document a line
    @ISSUE
    lead: words before the item (optional; the item then closes with "is: Upheld")
    item: the disputed item
    outcome: UPHELD | OVERTURNED
    ca: citation of the claims administrator, as printed
    ca_families: ODG, MTUS_ACOEM
    rev: citation of the reviewer, as printed
    rev_families: NONE
    @RATIONALE
    paragraphs

Mention list (``ID.tsv``), in the order summary, documents, then lead, item and rationale of each issue::

    LABEL<TAB>mention[<TAB>the words right before it]
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from spacy_imr.labels import ENTITY_LABELS, FAMILIES, OUTCOMES
from spacy_imr.perturb import CONFUSIONS

Spans = list[tuple[int, int, str]]


class DraftError(ValueError):
    """A draft or a mention list that cannot be read; the message names the letter and the mend."""


@dataclass
class DraftIssue:
    """One disputed item as its writer handed it in."""

    item: str
    outcome: str
    ca: str
    ca_families: list[str]
    rev: str
    rev_families: list[str]
    rationale: str
    lead: str = ""


@dataclass
class Draft:
    """The hand-written parts of one letter."""

    id: str
    summary: str = ""
    documents: str = ""
    issues: list[DraftIssue] = field(default_factory=list)

    def segments(self) -> list[tuple[str, str]]:
        """Name and text of every annotated part, in the order of the mention list."""
        parts = [("summary", self.summary), ("documents", self.documents)]
        for number, issue in enumerate(self.issues):
            parts += [
                (f"lead{number}", issue.lead),
                (f"item{number}", issue.item),
                (f"rationale{number}", issue.rationale),
            ]
        return [(name, text) for name, text in parts if text]


def parse_draft(letter_id: str, raw: str) -> Draft:
    """Read a draft; raises `DraftError` that names the letter and what is missing."""
    draft = Draft(letter_id)
    blocks = re.split(r"^@(SUMMARY|DOCUMENTS|ISSUE|RATIONALE)[ \t]*$", raw, flags=re.M)
    for name, body in zip(blocks[1::2], blocks[2::2], strict=True):
        body = body.strip()
        if name == "SUMMARY":
            draft.summary = body
        elif name == "DOCUMENTS":
            draft.documents = body
        elif name == "ISSUE":
            draft.issues.append(_parse_issue(letter_id, body))
        elif not draft.issues:
            raise DraftError(f"{letter_id}: @RATIONALE stands before the first @ISSUE")
        else:
            draft.issues[-1].rationale = body
    if not draft.summary and not draft.issues:
        raise DraftError(f"{letter_id}: neither @SUMMARY nor @ISSUE was found")
    for number, issue in enumerate(draft.issues, 1):
        if not issue.rationale:
            raise DraftError(f"{letter_id}: issue {number} has no @RATIONALE")
    return draft


def _parse_issue(letter_id: str, body: str) -> DraftIssue:
    fields: dict[str, str] = {}
    key = ""
    for line in body.splitlines():
        match = re.match(r"(lead|item|outcome|ca|ca_families|rev|rev_families):\s*(.*)", line)
        if match:
            key = match[1]
            fields[key] = match[2].strip()
        elif line.strip() and key:
            fields[key] += " " + line.strip()
    outcome = fields.get("outcome", "")
    if outcome not in OUTCOMES:
        raise DraftError(f"{letter_id}: outcome {outcome!r} is not one of {OUTCOMES}")
    families: dict[str, list[str]] = {}
    for key in ("ca_families", "rev_families"):
        names = [name for name in re.split(r"[,\s]+", fields.get(key, "")) if name]
        unknown = [name for name in names if name not in FAMILIES]
        if unknown or (fields.get(key.split("_")[0]) and not names):
            raise DraftError(f"{letter_id}: {key} {names} must be some of {FAMILIES}")
        families[key] = names
    return DraftIssue(
        item=fields.get("item", ""),
        outcome=outcome,
        ca=fields.get("ca", ""),
        ca_families=families["ca_families"],
        rev=fields.get("rev", ""),
        rev_families=families["rev_families"],
        rationale="",
        lead=fields.get("lead", ""),
    )


def mention_pattern(mention: str) -> str:
    """Regular expression for a mention whose white space is free and may also follow a hyphen or a slash."""
    pattern = r"\s+".join(re.escape(word) for word in mention.split())
    return re.sub(r"(\\-|/)(?=\S)(?!\\s)", r"\1\\s*", pattern)


def resolve_mentions(letter_id: str, text: str, rows: list[str]) -> tuple[Spans, list[str], list[str]]:
    """Find the listed mentions in `text`, in order.

    Returns the spans, the errors (a line that is malformed or not found) and the warnings (an equal string that
    was left unannotated, a long skip).
    """
    spans: Spans = []
    errors: list[str] = []
    warnings: list[str] = []
    at = 0
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        label, mention, before = (part.strip() for part in ([*row.split("\t"), "", ""])[:3])
        where = f"{letter_id}:{number}"
        if label not in ENTITY_LABELS or not mention:
            errors.append(f"{where}: bad line {row!r}")
            continue
        lead = mention_pattern(before) + r"\s*" if before else r"(?<!\w)"
        regex = re.compile(f"{lead}(?P<m>{mention_pattern(mention)})" + r"(?!\w)")
        hit = regex.search(text, max(0, at - len(before) - 20) if before else at)
        if not hit or hit.start("m") < at:
            earlier = bool(re.search(mention_pattern(mention), text[:at]))
            errors.append(f"{where}: not found after offset {at}: {mention!r} (stands earlier: {earlier})")
            continue
        if hit.start("m") - at > 900:
            warnings.append(f"{where}: skips {hit.start('m') - at} characters to reach {mention!r}")
        spans.append((hit.start("m"), hit.end("m"), label))
        at = hit.end("m")
    for surface, label in sorted({(" ".join(text[s:e].lower().split()), name) for s, e, name in spans}):
        for hit in re.finditer(r"(?<!\w)" + mention_pattern(surface) + r"(?!\w)", text, re.I):
            if not any(s < hit.end() and hit.start() < e for s, e, _ in spans):
                context = " ".join(text[max(0, hit.start() - 60) : hit.end() + 40].split())
                warnings.append(f"{letter_id}: unannotated occurrence of {label} {surface!r}: ...{context}...")
    return spans, errors, warnings


def resolve_draft(draft: Draft, rows: list[str]) -> tuple[dict[str, Spans], list[str], list[str]]:
    """Resolve a mention list over the segments of a draft; spans come back by segment name."""
    text = ""
    bounds: list[tuple[str, int, int]] = []
    for name, segment in draft.segments():
        bounds.append((name, len(text), len(text) + len(segment)))
        text += segment + "\n\n"
    spans, errors, warnings = resolve_mentions(draft.id, text, rows)
    by_segment: dict[str, Spans] = {name: [] for name, _, _ in bounds}
    for start, end, label in spans:
        for name, low, high in bounds:
            if low <= start and end <= high:
                by_segment[name].append((start - low, end - low, label))
                break
        else:
            errors.append(f"{draft.id}: {text[start:end]!r} runs over the end of a part")
    return by_segment, errors, warnings


# --- laying out -------------------------------------------------------------------------------------------------


@dataclass
class Layout:
    """How a letter is printed: ``wrapped`` lines, lines with a ``blank`` one between, or whole ``paragraph``s."""

    layout: str = "wrapped"
    wrap: int = 96
    furniture: bool = False
    numbering: str = "none"
    ocr: bool = False


class Page:
    """A letter in the making: text, entity spans and named regions, all in one system of offsets."""

    def __init__(self) -> None:
        self.text = ""
        self.spans: Spans = []
        self.regions: dict[str, tuple[int, int]] = {}
        self.header: dict[str, str] = {}

    def add(self, text: str, spans: Spans | None = None, region: str | None = None) -> Page:
        """Append `text` with its own spans (offsets inside `text`), and name it if it is a region."""
        base = len(self.text)
        self.text += text
        self.spans += [(base + s, base + e, label) for s, e, label in spans or []]
        if region:
            self.regions[region] = (base, base + len(text))
        return self

    def add_date(self, iso: str, style: str, field: str | None = None) -> Page:
        """Append a date of the boilerplate as the state prints it, annotated; `field` names a field of the header."""
        value = us_date(iso, style)
        if field:
            self.header[field] = iso
        return self.add(value, [(0, len(value), "DATE")], field)

    def replace(self, edits: list[tuple[int, int, str]]) -> None:
        """Apply non-overlapping edits (start, end, new text) and move every offset with them."""
        new: list[str] = []
        mapping = [0] * (len(self.text) + 1)
        at = length = 0
        for start, end, value in sorted(edits):
            for i in range(at, start):
                mapping[i] = length + i - at
            length += start - at
            new += [self.text[at:start], value]
            mapping[start:end] = [length] * (end - start)
            length += len(value)
            at = end
        for i in range(at, len(self.text) + 1):
            mapping[i] = length + i - at
        new.append(self.text[at:])
        self.text = "".join(new)
        self.spans = [(mapping[s], mapping[e], label) for s, e, label in self.spans]
        self.regions = {name: (mapping[s], mapping[e]) for name, (s, e) in self.regions.items()}


def _wrap(page: Page, layout: Layout, rng: random.Random, case_number: str) -> None:
    """Break lines at `layout.wrap` characters, at spaces and after hyphens; page furniture never cuts a mention."""
    gap = " \n\n" if layout.layout == "blank" else "\n"
    edits: list[tuple[int, int, str]] = []
    cut: set[int] = set()
    for start, end, _ in page.spans:
        cut.update(range(start + 1, end))
    lines, sheet, at = 0, 1, 0
    for paragraph in re.finditer(r"[^\n]+", page.text):
        begin = paragraph.start()
        if layout.layout != "paragraph":
            for piece in re.finditer(r"[^\s-]*-(?=\w)|\S+", paragraph[0]):
                start, end = paragraph.start() + piece.start(), paragraph.start() + piece.end()
                if end - begin <= layout.wrap or start == begin:
                    continue
                space = start
                while page.text[space - 1] == " ":
                    space -= 1
                lines += 1
                furniture = ""
                if layout.furniture and lines - at > 38 and start not in cut:
                    sheet, at = sheet + 1, lines
                    furniture = rng.choice(
                        [
                            f"\nMAXIMUS Federal Services - CONFIDENTIAL\n{case_number}\n\n",
                            f"\n{sheet - 1} of 5\n\n",
                            f"\nCase Number: {case_number}   {sheet}\n",
                            f"\n{sheet}\n\n",
                        ]
                    )
                edits.append(
                    (
                        space,
                        start,
                        (" " if space < start and not gap.startswith(" ") and rng.random() < 0.5 else "")
                        + gap
                        + furniture,
                    )
                )
                begin = start
        lines += 1
        if layout.layout == "blank" and paragraph.end() < len(page.text):
            edits.append((paragraph.end(), paragraph.end() + 1, " \n\n"))
    page.replace(edits)


def _scan(page: Page, rng: random.Random, rate: float = 0.012) -> None:
    """Damage single characters as an optical reader would; digits stay, so that no level or date changes."""
    edits: list[tuple[int, int, str]] = []
    i = 0
    while i < len(page.text):
        if rng.random() < rate:
            for source, target in rng.sample(CONFUSIONS, len(CONFUSIONS)):
                if page.text.startswith(source, i):
                    edits.append((i, i + len(source), target))
                    i += len(source) - 1
                    break
        i += 1
    page.replace(edits)


def us_date(iso: str, style: str = "padded") -> str:
    """An ISO date as the state prints it: ``01/09/2014`` or, unpadded, ``1/9/2014``."""
    day = date.fromisoformat(iso)
    return day.strftime("%m/%d/%Y") if style == "padded" else f"{day.month}/{day.day}/{day.year}"


def assemble(draft: Draft, mentions: dict[str, Spans], plan: dict[str, Any]) -> dict[str, Any]:
    """Lay a draft out as one letter of the corpus (a plain dict in the corpus format).

    `plan` gives the format, the case number, the header dates (ISO) and the layout under ``style``.
    """
    from corpus import boilerplate

    rng = random.Random(draft.id)
    layout = Layout(**plan["style"])
    page = Page()
    boilerplate.WRITERS[plan["format"]](page, draft, mentions, plan, layout, rng)
    _wrap(page, layout, rng, plan["case_number"])
    if layout.ocr:
        _scan(page, rng)
    return {
        "id": draft.id,
        "format": plan["format"],
        "text": page.text,
        "spans": [{"start": s, "end": e, "label": label} for s, e, label in sorted(page.spans)],
        "issues": [_issue(page, number, issue) for number, issue in enumerate(draft.issues)],
        "header": {
            field: {"start": page.regions[field][0], "end": page.regions[field][1], "value": iso}
            for field, iso in page.header.items()
        },
        "provenance": {
            "source": "authored",
            "case_number": plan["case_number"] if plan["case_number"] in page.text else None,
            "layout": layout.layout,
            "ocr_noise": layout.ocr,
        },
    }


def _issue(page: Page, number: int, issue: DraftIssue) -> dict[str, Any]:
    def region(name: str) -> dict[str, int] | None:
        bounds = page.regions.get(f"{name}{number}")
        return {"start": bounds[0], "end": bounds[1]} if bounds and bounds[1] > bounds[0] else None

    return {
        "number": number + 1,
        "item": region("item"),
        "outcome": issue.outcome,
        "claims_administrator_citation": region("ca"),
        "claims_administrator_guidelines": sorted(issue.ca_families, key=FAMILIES.index),
        "reviewer_citation": region("rev"),
        "reviewer_guidelines": sorted(issue.rev_families, key=FAMILIES.index),
        "rationale": region("rationale"),
    }

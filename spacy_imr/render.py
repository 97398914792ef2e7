"""A read letter as one HTML page: the text with its mentions beside the table of its issues."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from spacy import displacy
from spacy.tokens import Doc

from spacy_imr.letter.issues import line_spaced
from spacy_imr.records import Issue
from spacy_imr.table import shown

COLORS: Final[dict[str, str]] = {
    "DIAGNOSIS": "#f7c6c7",
    "PROCEDURE": "#bfe1f6",
    "MEDICATION": "#d3efc8",
    "DATE": "#eae3f7",
    "SPINE_LEVEL": "#fde3a7",
}

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; margin: 1.5rem; } h1 { font-size: 1.2rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1.2rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd; }
th { font-weight: 600; white-space: nowrap; } .entities { line-height: 2 !important; }
mark { padding: .25em .4em; border-radius: .35em; line-height: 1; color: inherit; }
mark span { font-size: .75em; font-weight: 700; margin-left: .4rem; }
"""
_LETTER_STYLE: Final = """
.page { display: flex; gap: 2rem; align-items: flex-start; } .letter { flex: 3; min-width: 0; }
aside { flex: 2; min-width: 0; } .OVERTURNED { color: #8a1c1c; } .UPHELD { color: #14532d; }
"""
# A page runs no script and fetches nothing.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_MARK: Final = '<mark class="{style}" style="background: {bg}">{text}<span>{label}</span></mark>'


@dataclass(frozen=True)
class Mark:
    """A stretch of a text to be shown in colour, with a label behind it."""

    start: int
    end: int
    label: str
    color: str
    wrong: bool = False


def html_page(title: str, body: str, style: str = "") -> str:
    """A self-contained page. `body` and `style` are HTML and CSS; `title` is text and is escaped."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head><body>{body}</body></html>"
    )


def marked_text(text: str, marks: Iterable[Mark]) -> str:
    """`text` by displaCy with `marks`, which do not overlap; text and labels are escaped."""
    ents = [
        {
            "start": mark.start,
            "end": mark.end,
            "label": escape(mark.label),
            "params": {"bg": mark.color, "style": "wrong" if mark.wrong else "right"},
        }
        for mark in sorted(marks, key=lambda mark: mark.start)
    ]
    markup = displacy.render(
        {"text": text, "ents": ents}, style="ent", manual=True, options={"template": _MARK}, jupyter=False
    )
    if line_spaced(text):
        # Every printed line is followed by an empty one, which says nothing.
        markup = re.sub(r"(?:</?br\s*/?>\s*){2,3}", "<br>", markup)
    return markup


def render_html(doc: Doc, title: str = "") -> str:
    """One self-contained page; every piece of the letter's text is escaped.

    doc (Doc): a letter as the pipeline leaves it.
    title (str): what stands above the letter, such as the file's name; the case number by default.
    """
    records = doc._.determinations
    record = records[0]
    marks = [Mark(ent.start_char, ent.end_char, ent.label_, COLORS.get(ent.label_, "#ddd")) for ent in doc.ents]
    heading = title or record.case_number or "Letter"
    summary = _row("format", record.format) + _row("outcome", record.outcome or "-")
    tables = "".join(_issue_table(issue) for one in records for issue in one.issues)
    warnings = "".join(f"<p>⚠ {escape(warning)}</p>" for one in records for warning in one.warnings)
    body = (
        f'<h1>{escape(heading)}</h1><div class="page"><aside><table>{summary}</table>{warnings}{tables}</aside>'
        f'<div class="letter">{marked_text(doc.text, marks)}</div></div>'
    )
    return html_page(heading, body, _LETTER_STYLE)


def _row(name: str, value: str, style: str = "") -> str:
    return f'<tr><th>{escape(name)}</th><td class="{escape(style)}">{escape(value)}</td></tr>'


def _issue_table(issue: Issue) -> str:
    outcome = issue.outcome or "-"
    reading = (
        f" (by {issue.outcome_source}; confidence {issue.outcome_confidence:.2f})" if issue.outcome_confidence else ""
    )
    return (
        "<table>"
        + _row(f"issue {issue.number}", shown(issue.item))
        + _row("outcome", outcome + reading, outcome)
        + _row("administrator", ", ".join(issue.claims_administrator_guidelines) or "-")
        + _row("reviewer", ", ".join(issue.reviewer_guidelines) or "-")
        + _row("rationale", shown(issue.rationale))
        + "</table>"
    )

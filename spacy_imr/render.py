"""A read letter as one HTML page: the text with its mentions beside the table of its issues."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from spacy import displacy
from spacy.tokens import Doc

from spacy_imr.labels import EntityLabel
from spacy_imr.letter.issues import line_spaced
from spacy_imr.records import Issue, Text

COLORS: Final[dict[EntityLabel, str]] = {
    "DIAGNOSIS": "#f7c6c7",
    "PROCEDURE": "#bfe1f6",
    "MEDICATION": "#d3efc8",
    "DATE": "#eae3f7",
    "SPINE_LEVEL": "#fde3a7",
}

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; margin: 1.5rem; }
h1 { font-size: 1.2rem; } .page { display: flex; gap: 2rem; align-items: flex-start; }
.letter { flex: 3; min-width: 0; } .letter .entities { line-height: 2 !important; }
aside { flex: 2; min-width: 0; } table { border-collapse: collapse; width: 100%; margin-bottom: 1.2rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd; }
th { font-weight: 600; white-space: nowrap; } .OVERTURNED { color: #8a1c1c; } .UPHELD { color: #14532d; }
"""


def render_html(doc: Doc, title: str = "") -> str:
    """One self-contained page; every piece of the letter's text is escaped.

    doc (Doc): a letter as the pipeline leaves it.
    title (str): what stands above the letter, such as the file's name; the case number by default.
    """
    records = doc._.determinations
    record = records[0]
    text = displacy.render(doc, style="ent", options={"colors": COLORS}, jupyter=False)
    if line_spaced(doc.text):
        # Every printed line is followed by an empty one, which says nothing.
        text = re.sub(r"(?:</?br\s*/?>\s*){2,3}", "<br>", text)
    heading = escape(title or record.case_number or "Letter")
    summary = _row("format", record.format) + _row("outcome", record.outcome or "-")
    tables = "".join(_issue_table(issue) for one in records for issue in one.issues)
    warnings = "".join(f"<p>⚠ {escape(warning)}</p>" for one in records for warning in one.warnings)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{heading}</h1>"
        f'<div class="page"><aside><table>{summary}</table>{warnings}{tables}</aside>'
        f'<div class="letter">{text}</div></div></body></html>'
    )


def _row(name: str, value: str, style: str = "") -> str:
    return f'<tr><th>{escape(name)}</th><td class="{escape(style)}">{escape(value)}</td></tr>'


def _flat(text: Text | None) -> str:
    return " ".join(text.text.split()) if text else "-"


def _issue_table(issue: Issue) -> str:
    outcome = issue.outcome or "-"
    reading = (
        f" (by {issue.outcome_source}; confidence {issue.outcome_confidence:.2f})" if issue.outcome_confidence else ""
    )
    return (
        "<table>"
        + _row(f"issue {issue.number}", _flat(issue.item))
        + _row("outcome", outcome + reading, outcome)
        + _row("administrator", ", ".join(issue.claims_administrator_guidelines) or "-")
        + _row("reviewer", ", ".join(issue.reviewer_guidelines) or "-")
        + _row("rationale", _flat(issue.rationale))
        + "</table>"
    )

"""A record as a table for the terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from spacy_imr.records import Determination, Text


def determination_table(record: Determination, width: int = 100) -> str:
    """The letter, its issues and its mentions, at most `width` characters wide."""
    rows = [
        ("case", record.case_number or "-"),
        ("format", record.format),
        ("outcome", record.outcome or "-"),
    ]
    for issue in record.issues:
        rows += [
            (f"issue {issue.number}", shown(issue.item)),
            ("  outcome", f"{issue.outcome or '-'} ({issue.outcome_source or 'no source'})"),
            ("  administrator", ", ".join(issue.claims_administrator_guidelines) or "-"),
            ("  reviewer", ", ".join(issue.reviewer_guidelines) or "-"),
        ]
    mentions: dict[str, Sequence[Text]] = {
        "diagnoses": [d for d in record.diagnoses if d.assertion == "affirmed"],
        "procedures": record.procedures,
        "medications": record.medications,
        "dates": record.dates.mentions,
        "spine levels": record.spine_levels,
    }
    for name, found in mentions.items():
        counts = Counter(shown(mention) for mention in found)
        listed = "; ".join(f"{text} ({n})" if n > 1 else text for text, n in counts.most_common())
        rows.append((name, listed or "-"))
    rows += [("warning", warning) for warning in record.warnings]
    lines = []
    for name, value in rows:
        wrapped = textwrap.wrap(value, width - 18) or [""]
        lines += [f"{name:<18}{wrapped[0]}"] + [" " * 18 + line for line in wrapped[1:]]
    return "\n".join(lines)


def shown(text: Text | None) -> str:
    """The text on one line, a dash for none."""
    return text.flat if text else "-"

"""Agreement between the two annotators of the letters that were annotated twice.

``corpus/agreement/*.jsonl`` keeps what each of the two handed in, blind, before adjudication: one line a letter,
``{id, a, b}`` with the mentions of each as ``[start, end, label]``, and for public letters ``issues_a``, ``issues_b``
(outcome and guideline families). Offsets are those of the layer: characters of authored letters, characters that are
no white space of public ones.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from corpus.files import FOLDER
from spacy_imr.evaluation.counts import Counts, overlap_counts, prf, strict_counts
from spacy_imr.labels import ENTITY_LABELS, FAMILIES

FILES = {name: FOLDER / "agreement" / f"{name}.jsonl" for name in ("authored", "public")}


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two annotators; None if there is no case, 1 if both always chose the same single label."""
    if not pairs:
        return None
    observed = sum(a == b for a, b in pairs) / len(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(left[label] * right[label] for label in left) / len(pairs) ** 2
    return 1.0 if chance == 1 else round((observed - chance) / (1 - chance), 4)


def agreement() -> dict[str, Any]:
    """Strict and overlap F1 per label for both layers, kappa of outcome and families for the public one."""
    figures: dict[str, Any] = {}
    for name, path in FILES.items():
        with path.open(encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        pairs = [({tuple(s) for s in record["a"]}, {tuple(s) for s in record["b"]}) for record in records]
        figures[name] = {"letters": len(records), "strict": {}, "overlap": {}}
        for mode, count in (("strict", strict_counts), ("overlap", overlap_counts)):
            for label in ("micro", *ENTITY_LABELS):
                chosen = ENTITY_LABELS if label == "micro" else (label,)
                total = sum((count(a, b, chosen) for a, b in pairs), Counts())
                figures[name][mode][label] = {"f1": prf(total)["f1"], "mentions": [total.gold, total.predicted]}
        issues = [pair for r in records if "issues_a" in r for pair in zip(r["issues_a"], r["issues_b"], strict=True)]
        if issues:
            figures[name]["kappa"] = {"issues": len(issues), "outcome": kappa([(a[0], b[0]) for a, b in issues])}
            for index, party in ((1, "claims_administrator"), (2, "reviewer")):
                marks = [(str(f in a[index]), str(f in b[index])) for a, b in issues for f in FAMILIES]
                figures[name]["kappa"][party] = kappa(marks)
    return figures


def agreement_table(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = ["| strict F1 (overlap F1) | letters | micro | " + " | ".join(ENTITY_LABELS) + " |"]
    lines.append("|---" * (3 + len(ENTITY_LABELS)) + "|")
    for name, row in figures.items():
        cells = [
            f"{row['strict'][label]['f1']:.3f} ({row['overlap'][label]['f1']:.3f})"
            for label in ("micro", *ENTITY_LABELS)
        ]
        lines.append(f"| {name} | {row['letters']} | " + " | ".join(cells) + " |")
    for name, row in figures.items():
        if "kappa" in row:
            k = row["kappa"]
            lines += [
                "",
                f"Cohen's kappa on {k['issues']} issues of the {name} letters: outcome {k['outcome']:.2f}, "
                f"families of the claims administrator {k['claims_administrator']:.2f}, "
                f"of the reviewer {k['reviewer']:.2f}.",
            ]
    return "\n".join(lines)

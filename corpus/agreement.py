"""Agreement between the two annotators of the letters that were annotated twice.

``corpus/agreement/*.jsonl`` keeps what each of the two handed in, blind, before adjudication: one line a letter,
``{id, a, b}`` with the mentions of each as ``[start, end, label]``, and for public letters ``issues_a``, ``issues_b``
(outcome and guideline families). Offsets are those of the layer: characters of authored letters, characters that are
no white space of public ones.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.files import FOLDER
from spacy_imr.corpus_format import CorpusLetter, GoldIssue
from spacy_imr.evaluation.counts import Counts, overlap_counts, prf, strict_counts
from spacy_imr.evaluation.entities import chosen_labels, gold_spans
from spacy_imr.labels import ENTITY_LABELS, FAMILIES

# The sides of the reasons' sentences as a second reader saw them, blind, of some training letters: ``{id, reasons}``,
# a list of sides for each issue by its number.
REASONS = FOLDER / "agreement" / "reasons.jsonl"
FILES = {name: FOLDER / "agreement" / f"{name}.jsonl" for name in ("authored", "public")}


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two annotators; None if there is no case, 1 if both always chose the same single label."""
    if not pairs:
        return None
    observed = sum(a == b for a, b in pairs) / len(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(left[label] * right[label] for label in left) / len(pairs) ** 2
    return 1.0 if chance == 1 else round((observed - chance) / (1 - chance), 4)


Mentions = set[tuple[int, int, str]]
# Outcome and guideline families of an issue, of the claims administrator and of the reviewer.
IssueMarks = Sequence[Any]


def agreement() -> dict[str, Any]:
    """`figures` of both layers of the shipped corpus, kappa for the public one."""
    found: dict[str, Any] = {}
    for name, path in FILES.items():
        with path.open(encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        pairs = [({tuple(s) for s in record["a"]}, {tuple(s) for s in record["b"]}) for record in records]
        issues = [pair for r in records if "issues_a" in r for pair in zip(r["issues_a"], r["issues_b"], strict=True)]
        found[name] = figures(pairs, issues)
    return found


def reasons_agreement(letters: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Any]:
    """How two readers of the same reasons agree. `letters`: by letter and number of the issue, the first reader's sides
    of its sentences.
    """
    with REASONS.open(encoding="utf-8") as lines:
        second = {record["id"]: record["reasons"] for record in map(json.loads, lines)}
    both = [(letters[name][number], sides) for name, issues in second.items() for number, sides in issues.items()]
    pairs = [pair for first, other in both for pair in zip(first, other, strict=True)]
    same = sum(first == other for first, other in pairs) / len(pairs)
    return {"issues": len(both), "sentences": len(pairs), "same": round(same, 4), "kappa": kappa(pairs)}


def corpus_agreement(first: Sequence[CorpusLetter], second: Sequence[CorpusLetter]) -> dict[str, Any]:
    """`figures` of the letters that two corpora both hold, issues matched by number."""
    others = {letter.id: letter for letter in second}
    both = [(letter, others[letter.id]) for letter in first if letter.id in others]
    issues = []
    for one, other in both:
        marks = {issue.number: _marks(issue) for issue in other.issues}
        issues += [(_marks(issue), marks[issue.number]) for issue in one.issues if issue.number in marks]
    return figures([(gold_spans(one), gold_spans(other)) for one, other in both], issues)


def _marks(issue: GoldIssue) -> IssueMarks:
    return (issue.outcome, issue.claims_administrator_guidelines, issue.reviewer_guidelines)


def figures(
    pairs: Sequence[tuple[Mentions, Mentions]], issues: Sequence[tuple[IssueMarks, IssueMarks]]
) -> dict[str, Any]:
    """Strict and overlap F1 of two annotators per label, and, where there are issues, kappa of outcome and families."""
    found: dict[str, Any] = {"letters": len(pairs), "strict": {}, "overlap": {}}
    for mode, count in (("strict", strict_counts), ("overlap", overlap_counts)):
        for label in ("micro", *ENTITY_LABELS):
            total = sum((count(a, b, chosen_labels(label)) for a, b in pairs), Counts())
            found[mode][label] = {"f1": prf(total)["f1"], "mentions": [total.gold, total.predicted]}
    if issues:
        found["kappa"] = {"issues": len(issues), "outcome": kappa([(a[0], b[0]) for a, b in issues])}
        for index, party in ((1, "claims_administrator"), (2, "reviewer")):
            marks = [(str(f in a[index]), str(f in b[index])) for a, b in issues for f in FAMILIES]
            found["kappa"][party] = kappa(marks)
    return found


def agreement_table(rows: dict[str, Any]) -> str:
    """`figures` by name, as Markdown."""
    lines = ["| strict F1 (overlap F1) | letters | micro | " + " | ".join(ENTITY_LABELS) + " |"]
    lines.append("|---" * (3 + len(ENTITY_LABELS)) + "|")
    for name, row in rows.items():
        cells = [
            f"{_n(row['strict'][label]['f1'])} ({_n(row['overlap'][label]['f1'])})"
            for label in ("micro", *ENTITY_LABELS)
        ]
        lines.append(f"| {name} | {row['letters']} | " + " | ".join(cells) + " |")
    for name, row in rows.items():
        if "kappa" in row:
            k = row["kappa"]
            lines += [
                "",
                f"Cohen's kappa on {k['issues']} issues of the {name} letters: outcome {k['outcome']:.2f}, "
                f"families of the claims administrator {k['claims_administrator']:.2f}, "
                f"of the reviewer {k['reviewer']:.2f}.",
            ]
    return "\n".join(lines)


def _n(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"

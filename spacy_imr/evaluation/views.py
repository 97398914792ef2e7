"""The classifiers, each view apart, beside their baselines. Every score has its support and an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy
from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter, gold_issues
from spacy_imr.evaluation.counts import Counts, prf, reliability
from spacy_imr.guidelines import families
from spacy_imr.labels import FAMILIES, OUTCOMES
from spacy_imr.letter import mask_furniture
from spacy_imr.letter.conclusions import regex_outcome
from spacy_imr.pipeline.issue_classifier import doc_issues
from spacy_imr.pipeline.views import PARTS, IssueDict, part_bounds

Metrics = dict[str, Any]
# View: the pipe that reads it, and the parts of an issue that a baseline may read in its place.
OUTCOME_VIEWS: Final = {
    "heading visible": ("imr_heading", ("heading", "rationale")),
    "heading masked": ("imr_outcome", ("rationale",)),
    "conclusion removed": ("imr_reasons", ("reasons",)),
}
GUIDELINE_VIEWS: Final = {
    "claims administrator's citation": (
        "claims_administrator",
        "imr_claims_administrator_citation",
        ("claims_administrator_citation",),
    ),
    "reviewer's citation": ("reviewer", "imr_reviewer_citation", ("reviewer_citation",)),
    "reviewer's rationale": ("reviewer", "imr_reviewer_rationale", ("rationale",)),
}


@dataclass(frozen=True)
class Case:
    """One gold issue, what the pipeline reads of it, and its letter's place in the data, name and format."""

    letter: int
    name: str
    format: str
    gold: IssueDict
    chances: dict[str, dict[str, float]]
    # The text of each part that a baseline may read, white space collapsed.
    texts: dict[str, str]

    def part(self, parts: Iterable[str]) -> str:
        """The text of some parts of the issue together."""
        return " ".join(self.texts[part] for part in parts if self.texts[part])


def issue_cases(letters: Sequence[CorpusLetter], docs: Sequence[Doc] = ()) -> list[Case]:
    """The issues of `letters`, matched by number with those that `docs` hold, if there are any."""
    cases = []
    for place, letter in enumerate(letters):
        read = {issue["number"]: issue for issue in doc_issues(docs[place])} if docs else {}
        text = mask_furniture(letter.text)
        for gold in gold_issues(letter):
            texts = {name: _part_text(text, gold, name) for name in PARTS}
            guess = read.get(gold["number"])
            cases.append(Case(place, letter.id, letter.format, gold, guess["probabilities"] if guess else {}, texts))
    return cases


def _part_text(text: str, issue: IssueDict, part: str) -> str:
    return " ".join(" ".join(text[start:end].split()) for start, end in part_bounds(text, issue, part))


def view_scores(cases: Sequence[Case], train: Sequence[Case], samples: int) -> Metrics:
    """Scores of every view: the pipeline's classifier, and its baselines (those that learn do so from `train`)."""
    scores: Metrics = {}
    for name, (pipe, parts) in OUTCOME_VIEWS.items():
        usable = [case for case in cases if case.gold["outcome"] and case.part(parts)]
        systems: dict[str, list[str]] = {"majority": ["UPHELD"] * len(usable)}
        systems["regular expression"] = [regex_outcome(case.part(parts)) for case in usable]
        chances = [case.chances.get(pipe, {}) for case in usable]
        row: Metrics = {"support": len(usable)}
        if any(chances):
            systems[pipe] = [max(found, key=found.__getitem__) if found else "" for found in chances]
            row["calibration"] = calibration(chances, [case.gold["outcome"] for case in usable])
        if train:
            systems["TF-IDF + logistic regression"] = _linear_outcome(train, usable, parts)
        gold = [case.gold["outcome"] for case in usable]
        places = [case.letter for case in usable]
        row["systems"] = {system: outcome_row(gold, got, places, samples) for system, got in systems.items()}
        scores[name] = row
    for name, (party, pipe, parts) in GUIDELINE_VIEWS.items():
        field = f"{party}_guidelines"
        usable = [case for case in cases if case.gold[field] and case.part(parts)]
        marks: dict[str, list[list[str]]] = {}
        if name.endswith("citation"):
            marks["rules"] = [list(families(case.part(parts))) for case in usable]
        if any(pipe in case.chances for case in usable):
            marks[pipe] = [[f for f, p in case.chances.get(pipe, {}).items() if p >= 0.5] for case in usable]
        if train:
            marks["TF-IDF + logistic regression"] = _linear_families(train, usable, parts, field)
        scores[name] = {
            "support": len(usable),
            "systems": {
                system: families_row([case.gold[field] for case in usable], got, [c.letter for c in usable], samples)
                for system, got in marks.items()
            },
        }
        if "rules" in marks:
            scores[name]["formats"] = format_rows(usable, field, marks["rules"], samples)
    return scores


def format_rows(cases: Sequence[Case], field: str, got: Sequence[Sequence[str]], samples: int) -> Metrics:
    """`families_row`'s score for the letters of each format, with every case that is wrong: letter, issue, families."""
    rows: Metrics = {}
    for name in sorted({case.format for case in cases}):
        chosen = [(case, found) for case, found in zip(cases, got, strict=True) if case.format == name]
        gold, places = [case.gold[field] for case, _ in chosen], [case.letter for case, _ in chosen]
        wrong = [
            {"letter": case.name, "issue": case.gold["number"], "gold": sorted(case.gold[field]), "read": sorted(found)}
            for case, found in chosen
            if set(case.gold[field]) != set(found)
        ]
        micro = families_row(gold, [found for _, found in chosen], places, samples)["micro"]
        rows[name] = {"support": len(chosen), "micro": micro, "errors": wrong}
    return rows


def outcome_row(gold: Sequence[str], got: Sequence[str], places: Sequence[int], samples: int) -> Metrics:
    """Balanced accuracy with its interval over letters, P/R/F1 with support per outcome, confusion counts."""
    row: Metrics = {"balanced_accuracy": balanced_accuracy(gold, got)}
    row |= _interval(list(zip(gold, got, strict=True)), places, samples, lambda pairs: balanced_accuracy(*zip(*pairs)))  # noqa: B905
    for outcome in OUTCOMES:
        hits = sum(g == p == outcome for g, p in zip(gold, got, strict=True))
        row[outcome] = prf(Counts(hits, list(got).count(outcome), list(gold).count(outcome)))
    pairs = list(zip(gold, got, strict=True))
    row["confusion"] = {g: {p or "none": pairs.count((g, p)) for p in (*OUTCOMES, "")} for g in OUTCOMES}
    return row


def families_row(
    gold: Sequence[Sequence[str]], got: Sequence[Sequence[str]], places: Sequence[int], samples: int
) -> Metrics:
    """Micro-F1 with its interval over letters, and P/R/F1 with support per family."""
    pairs = [(set(g), set(p)) for g, p in zip(gold, got, strict=True)]

    def micro(chosen: Sequence[tuple[set[str], set[str]]]) -> float | None:
        return prf(_family_counts(chosen, FAMILIES))["f1"]

    row: Metrics = {"micro": prf(_family_counts(pairs, FAMILIES)) | _interval(pairs, places, samples, micro)}
    return row | {name: prf(_family_counts(pairs, [name])) for name in FAMILIES}


def _family_counts(pairs: Sequence[tuple[set[str], set[str]]], names: Sequence[str]) -> Counts:
    wanted = set(names)
    return Counts(
        sum(len(g & p & wanted) for g, p in pairs),
        sum(len(p & wanted) for _, p in pairs),
        sum(len(g & wanted) for g, _ in pairs),
    )


def balanced_accuracy(gold: Sequence[str], got: Sequence[str]) -> float | None:
    """Mean recall over the outcomes that occur; None without a case."""
    recalls = []
    for outcome in OUTCOMES:
        hits = [p == outcome for g, p in zip(gold, got, strict=True) if g == outcome]
        if hits:
            recalls.append(sum(hits) / len(hits))
    return round(sum(recalls) / len(recalls), 4) if recalls else None


def _interval(
    items: Sequence[Any], places: Sequence[int], samples: int, score: Callable[[Sequence[Any]], float | None]
) -> Metrics:
    """95% interval of `score` by resampling letters."""
    by_letter: dict[int, list[Any]] = {}
    for item, place in zip(items, places, strict=True):
        by_letter.setdefault(place, []).append(item)
    groups = list(by_letter.values())
    if not samples or len(groups) < 2:
        return {}
    rng = numpy.random.default_rng(0)
    found = []
    for _ in range(samples):
        drawn = [item for place in rng.integers(0, len(groups), len(groups)) for item in groups[place]]
        value = score(drawn)
        if value is not None:
            found.append(value)
    low, high = numpy.quantile(found, [0.025, 0.975])
    return {"ci95": [round(float(low), 4), round(float(high), 4)]}


def calibration(chances: Sequence[dict[str, float]], gold: Sequence[str]) -> Metrics:
    """`reliability` of the best label's probability."""
    best = [max(found, key=found.__getitem__) if found else "" for found in chances]
    return reliability([(found.get(b, 0.0), b == g) for found, b, g in zip(chances, best, gold, strict=True)])


def _linear_outcome(train: Sequence[Case], test: Sequence[Case], parts: Sequence[str]) -> list[str]:
    fitted = [case for case in train if case.part(parts)]
    model = _linear_model(many=False)
    model.fit([case.part(parts) for case in fitted], [case.gold["outcome"] for case in fitted])
    return list(model.predict([case.part(parts) for case in test])) if test else []


def _linear_families(train: Sequence[Case], test: Sequence[Case], parts: Sequence[str], field: str) -> list[list[str]]:
    fitted = [case for case in train if case.gold[field] and case.part(parts)]
    targets = numpy.array([[int(name in case.gold[field]) for name in FAMILIES] for case in fitted])
    model = _linear_model(many=True).fit([case.part(parts) for case in fitted], targets)
    rows = model.predict([case.part(parts) for case in test]) if test else []
    return [[name for name, mark in zip(FAMILIES, row, strict=True) if mark] for row in rows]


def _linear_model(*, many: bool) -> Any:
    """TF-IDF and logistic regression: one label a text, or `many`."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    classifier = LogisticRegression(C=30.0, class_weight="balanced", max_iter=2000)
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, min_df=2),
        OneVsRestClassifier(classifier) if many else classifier,
    )

"""One page that shows every score, and every error in its letter. Needs the extra ``evaluation`` (matplotlib)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation import plots
from spacy_imr.evaluation.counts import Span
from spacy_imr.evaluation.entities import SpanPair
from spacy_imr.evaluation.errors import KINDS, Mistake, entity_mistakes, issue_mistakes
from spacy_imr.evaluation.evaluate import Reading
from spacy_imr.evaluation.table import interval, number, score_of
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.render import COLORS, Mark, html_page, marked_text

Metrics = Mapping[str, Any]
# Colours of the mistakes; what is right has the colour of its label, paler.
_KIND_COLORS: Final = {"missed": "#fc8181", "made up": "#f6ad55", "bounds": "#f6e05e", "label": "#d6a2e8"}
_STYLE: Final = """
main { max-width: 68rem; margin: 0 auto; } h2 { margin-top: 2.2rem; border-bottom: 2px solid #ddd; }
nav a { margin-right: 1rem; } .plots { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
figure { margin: 0; } figcaption { font-weight: 600; } svg { max-width: 100%; height: auto; }
table { width: auto; } td { font-variant-numeric: tabular-nums; } td.n { text-align: right; }
details { margin: .4rem 0; } summary { cursor: pointer; } .entities { line-height: 1.9 !important; font-size: 14px; }
mark.wrong { outline: 1px solid #7b341e; font-weight: 600; } .note { color: #555; }
"""


def render_report(metrics: Metrics, reading: Reading, curve: Mapping[str, Any] | None = None) -> str:
    """A self-contained page (no script, nothing fetched) of `metrics` and of the letters they were measured on.

    metrics: what `measure` returns, ``model`` and ``data`` (hashes by path), ``robustness`` and ``comparison`` if any.
    curve: what ``python -m training.curve`` writes.

    Every piece of a letter, and every name that comes from the data, is escaped.
    """
    sections = {
        "Entities": _entities(metrics),
        "Slices": _figure(
            "Strict F1 by slice", plots.slice_plot(metrics["slices"], metrics["entities"]["strict"]["micro"]["f1"])
        ),
        "Normalised values": _values(metrics["values"]),
        "Issues": _issues(metrics),
        "Baselines": _baselines(metrics),
    }
    if "robustness" in metrics:
        sections["Robustness"] = _robustness(metrics["robustness"])
    if curve:
        sections["Learning curve"] = _figure("Strict F1 over training letters", plots.curve_plot(curve))
    if "comparison" in metrics:
        sections["Comparison"] = _comparison(metrics["comparison"])
    sections["Errors"] = _errors(reading)
    title = f"{metrics['model']} on {metrics['letters']} letters"
    data = ", ".join(f"{path} ({digest[:12]})" for path, digest in metrics["data"].items())
    links = "".join(f'<a href="#{_anchor(name)}">{escape(name)}</a>' for name in sections)
    parts = "".join(f'<section id="{_anchor(n)}"><h2>{escape(n)}</h2>{body}</section>' for n, body in sections.items())
    body = f'<main><h1>{escape(title)}</h1><p class="note">{escape(data)}</p><nav>{links}</nav>{parts}</main>'
    return html_page(title, body, _STYLE)


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first column names its row, the others hold numbers."""
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr><th>{escape(row[0])}</th>" + "".join(f'<td class="n">{escape(cell)}</td>' for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{heads}</tr>{body}</table>"


def _figure(caption: str, svg: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{svg}</figure>"


def _n(value: float | None) -> str:
    return number(value, 0)


def _entities(metrics: Metrics) -> str:
    entities = metrics["entities"]
    rows = []
    for label in ("micro", *ENTITY_LABELS):
        row = entities["strict"][label]
        loose = _n(entities["overlap"][label]["f1"])
        rows.append([label, _n(row["p"]), _n(row["r"]), _n(row["f1"]), interval(row), str(row["support"]), loose])
    head = ["strict", "P", "R", "F1", "95% interval", "support", "overlap F1"]
    references = ", ".join(f"{name} {value:.4f}" for name, value in metrics["references"].items())
    figures = _figure("Labels, whatever the bounds", plots.confusion_plot(entities["confusion"]))
    curves = {"entities": entities["calibration"]}
    curves |= {n: view["calibration"] for n, view in metrics["views"].items() if "calibration" in view}
    curves = {f"{name} ({_n(c['expected_error'])})": c for name, c in curves.items() if c["bins"]}
    if curves:
        figures += _figure("Reliability (expected calibration error)", plots.reliability_plot(curves))
    note = f'<p class="note">Micro F1 by other counts: {escape(references)}.</p>'
    return f'{_table(head, rows)}{note}<div class="plots">{figures}</div>'


def _values(values: Metrics) -> str:
    rows = [[name, *(str(row[key]) for key in ("support", "found", "right"))] for name, row in values.items()]
    return _table(["", "support", "found", "right"], rows)


def _issues(metrics: Metrics) -> str:
    issues = metrics["issues"]
    text = (
        f"{issues['found']} of {issues['support']} issues found; items right {issues['items_right']}, "
        f"outcomes right {issues['outcomes_right']}."
    )
    rows = []
    figures = ""
    for name, view in metrics["views"].items():
        for system, row in view["systems"].items():
            score = score_of(row)
            rows.append([f"{name}: {system}", _n(score["value"]), interval(score), str(view["support"])])
            if "confusion" in row and system.startswith("imr_"):
                figures += _figure(f"{name}: {system}", plots.confusion_plot(row["confusion"]))
    head = ["view: system", "balanced accuracy / micro-F1", "95% interval", "support"]
    return f'<p>{escape(text)}</p>{_table(head, rows)}<div class="plots">{figures}</div>'


def _label_cells(rows: Metrics, key: str) -> Iterator[str]:
    for label in ("micro", *ENTITY_LABELS):
        yield _n(rows[label].get(key)) if label in rows else "-"


def _baselines(metrics: Metrics) -> str:
    systems = {metrics["model"]: metrics["entities"]["strict"]}
    systems |= {name: scores["strict"] for name, scores in metrics["baselines"].items()}
    return _table(
        ["strict F1", "micro", *ENTITY_LABELS], [[name, *_label_cells(s, "f1")] for name, s in systems.items()]
    )


def _robustness(robustness: Metrics) -> str:
    rows = []
    for name, row in robustness.items():
        issues = row["issues"]
        outcomes = f"{issues['outcomes_right']} of {issues['support']}"
        rows.append([name, *_label_cells(row["strict"], "change"), interval(row["strict"]["micro"]), outcomes])
    head = ["change of strict F1", "micro", *ENTITY_LABELS, "95% interval (micro)", "outcomes right"]
    return _figure("Change of strict F1", plots.robustness_plot(robustness)) + _table(head, rows)


def _comparison(comparison: Metrics) -> str:
    rows = [
        [n, _n(r["first"]), _n(r["second"]), _n(r.get("change")), interval(r), _n(r.get("p")), str(r["support"])]
        for n, r in comparison["rows"].items()
    ]
    names = f"First: {comparison['first']}. Second: {comparison['second']}."
    head = ["", "first", "second", "change", "95% interval", "p", "support"]
    return f"<p>{escape(names)}</p>{_table(head, rows)}"


# --- errors -----------------------------------------------------------------------------------------------------


def _errors(reading: Reading) -> str:
    found = [entity_mistakes(*pair) for pair in reading.pairs]
    counts = Counter((m.kind, (m.gold or m.read)[0][2]) for mistakes in found for m in mistakes)
    table = _table(
        ["", *ENTITY_LABELS, "what it is"],
        [[kind, *(str(counts[kind, label]) for label in ENTITY_LABELS), text] for kind, text in KINDS.items()],
    )
    letters = [
        _letter(letter, doc, pair, mistakes)
        for letter, doc, pair, mistakes in zip(reading.gold, reading.docs, reading.pairs, found, strict=True)
    ]
    right = sum(not letter for letter in letters)
    return f"{table}<p>{right} letters without an error.</p>{''.join(letters)}"


def _letter(letter: CorpusLetter, doc: Doc, pair: SpanPair, mistakes: Sequence[Mistake]) -> str:
    """A letter with its mistakes marked; nothing if it has none."""
    issues = list(issue_mistakes(letter, doc))
    if not mistakes and not issues:
        return ""
    marks = [_mark(letter.text, mistake) for mistake in mistakes]
    marks += [Mark(start, end, label, f"{COLORS.get(label, '#eee')}66") for start, end, label in pair[0] & pair[1]]
    counts = Counter(mistake.kind for mistake in mistakes)
    said = ", ".join([f"{count} {kind}" for kind, count in counts.items()] + issues)
    return (
        f"<details><summary><b>{escape(letter.id)}</b>: {escape(said)}</summary>"
        f"{marked_text(letter.text, marks)}</details>"
    )


def _mark(text: str, mistake: Mistake) -> Mark:
    if mistake.kind == "missed" or mistake.kind == "made up":
        label = f"{mistake.kind}: {' + '.join(span[2] for span in mistake.gold or mistake.read)}"
    else:
        label = f"{mistake.kind}: {_said(text, mistake.gold)}, read {_said(text, mistake.read)}"
    return Mark(mistake.start, mistake.end, label, _KIND_COLORS[mistake.kind], wrong=True)


def _said(text: str, spans: Sequence[Span]) -> str:
    return " + ".join(f"“{' '.join(text[start:end].split())}” {label}" for start, end, label in spans)

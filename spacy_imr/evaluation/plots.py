"""The plots of the report, as SVG that stands in the page. Needs the extra ``evaluation`` (matplotlib)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spacy_imr.labels import ENTITY_LABELS

Metrics = Mapping[str, Any]
_BLUE, _GREY, _RED = "#2b6cb0", "#a0aec0", "#c53030"
# Text stays text, and no piece of it is taken for a formula; the same data give the same bytes.
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "spacy-imr",
    "text.parse_math": False,
    "font.size": 9,
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def _svg(size: tuple[float, float], draw: Callable[[Axes], None]) -> str:
    """One plot, `size` in inches, without the head of an XML file."""
    with rc_context(_SETTINGS):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        sink = StringIO()
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return re.sub(r"^.*?(?=<svg)", "", sink.getvalue(), flags=re.DOTALL)


def slice_plot(slices: Metrics, overall: float | None) -> str:
    """Strict micro F1 of every part of every slice with its interval; the line is the score of all letters."""
    rows: list[tuple[str, Metrics | None]] = []
    for name, parts in slices.items():
        rows.append((name, None))
        rows += [(f"{part} ({row['micro']['support']})", row["micro"]) for part, row in parts.items()]
    rows = [row for row in rows if row[1] is None or row[1]["f1"] is not None]

    def draw(axes: Axes) -> None:
        for place, (_, score) in enumerate(rows):
            if score is not None:
                low, high = score.get("ci95", [score["f1"], score["f1"]])
                axes.plot([low, high], [place, place], color=_GREY, linewidth=2)
                axes.plot(score["f1"], place, "o", color=_BLUE, markersize=5)
        if overall is not None:
            axes.axvline(overall, color=_RED, linewidth=1, linestyle=":")
        labels = axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        for tick, (_, score) in zip(labels, rows, strict=True):
            tick.label1.set_fontweight("normal" if score else "bold")
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlabel("strict F1 (support in brackets), 95% interval")

    return _svg((6.5, 0.22 * len(rows) + 0.8), draw)


def reliability_plot(curves: Mapping[str, Metrics]) -> str:
    """Accuracy over confidence of each classifier; the diagonal is where probabilities mean what they say."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle=":")
        for name, curve in curves.items():
            points = [(row["confidence"], row["accuracy"]) for row in curve["bins"]]
            axes.plot(*zip(*points, strict=True), marker="o", markersize=4, label=name)
        axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
        axes.legend(frameon=False, fontsize=8)

    return _svg((4.2, 3.6), draw)


def confusion_plot(matrix: Mapping[str, Mapping[str, int]]) -> str:
    """Counts by annotated (rows) and read (columns), shaded by their share of the row."""
    rows, columns = list(matrix), list(next(iter(matrix.values())))
    shares = [[matrix[r][c] / max(1, sum(matrix[r].values())) for c in columns] for r in rows]

    def draw(axes: Axes) -> None:
        axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=1.3, edgecolor="white", linewidth=2)
        axes.invert_yaxis()
        for y, row in enumerate(rows):
            for x, column in enumerate(columns):
                axes.text(x + 0.5, y + 0.5, str(matrix[row][column]), ha="center", va="center", fontsize=8)
        axes.set_xticks([x + 0.5 for x in range(len(columns))], columns, rotation=30, ha="right")
        axes.set_yticks([y + 0.5 for y in range(len(rows))], rows)
        axes.set(xlabel="read", ylabel="annotated")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)

    return _svg((0.75 * len(columns) + 1.6, 0.38 * len(rows) + 1.4), draw)


def robustness_plot(robustness: Metrics) -> str:
    """Change of strict F1 by perturbation: all labels with the interval, and each label."""
    names = list(robustness)

    def draw(axes: Axes) -> None:
        for place, name in enumerate(names):
            rows = robustness[name]["strict"]
            for label in ENTITY_LABELS:
                if "change" in rows[label]:
                    axes.plot(rows[label]["change"], place, "|", color=_GREY, markersize=9)
            change = rows["micro"].get("change", 0.0)
            axes.plot(rows["micro"].get("ci95", [change, change]), [place, place], color=_BLUE, linewidth=2)
            axes.plot(change, place, "o", color=_BLUE, markersize=5)
        axes.axvline(0, color=_GREY, linewidth=1)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlabel("change of strict F1 (dot: all labels, 95% interval; bars: each label)")

    return _svg((6.5, 0.32 * len(names) + 0.8), draw)


def curve_plot(curve: Mapping[str, Metrics]) -> str:
    """Strict micro F1 over the number of training letters. `curve`: what ``python -m training.curve`` writes."""
    series: dict[str, list[tuple[int, float]]] = {}
    for name, point in curve.items():
        for test in _tests(point):
            key = f"{name.rsplit('-', 1)[0]}, on {test.replace('_', ' ')}"
            series.setdefault(key, []).append((point["letters"], point[test]["micro"]))

    def draw(axes: Axes) -> None:
        for name, points in sorted(series.items()):
            axes.plot(*zip(*sorted(points), strict=True), marker="o", markersize=4, label=name)
        axes.set(xlabel="training letters", ylabel="strict F1", xlim=(0, None))
        axes.legend(frameon=False, fontsize=8)

    return _svg((6.5, 3.6), draw)


def _tests(point: Metrics) -> Iterable[str]:
    """The test sets that a point of the curve was scored on; the dev sets where there is no other."""
    found = [name for name, row in point.items() if isinstance(row, dict)]
    return [name for name in found if name.endswith("test")] or found

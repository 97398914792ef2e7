"""Issues as a sheet, for people who live in a spreadsheet."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from spacy_imr.batch.rows import IssueRow, rows
from spacy_imr.inputs import printable

# What makes a spreadsheet take a cell for a formula, in any of the scripts it reads.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST: Final = 32_767  # characters of a cell of a workbook
_ROWS: Final = 1_048_575  # rows of a sheet, below its heading

HEADING: Final = list(IssueRow.model_fields)


def cell(value: Any) -> str | int | float | bool | None:
    """A value as it may stand in a cell: lists joined by ``; ``, white space as single spaces, other control
    characters as escapes, an apostrophe before what would start a formula; cut at what a workbook's cell holds.
    """
    if isinstance(value, list):
        value = "; ".join(value)
    if not isinstance(value, str):
        return value
    text = printable(" ".join(value.split()))
    return ("'" + text if text.startswith(_FORMULA) else text)[:_LONGEST]


def _cells(parts: Iterable[Path]) -> Iterator[list[str | int | float | bool | None]]:
    for row in itertools.chain.from_iterable(map(rows, parts)):
        yield [cell(row[name]) for name in HEADING]


def write_csv(parts: Iterable[Path], target: Path) -> None:
    """Write the issues of `parts` (JSONL) as comma-separated values, UTF-8 with the mark that spreadsheets look for."""
    with target.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(HEADING)
        writer.writerows(_cells(parts))


def write_xlsx(parts: Iterable[Path], target: Path) -> None:
    """Write the issues of `parts` (JSONL) as a workbook; a sheet that is full is followed by another. Needs the extra
    ``xlsx`` (XlsxWriter).
    """
    import xlsxwriter

    found = _cells(parts)
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for first in itertools.chain([next(found, None)], found):
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(HEADING):
                sheet.write_string(0, column, name, bold)
            some = [first] if first is not None else []
            for number, values in enumerate(itertools.chain(some, itertools.islice(found, _ROWS - 1)), 1):
                for column, value in enumerate(values):
                    if isinstance(value, bool):
                        sheet.write_boolean(number, column, value)
                    elif isinstance(value, str):
                        sheet.write_string(number, column, value)
                    elif value is not None:
                        sheet.write_number(number, column, value)

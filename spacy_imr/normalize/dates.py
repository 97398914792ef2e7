"""Dates as ISO 8601, with the precision that the letter gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Precision = Literal["day", "month", "year", "month_day"]

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_NAME: Final = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR: Final = r"(?P<year>\d{4,})"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<month>\d{1,2})\s*[-/.]\s*(?P<day>\d{1,2})\s*[-/.]\s*(?P<year>\d{4,}|\d{2})",
        r"(?P<year>\d{4})\s*[-/]\s*(?P<month>\d{1,2})\s*[-/]\s*(?P<day>\d{1,2})",
        r"(?P<year>\d{4})-(?P<month>\d{2})",
        rf"{_NAME}\s+{_DAY}(?:\s*,\s*|\s+(?:of\s+)?){_YEAR}",
        rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?{_NAME},?\s+(?:of\s+)?{_YEAR}",
        rf"{_NAME}(?:\s*,\s*|\s+(?:of\s+)?){_YEAR}",
        rf"{_NAME}\s+['’](?P<year>\d{{2}})",
        rf"{_NAME}\s+{_DAY}",
        rf"{_DAY}\s+(?:of\s+)?{_NAME}",
        r"(?P<month>\d{1,2})\s*[-/]\s*(?P<year>\d{4})",
        r"(?P<month>\d{1,2})\s*[-/]\s*(?P<day>\d{1,2})\s+(?P<year>\d{4})",
        r"(?P<month>\d{1,2})\s*[-/]\s*(?P<day>\d{1,2})",
        r"(?P<year>\d{4})",
    )
)
# A two-digit year up to this one belongs to this century.
_PIVOT: Final = 39


@dataclass(frozen=True)
class NormalDate:
    """A normalised date. `value` is None, and `valid` False, for a date that no calendar has (``13/45/2013``) or that
    cannot be read (``June 20216``). A month and day without a year is ``--MM-DD``.
    """

    value: str | None
    precision: Precision | None
    valid: bool


def normalize_date(text: str) -> NormalDate:
    """ISO 8601 of a date as it is printed, in US order (month, day, year)."""
    flat = " ".join(text.split())
    for form in _FORMS:
        if match := form.fullmatch(flat):
            return _date(match.groupdict())
    return NormalDate(None, None, False)


def _date(parts: dict[str, str | None]) -> NormalDate:
    year_text, month_text, day_text = parts.get("year"), parts.get("month"), parts.get("day")
    year = _full_year(year_text) if year_text else None
    month = (_MONTHS.get(month_text.lower()) or int(month_text)) if month_text else None
    day = int(day_text) if day_text else None
    precision: Precision = "day" if day is not None else "month" if month is not None else "year"
    if month == 0 or day == 0:
        return NormalDate(None, precision, False)
    if year_text is None:
        precision = "month_day"
    try:
        # 2000 is a leap year: a day without a year may be the 29th of February.
        date(2000 if year is None else year, month or 1, day or 1)
    except ValueError:
        return NormalDate(None, precision, False)
    if year is not None and not 1900 <= year <= 2100:
        return NormalDate(None, precision, False)
    value = f"{year:04d}" if year is not None else "-"
    value += f"-{month:02d}" if month else ""
    value += f"-{day:02d}" if day else ""
    return NormalDate(value, precision, True)


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year <= _PIVOT else 1900)

"""The patient's age and sex, and the reviewer's licences and specialties, as a letter states them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Bounds = tuple[int, int]
Sex = Literal["female", "male"]

_AGE: Final = re.compile(
    r"(?<![\d/.-])(?P<years>\d{1,3})[\s-]*(?:years?|yrs?)[\s-]*(?:old|of\s+age)\b(?!\s+(?:injury|claim|fracture|surgery))"
    r"|(?<![\d/.-])(?P<short>\d{1,3})\s?y\.?/?o\.?\b|(?<![\w/.-])(?P<initialled>\d{2})(?=\s?(?-i:[MF])\b(?!\.))"
    r"|\b[Aa]ged?:?\s+(?P<named>\d{2})\b(?!\s*(?:%|mg|percent))",
    re.IGNORECASE,
)
_OLDEST: Final = 110
_SEX: Final = re.compile(r"\b(?:(?P<female>female|woman|lady|girl)|(?P<male>male|man|gentleman|boy))\b", re.IGNORECASE)
_SEX_INITIAL: Final = re.compile(r"\s*-?\s*(?P<initial>[FM])\b")
# A noun that says what the patient is: "the claimant is a right-handed woman".
_PATIENT_IS: Final = re.compile(
    r"\b(?:patient|worker|applicant|claimant|employee|IW|this)\b[^.;]{0,30}?\b(?:is|was|an?|this)\s+(?:[\w-]+\s+){0,4}?"
    r"(?:(?P<female>female|woman|lady)|(?P<male>male|man|gentleman))\b",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(r"\b(?:(?P<female>she|her|hers)|(?P<male>he|his|him))\b", re.IGNORECASE)
# A value runs to the next label, heading or empty line: lines may break anywhere.
_VALUE: Final = r"\s*:\s*(?P<value>\S.{0,300}?)\s*(?=\n\s*\n|Certification\(s\)|State\(s\)|CLINICAL|CASE\s+SUMMARY|$)"
_LICENSED: Final = re.compile(r"State\(s\)\s*of\s*Licensure" + _VALUE, re.IGNORECASE | re.DOTALL)
_SPECIALTY: Final = re.compile(r"Certification\(s\)\s*/\s*Specialty" + _VALUE, re.IGNORECASE | re.DOTALL)
_BOARD: Final = re.compile(
    r"Board\s+Certified\s+in\s+(?P<value>[A-Z][^.\n]*?(?:\n[^.\n]*?)?)\s*(?:,?\s+and\s+(?:has|is)\b|\.)"
)
_LICENSED_IN: Final = re.compile(r"licensed\s+to\s+practice\s+in\s+(?P<value>[A-Z]\w+(?:\s+[A-Z]\w+)?)")


@dataclass(frozen=True)
class Patient:
    """Age in years and sex, each with where it is said."""

    age: int | None = None
    age_at: Bounds | None = None
    sex: Sex | None = None
    sex_at: Bounds | None = None


def find_patient(text: str, start: int, end: int) -> Patient:
    """Age and sex in the part of the letter that tells the case.

    The sex is taken from the words at the age (``46 year old female``), else from a noun that says what the patient is,
    else from the pronouns if three of four agree.
    """
    match = next((m for m in _AGE.finditer(text, start, end) if int(m[str(m.lastgroup)]) <= _OLDEST), None)
    age = int(match[str(match.lastgroup)]) if match else None
    age_at = match.span() if match else None
    if match:
        near = _SEX.search(text, match.end(), min(end, match.end() + 40))
        initial = _SEX_INITIAL.match(text, match.end(), end)
        if near:
            return Patient(age, age_at, "female" if near["female"] else "male", near.span())
        if initial:
            return Patient(age, age_at, "female" if initial["initial"] == "F" else "male", initial.span("initial"))
    found = _PATIENT_IS.search(text, start, min(end, start + 1500))
    if found:
        return Patient(age, age_at, "female" if found["female"] else "male", found.span(str(found.lastgroup)))
    pronouns = list(_PRONOUN.finditer(text, start, min(end, start + 3000)))
    women = [pronoun for pronoun in pronouns if pronoun["female"]]
    men = [pronoun for pronoun in pronouns if pronoun["male"]]
    most, sex = max((women, "female"), (men, "male"), key=lambda pair: len(pair[0]))
    if most and 4 * len(most) >= 3 * len(pronouns):
        return Patient(age, age_at, "female" if sex == "female" else "male", most[0].span())
    return Patient(age, age_at)


def find_licences(text: str) -> list[Bounds]:
    """States in which the reviewer is licensed."""
    return _listed(text, _LICENSED.search(text) or _LICENSED_IN.search(text))


def find_specialties(text: str) -> list[Bounds]:
    """Certifications and specialties of the reviewer."""
    return _listed(text, _SPECIALTY.search(text) or _BOARD.search(text))


def _listed(text: str, match: re.Match[str] | None) -> list[Bounds]:
    if match is None:
        return []
    base = match.start("value")
    return [
        (base + part.start(), base + part.end())
        for part in re.finditer(r"[^,;\s][^,;]*[^,;\s]|[^,;\s]", match["value"])
    ]

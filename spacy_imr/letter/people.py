"""The patient's age and sex, and the reviewer's licences and specialties, as a letter states them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Bounds = tuple[int, int]
Sex = Literal["female", "male"]

_AGE: Final = re.compile(
    r"(?<![\d/.-])(?P<age>\d{1,3})[\s-]*(?:years?|yrs?)[\s-]*(?:old|of\s+age)\b(?!\s+(?:injury|claim|fracture|surgery))|(?<![\d/.-])(?P<age2>\d{1,3})\s?y\.?/?o\.?\b",
    re.IGNORECASE,
)
_SEX: Final = re.compile(r"\b(?:(?P<female>female|woman|lady|girl)|(?P<male>male|man|gentleman|boy))\b", re.IGNORECASE)
_SEX_INITIAL: Final = re.compile(r"\s*-?\s*(?P<initial>[FM])\b")
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
    """Age and sex in the part of the letter that tells the case, from its first sentences.

    The sex is taken from the words at the age (``46 year old female``), else from the first noun, else from the
    pronouns if all agree.
    """
    match = _AGE.search(text, start, end)
    age = int(match["age"] or match["age2"]) if match else None
    if match and age is not None and age <= 110:
        near = _SEX.search(text, match.end(), min(end, match.end() + 40))
        initial = _SEX_INITIAL.match(text, match.end(), end)
        if near:
            return Patient(age, match.span(), "female" if near["female"] else "male", near.span())
        if initial:
            sex: Sex = "female" if initial["initial"] == "F" else "male"
            return Patient(age, match.span(), sex, initial.span("initial"))
    pronouns = list(_PRONOUN.finditer(text, start, min(end, start + 3000)))
    kinds = {bool(pronoun["female"]) for pronoun in pronouns}
    noun = _SEX.search(text, start, min(end, start + 600))
    found = noun or (pronouns[0] if len(kinds) == 1 else None)
    return Patient(
        age if match and age is not None and age <= 110 else None,
        match.span() if match and age is not None and age <= 110 else None,
        None if found is None else "female" if found["female"] else "male",
        found.span() if found else None,
    )


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

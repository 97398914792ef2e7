"""Every label of the project, stated once."""

from typing import Final, Literal, get_args

EntityLabel = Literal["DIAGNOSIS", "PROCEDURE", "MEDICATION", "DATE", "SPINE_LEVEL"]
Outcome = Literal["UPHELD", "OVERTURNED"]
Family = Literal[
    "MTUS_CHRONIC_PAIN",
    "MTUS_ACOEM",
    "MTUS_POSTSURGICAL",
    "MTUS_ACUPUNCTURE",
    "MTUS_OTHER",
    "ODG",
    "OTHER",
    "NONE",
]
# Which way a sentence of the reviewer's reasons speaks: for the request, against it, neither.
Side = Literal["FOR", "AGAINST", "NEITHER"]

ENTITY_LABELS: Final[tuple[EntityLabel, ...]] = get_args(EntityLabel)
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
FAMILIES: Final[tuple[Family, ...]] = get_args(Family)
SIDES: Final[tuple[Side, ...]] = get_args(Side)

"""The table of assertion cues, after ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002): words, what they say
of a diagnosis, and on which side of it they stand. All cues are stated here and nowhere else.
"""

from __future__ import annotations

from typing import Final, Literal

Assertion = Literal["affirmed", "negated", "hypothetical", "historical", "other_person", "general"]
Direction = Literal["before", "after"]
Reach = Literal["clause", "near"]

# (assertion, direction, reach, cues). A space in a cue stands for any white space. A "clause" cue reaches over its
# whole clause, lists included; a "near" cue only over the next three words.
CUES: Final[tuple[tuple[Assertion, Direction, Reach, tuple[str, ...]], ...]] = (
    (
        "negated", "before", "clause",
        (
            "no", "denies", "denied", "denying", "without", "negative for", "absence of", "absent", "free of",
            "never had", "never has had", "never developed", "nor", "neither", "none of", "ruled out", "rules out",
            "fails to show", "failed to show", "does not have", "did not have", "do not have", "did not reveal",
            "did not show", "does not show", "no evidence of", "no sign of", "no signs of", "not consistent with",
            "not indicative of", "lack of", "lacks", "rather than", "excluded",
        ),
    ),
    ("negated", "before", "near", ("not", "never", "cannot be")),
    (
        "negated", "after", "clause",
        (
            "ruled out", "is absent", "was absent", "are absent", "were absent", "is not seen", "was not seen",
            "is not present", "was not present", "were not present", "not identified", "not demonstrated", "not found",
            "not documented", "not established", "not confirmed", "not shown", "unlikely", "is denied", "was denied by",
            "were not seen", "was excluded", "is negative", "was negative", "were negative", "not been documented",
            "not been demonstrated", "not been shown", "not been diagnosed", "not been established",
            "never been diagnosed",
        ),
    ),
    (
        "hypothetical", "before", "clause",
        (
            "rule out", "r/o", "suspicion of", "suspicion for", "suspects", "suspicious for", "if", "in case of",
            "evaluate for", "assess for", "screen for", "screening for", "concern for", "concerning for", "concern of",
            "question of", "risk of", "risk for", "at risk", "prevent", "prevention of", "versus", "vs", "whether",
            "unless", "looking for", "differential",
        ),
    ),
    (
        "hypothetical", "before", "near",
        (
            "possible", "possibly", "probable", "probably", "suspected", "likely", "may have", "might have", "may be",
            "might be", "could be", "could have", "questionable", "presumed", "potential", "develop", "avoid",
        ),
    ),
    (
        "hypothetical", "after", "clause",
        (
            "is suspected", "was suspected", "is possible", "cannot be excluded", "not excluded", "versus", "is likely",
            "r/o", "rule out", "should be ruled out", "to be ruled out", "is to be ruled out", "is being considered",
        ),
    ),
    (
        "historical", "before", "clause",
        (
            "history of", "h/o", "hx of", "past history", "past medical history", "medical history", "used to have",
            "childhood", "pre-existing", "history significant for", "history is significant for", "history includes",
            "history included",
        ),
    ),
    ("historical", "before", "near", ("prior", "previous", "previously", "old", "resolved", "remote")),
    (
        "historical", "after", "clause",
        ("resolved", "has resolved", "had resolved", "in the past", "in remission", "years ago"),
    ),
    (
        "other_person", "before", "clause",
        (
            "family history", "mother", "father", "brother", "sister", "parent", "parents", "grandmother",
            "grandfather", "aunt", "uncle", "sibling", "siblings", "his wife", "her husband", "coworker", "co-worker",
        ),
    ),
    (
        "other_person", "after", "clause",
        ("in his father", "in his mother", "in her father", "in her mother", "in the family"),
    ),
)  # fmt: skip

# Words that end the reach of a cue.
TERMINATORS: Final = (
    "but", "however", "although", "though", "except", "aside from", "apart from", "other than", "which", "who",
    "yet", "nevertheless", "still has", "still had", "continues to have", "secondary to", "due to", "owing to",
    "because", "so that", "and has", "and had", "and have", "he has", "she has", "he had", "she had", "and was",
    "and is", "and he", "and she", "consistent with", "relief from", "for his", "for her", "for the",
    "presents with", "presented with", "complains of", "complained of", "reports", "reported", "remains", "revealed",
    "showed", "demonstrated", "diagnosed with", "diagnoses",
)  # fmt: skip

# Words that look like a cue and are none.
PSEUDO: Final = (
    "no change in", "no improvement in", "no increase in", "no relief of", "not only", "not necessarily", "no further",
    "no longer", "not improved", "without improvement in", "without relief of", "not responded", "no response",
    "has not resolved", "not resolved", "no better", "if any", "as if", "without difficulty", "not medically necessary",
    "no known", "may be considered", "review denied", "UR denied", "administrator denied", "reviewer denied",
    "was denied", "were denied", "been denied", "has denied", "had denied", "denied the request", "denied a request",
    "denied authorization", "prior authorization", "carrier denied", "insurer denied", "examiner denied",
    "employer denied", "no surgery", "without surgery", "no documentation of failed", "year history of",
    "years history of", "month history of",
    "months history of", "week history of", "day history of", "year old", "years old", "yr old", "y/o", "not working",
)  # fmt: skip

# A sentence with one of these speaks of patients in general, unless a word of `PATIENT` stands in it too.
GENERAL: Final = (
    "guideline", "guidelines", "MTUS", "ODG", "ACOEM", "recommended for", "recommended in", "is indicated for",
    "is indicated in", "are indicated for", "indications", "criteria", "patients with", "patients who", "in patients",
    "in cases of", "treatment of", "used to treat", "approved for", "studies show", "evidence supports", "literature",
    "is a form of", "are used for", "first-line", "is recommended", "are recommended", "not recommended", "defined as",
)  # fmt: skip
PATIENT: Final = (
    "this patient", "the patient", "injured worker", "the applicant", "the claimant", "the worker", "the employee",
    "in this case", "the IW", "he", "she", "his", "her", "year old", "year-old",
)  # fmt: skip

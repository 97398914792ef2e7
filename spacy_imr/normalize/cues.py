"""The table of assertion cues, after ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002): words, what they say
of a diagnosis, and on which side of it they stand. All cues are stated here and nowhere else.
"""

from __future__ import annotations

from typing import Final, Literal

Assertion = Literal["affirmed", "negated", "hypothetical", "historical", "other_person", "general"]
Direction = Literal["before", "after"]

# (assertion, direction, cues). A space in a cue stands for any white space.
CUES: Final[tuple[tuple[Assertion, Direction, tuple[str, ...]], ...]] = (
    (
        "negated",
        "before",
        (
            "no", "not", "denies", "denied", "denying", "without", "negative for", "absence of", "absent", "free of",
            "never had", "never has had", "never developed", "nor", "neither", "none of", "ruled out", "rules out",
            "fails to show", "failed to show", "does not have", "did not have", "did not reveal", "did not show",
            "does not show", "no evidence of", "no sign of", "no signs of", "not consistent with", "lack of",
            "lacks", "rather than", "cannot", "excluded",
        ),
    ),
    (
        "negated",
        "after",
        (
            "ruled out", "is absent", "was absent", "are absent", "were absent", "is not seen", "was not seen",
            "is not present", "was not present", "were not present", "not identified", "not demonstrated", "not found",
            "not documented", "not established", "not confirmed", "not shown", "unlikely", "is denied", "was denied by",
            "were not seen", "was excluded", "negative",
        ),
    ),
    (
        "hypothetical",
        "before",
        (
            "rule out", "r/o", "to rule out", "possible", "possibly", "probable", "probably", "suspected",
            "suspicion of", "suspicion for", "suspects", "suspicious for", "likely", "may have", "might have",
            "may be", "might be", "could be", "could have", "if", "in case of", "evaluate for", "assess for",
            "screen for", "screening for", "concern for", "concerning for", "concern of", "question of",
            "questionable", "risk of", "risk for", "at risk", "prevent", "prevention of", "avoid", "versus", "vs",
            "presumed", "whether", "unless", "potential", "develop", "looking for", "differential",
        ),
    ),
    (
        "hypothetical",
        "after",
        ("is suspected", "was suspected", "is possible", "cannot be excluded", "not excluded", "versus", "is likely",
         "should be ruled out", "to be ruled out", "is to be ruled out", "is being considered"),
    ),
    (
        "historical",
        "before",
        (
            "history of", "h/o", "hx of", "past history", "past medical history", "medical history", "prior",
            "previous", "previously", "old", "used to have", "resolved", "remote", "in the past", "childhood",
            "years ago", "pre-existing",
            "history significant for", "history is significant for", "history includes", "history included",
        ),
    ),
    ("historical", "after", ("resolved", "has resolved", "had resolved", "in the past", "in remission", "years ago")),
    (
        "other_person",
        "before",
        (
            "family history", "mother", "father", "brother", "sister", "parent", "parents", "grandmother",
            "grandfather", "aunt", "uncle", "sibling", "siblings", "his wife", "her husband", "coworker", "co-worker",
        ),
    ),
    ("other_person", "after", ("in his father", "in his mother", "in her father", "in her mother", "in the family")),
)  # fmt: skip

# Words that end the reach of a cue.
TERMINATORS: Final = (
    "but", "however", "although", "though", "except", "aside from", "apart from", "other than", "which", "who",
    "yet", "nevertheless", "still has", "still had", "continues to have", "secondary to", "due to", "owing to",
    "because of",
    "presents with", "presented with", "complains of", "complained of", "reports", "reported", "remains", "revealed",
    "showed", "demonstrated", "diagnosed with", "diagnoses",
)  # fmt: skip

# Words that look like a cue and are none.
PSEUDO: Final = (
    "no change in", "no improvement in", "no increase in", "no relief of", "not only", "not necessarily", "no further",
    "no longer", "not improved", "without improvement in", "without relief of", "not responded", "no response",
    "has not resolved", "not resolved", "no better", "if any", "as if", "without difficulty", "not medically necessary",
    "no known", "may be considered",
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

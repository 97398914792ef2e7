import pytest

from spacy_imr.guidelines import families


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        ("Decision based on MTUS Chronic Pain Treatment Guidelines.", ["MTUS_CHRONIC_PAIN"]),
        ("Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies.", ["MTUS_ACOEM"]),
        ("Decision based on MTUS ACOEM Chapter 9 Shoulder Complaints.", ["MTUS_ACOEM"]),
        ("Decision based on MTUS Postsurgical Treatment 2009, Section(s): Low Back.", ["MTUS_POSTSURGICAL"]),
        ("Decision based on MTUS Acupuncture Treatment 2007.", ["MTUS_ACUPUNCTURE"]),
        ("Decision based on MTUS Opioid Treatment 2016, Section(s): 3.", ["MTUS_OTHER"]),
        ("Decision based on MTUS General Approaches 2004.", ["MTUS_OTHER"]),
        ("Decision based on MTUS.", ["MTUS_OTHER"]),
        ("Decision based on MTUS Low Back Complaints 2004, Section(s): General Approach.", ["MTUS_ACOEM"]),
        ("The Claims Administrator did not base their decision on the MTUS. Decision based on Non-MTUS Citation Official Disability Guidelines (ODG) Low Back.", ["ODG"]),
        ("The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. Decision based on Non-MTUS Citation Sildenafil: Drug information, UpToDate.com.", ["OTHER"]),
        ("Decision based on Non-MTUS Citation ODG Guidelines, 14th Edition, 2016, Knee Chapter.", ["ODG"]),
        ("Decision based on Non-MTUS Citation ACOEM Occupational Medicine Practice Guidelines, 3rd ed.", ["OTHER"]),
        ("The Claims Administrator did not cite any medical evidence for its decision.", ["NONE"]),
        ("The Claims Administrator based its decision on the ACOEM. The MTUS is silent.", ["MTUS_ACOEM"]),
        ("Decision based on MTUS Chronic Pain Medical Treatment 2016. Decision based on Non-MTUS Citation Official Disability Guidelines.", ["MTUS_CHRONIC_PAIN", "ODG"]),
        ("Decision based on MTUS Knee Complaints 2004; MTUS.", ["MTUS_ACOEM", "MTUS_OTHER"]),
        ("The Expert Reviewer based his/her decision on the Chronic Pain Medical Treatment Guidelines, and on the MTUS.", ["MTUS_CHRONIC_PAIN", "MTUS_OTHER"]),
        ("The Claims Administrator based its decision on the MTUS, Low Back Complaints (ACOEM Practice Guidelines, 2nd Edition (2004), Chapter 12), which is part of the MTUS.", ["MTUS_ACOEM"]),
        ("Decision based on MTUS General Approaches: Initial Approaches to Treatment.", ["MTUS_OTHER"]),
        ("Decision based on MTUS General Approach to Initial Assessment and Documentation 2017.", ["MTUS_ACOEM"]),
        ("Decision based on MTUS Chronic Pain Disorders 2017, Section(s): Home Health Care Services.", ["MTUS_ACOEM"]),
        ("Decision based on Non-MTUS Citation ODG Low Back; AMA Guides 5th Edition.", ["ODG", "OTHER"]),
        ("Decision based on Non-MTUS Citation ODG Hand, Therapy; Green's Operative Hand Surgery.", ["ODG", "OTHER"]),
        ("Decision based on Non-MTUS Citation ODG by MCG, Low Back, Traction.", ["ODG"]),
        ("Decision based on Non-MTUS Citation ODG Shoulder, Exercise; Neck, Exercise.", ["ODG"]),
        ("Decision based on MTUS Chronic Pain Treatment Guidelines Manual therapy & manipulation Page(s): 58.", ["MTUS_CHRONIC_PAIN"]),
        ("The Claims Administrator did not cite any medical evidcnce for its decision.", ["NONE"]),
        ("The Expert Reviewer did not base their decision on the MTUS or any other guideline.", ["NONE"]),
        ("Neither the MTUS nor the ODG addressed it. The Expert Reviewer used a systematic review.", ["OTHER"]),
        ("", []),
    ],
)  # fmt: skip
def test_families(citation, expected):
    assert families(citation) == expected


def test_families_ignores_line_breaks():
    assert families("Decision based on MTUS\nChronic\n Pain Treatment Guidelines") == ["MTUS_CHRONIC_PAIN"]

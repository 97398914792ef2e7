import pytest

from spacy_imr.letter.citation import cited_pages, cited_sections
from spacy_imr.letter.people import find_licences, find_patient, find_specialties
from spacy_imr.normalize.assertion import Assertions
from spacy_imr.normalize.dates import normalize_date
from spacy_imr.normalize.levels import normalize_level
from spacy_imr.relations import attach, is_guidance, side_of


@pytest.mark.parametrize(
    ("text", "vertebrae", "segments"),
    [
        ("L3-5", "L3 L4 L5", "L3-L4 L4-L5"),
        ("L1 through L4", "L1 L2 L3 L4", "L1-L2 L2-L3 L3-L4"),
        ("C5/6", "C5 C6", "C5-C6"),
        ("L4-L5-S1", "L4 L5 S1", "L4-L5 L5-S1"),
        ("T12-L1", "T12 L1", "T12-L1"),
        ("L5-\nS1", "L5 S1", "L5-S1"),
        ("L5", "L5", ""),
        ("L3 to S1", "L3 L4 L5 S1", "L3-L4 L4-L5 L5-S1"),
        ("L1/L2 through L3/L4", "L1 L2 L3 L4", "L1-L2 L2-L3 L3-L4"),
        ("fourth lumbar vertebra", "L4", ""),
        ("D12", "T12", ""),
        ("L5S1", "L5 S1", "L5-S1"),
        ("l5-s1", "L5 S1", "L5-S1"),
        ("C8", "C8", ""),
        ("L3 and L5", "L3 L5", ""),
        ("L3/L5", "L3 L5", ""),
        ("lumbar 4-5", "L4 L5", "L4-L5"),
        ("L3-4, L5-S1", "L3 L4 L5 S1", "L3-L4 L5-S1"),
        ("T10-12", "T10 T11 T12", "T10-T11 T11-T12"),
        ("L5-L6", "L5 L6", "L5-L6"),
    ],
)
def test_normalize_level(text, vertebrae, segments):
    level = normalize_level(text)
    assert (" ".join(level.vertebrae), " ".join(level.segments)) == (vertebrae, segments)
    assert level.valid


@pytest.mark.parametrize(("text", "vertebrae"), [("L7", ("L7",)), ("C9-10", ("C9", "C10")), ("S7", ("S7",)), ("", ())])
def test_normalize_level_keeps_and_flags_the_impossible(text, vertebrae):
    level = normalize_level(text)
    assert level.vertebrae == vertebrae
    assert level.segments == ()
    assert not level.valid


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("10-13-16", "2016-10-13", "day"),
        ("5/6/13", "2013-05-06", "day"),
        ("10-\n13-16", "2016-10-13", "day"),
        ("May 6, 2013", "2013-05-06", "day"),
        ("Aug. 9, 2012", "2012-08-09", "day"),
        ("December 3rd, 2013", "2013-12-03", "day"),
        ("12 June 2013", "2013-06-12", "day"),
        ("2013-05-06", "2013-05-06", "day"),
        ("9/26 2014", "2014-09-26", "day"),
        ("May of 2013", "2013-05", "month"),
        ("12/2013", "2013-12", "month"),
        ("2012", "2012", "year"),
        ("1/1/68", "1968-01-01", "day"),
        ("2013-12", "2013-12", "month"),
        ("2016/10/13", "2016-10-13", "day"),
        ("Dec '13", "2013-12", "month"),
        ("5th of May 2013", "2013-05-05", "day"),
        ("6/12", "--06-12", "month_day"),
        ("2/29", "--02-29", "month_day"),
    ],
)
def test_normalize_date(text, value, precision):
    found = normalize_date(text)
    assert (found.value, found.precision, found.valid) == (value, precision, True)


@pytest.mark.parametrize("text", ["13/45/2013", "2/30/2014", "June 20216", "09-28-20121", "13/05/2013", "soon"])
def test_normalize_date_flags_the_impossible(text):
    found = normalize_date(text)
    assert found.value is None
    assert not found.valid


# The diagnosis stands in brackets.
@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("He has [low back pain].", "affirmed"),
        ("There is no evidence of [radiculopathy].", "negated"),
        ("She denied [headaches], fever and [depression].", "negated negated"),
        ("No fever, chills, or [infection], but [low back pain] persists.", "negated affirmed"),
        ("[Fracture] was ruled out.", "negated"),
        ("The MRI was negative for [herniation].", "negated"),
        ("No improvement in [neck pain] was seen.", "affirmed"),
        ("MRI to rule out [rotator cuff tear].", "hypothetical"),
        ("The patient may have [carpal tunnel syndrome].", "hypothetical"),
        ("If [myelopathy] develops, surgery will be considered.", "hypothetical"),
        ("[Complex regional pain syndrome] is suspected.", "hypothetical"),
        ("The patient has a history of [diabetes].", "historical"),
        ("The [ankle sprain] has resolved.", "historical"),
        ("A 44-year-old man with [hypertension].", "affirmed"),
        ("His father had [ankylosing spondylitis].", "other_person"),
        ("Family history: [gout]. He has [asthma].", "other_person affirmed"),
        ("NSAIDs are recommended for [osteoarthritis] of the knee.", "general"),
        ("The guidelines allow blocks in patients with [facet arthropathy].", "general"),
        ("The injured worker has [osteoarthritis], for which NSAIDs are recommended.", "affirmed"),
        ("Not medically necessary. [Lumbar strain] is treated with exercise.", "affirmed"),
        ("The patient is a 46 year old female with [low back pain].", "affirmed"),
        ("The utilization review denied the MRI for [lumbar radiculopathy].", "affirmed"),
        ("He did not improve with therapy for his [lumbar radiculopathy].", "affirmed"),
        ("He is not working and has [low back pain].", "affirmed"),
        ("He cannot work because he has [low back pain].", "affirmed"),
        ("Prior authorization was sought for [stenosis].", "affirmed"),
        ("A previous ESI was done for [lumbar radiculopathy] of years.", "affirmed"),
        ("Her mother drove her; she has [anxiety].", "affirmed"),
        ("There is no\n\nevidence of\n\n[radiculopathy].", "negated"),
        ("[Radiculopathy] was not demonstrated.", "negated"),
        ("He has never been diagnosed with [CRPS].", "negated"),
        ("No functional gain is shown, and the injured worker's [epilepsy] raises the stakes.", "affirmed"),
        ("Without surgery the [radiculopathy] will worsen.", "affirmed"),
        ("There was no surgery for his [rotator cuff tear].", "affirmed"),
        ("Absent ankle reflex consistent with [S1 radiculopathy].", "affirmed"),
        ("The carrier denied the MRI for [cervical radiculopathy].", "affirmed"),
        ("[Carpal tunnel syndrome] with Phalen negative.", "affirmed"),
        ("He has a 5 year history of [low back pain].", "affirmed"),
        ("PAST MEDICAL HISTORY:\n[Hypertension]", "historical"),
        ("He fell two years ago and sustained [lumbar strain].", "affirmed"),
        ("She had an alcoholic father and was treated for [depression].", "affirmed"),
        ("[Sleep apnea], r/o.", "hypothetical"),
        ("An old [compression fracture] was seen.", "historical"),
        ("This is not [radiculopathy].", "negated"),
        ("No numbness\nor [radicular\npain] was noted.", "negated"),
    ],
)
def test_assertion(marked, expected):
    text, spans = "", []
    for char in marked:
        if char == "[":
            spans.append([len(text)])
        elif char == "]":
            spans[-1].append(len(text))
        else:
            text += char
    assertions = Assertions(text)
    assert " ".join(assertions.of(*span) for span in spans) == expected


@pytest.mark.parametrize(
    ("text", "mention", "side"),
    [
        ("left shoulder pain", "left shoulder pain", "left"),
        ("bilateral L3-5 medial branch blocks", "medial branch blocks", "bilateral"),
        ("right L5 Pars steroid injection", "Pars steroid injection", "right"),
        ("injection of the knee, bilaterally", "injection of the knee", "bilateral"),
        ("pain of the left and right knee", "pain of the left and right knee", "bilateral"),
        ("MRI of the lumbar spine. Left knee", "MRI of the lumbar spine", None),
        ("the pain that is left over", "pain", None),
        ("low back pain right away", "low back pain", None),
    ],
)
def test_side_of(text, mention, side):
    start = text.index(mention)
    assert side_of(text, start, start + len(mention)) == side


# Procedures in [brackets], levels in {braces}; expected: levels and guidance of each procedure.
@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[LUMBAR EPIDURAL STEROID INJECTIONS] AT THE LEVELS OF {L5-S1} UNDER [CT GUIDANCE]", [("L5-S1", "CT GUIDANCE"), ("", None)]),
        ("bilateral {L3-5} [medial branch blocks]", [("L3-5", None)]),
        ("{L4-5} and {L5-S1} [facet injections] with [fluoroscopy]", [("L4-5 L5-S1", "fluoroscopy"), ("", None)]),
        ("[ESI] at {L4-5} and {L5-S1}. Sensation at {S1}", [("L4-5 L5-S1", None)]),
        ("[laminectomy] in 2009. There is a bulge at {L4-5}", [("", None)]),
        ("right [knee sprain], {L4-5} [stenosis], {L5-S1} [disc collapse]", [("", None), ("L4-5", None), ("L5-S1", None)]),
        ("[stenosis] at {L3-4}, {L4-5} [protrusion]", [("L3-4", None), ("L4-5", None)]),
        ("[laminectomy] {L4-5} in 2009", [("L4-5", None)]),
        ("{C5-C6} [ESI] and {C7-T1} [ESI]", [("C5-C6", None), ("C7-T1", None)]),
        ("[fusion] at {L4-5} and [physical therapy]", [("L4-5", None), ("", None)]),
        ("status post {L4-\n5} [laminectomy]", [("L4-\n5", None)]),
    ],
)  # fmt: skip
def test_attach(marked, expected):
    text, heads, levels = "", [], []
    for char in marked:
        if char in "[{":
            (heads if char == "[" else levels).append([len(text)])
        elif char in "]}":
            (heads if char == "]" else levels)[-1].append(len(text))
        else:
            text += char
    heads, levels = [tuple(h) for h in heads], [tuple(v) for v in levels]
    guidance = [is_guidance(text[s:e]) for s, e in heads]
    found = attach(text, heads, levels, guidance)
    got = [
        (
            " ".join(text[slice(*levels[n])] for n in one.levels),
            text[slice(*heads[one.guidance])] if one.guidance is not None else None,
        )
        for one in found
    ]
    assert got == expected


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("The injured worker is a 65 year old male with pain.", 65, "male"),
        ("This 32-year-old woman fell.", 32, "female"),
        ("46 y/o F, c/o LBP", 46, "female"),
        ("A 50-year-old warehouse worker. She lifted a box; her back hurt.", 50, "female"),
        ("The applicant is a represented employee.", None, None),
        ("He has had pain for 12 years.", None, "male"),
        ("46F, c/o LBP", 46, "female"),
        ("Age: 55. He fell.", 55, "male"),
        ("She hurt her back restraining a delirious man. She rested.", None, "female"),
        ("The claimant is a right-handed woman, now 76 years old.", 76, "female"),
        ("A 3 year old injury in a 46 year old male.", 46, "male"),
    ],
)
def test_find_patient(text, age, sex):
    found = find_patient(text, 0, len(text))
    assert (found.age, found.sex) == (age, sex)


def test_a_side_in_a_list_belongs_to_its_own_mention():
    text = "cervicalgia, right knee sprain; TFESI at left L4-5"
    heads = [(0, 11), (13, 30), (32, 37)]
    assert [one.side for one in attach(text, heads, [(46, 50)], [False] * 3)] == [None, "right", "left"]


def test_find_reviewer():
    text = "State(s) of Licensure: California,South Carolina\nCertification(s)/Specialty: Preventive Medicine, Family Practice\n"
    assert [text[s:e] for s, e in find_licences(text)] == ["California", "South Carolina"]
    assert [text[s:e] for s, e in find_specialties(text)] == ["Preventive Medicine", "Family Practice"]
    text = (
        "The expert reviewer is Board Certified in Occupational Medicine and is licensed to practice in California. He"
    )
    assert [text[s:e] for s, e in find_licences(text)] == ["California"]
    assert [text[s:e] for s, e in find_specialties(text)] == ["Occupational Medicine"]


@pytest.mark.parametrize(
    ("citation", "sections", "pages"),
    [
        ("Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies.", ["Special Studies"], []),
        (
            "MTUS ACOEM Chapter 12 Low Back Complaints Page(s): 303-305.",
            ["Chapter 12 Low Back Complaints"],
            ["303-305"],
        ),
        ("ODG, Low Back chapter, MRI, pages 46, 47 and 50", ["Low Back chapter"], ["46", "47", "50"]),
        ("The Claims Administrator did not cite any evidence.", [], []),
    ],
)
def test_citation_details(citation, sections, pages):
    assert cited_sections(citation) == sections
    assert cited_pages(citation) == pages

import re

import pytest

from spacy_imr.letter import parse_letter
from spacy_imr.letter.scans import scanned
from spacy_imr.perturb import CONFUSIONS
from tests import letters


def cut(text, bounds):
    return " ".join(text[slice(*bounds)].split()) if bounds else None


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (letters.NOTICE_2013, "notice_2013", [("MRI of the lumbar spine", "UPHELD"), ("6 sessions of acupuncture", "OVERTURNED")]),
        (letters.DETERMINATION_2014, "determination_2014", [("BILATERAL L4-5 TRANSFORAMINAL ESI", "UPHELD"), ("Norco 10/325mg #60", "OVERTURNED")]),
        (letters.DETERMINATION_2016, "determination_2016", [("1 knee scooter", "OVERTURNED"), ("physical therapy x 6", "UPHELD")]),
        (letters.REVIEW, "professional_review", [("Left shoulder arthroscopy", "UPHELD")]),
        (letters.RATIONALE_ALONE, "unknown", [(None, None)]),
    ],
)  # fmt: skip
def test_parse_letter_finds_items_and_outcomes(text, name, expected):
    letter = parse_letter(text)
    assert letter.format == name
    assert [(cut(text, issue.item), issue.outcome) for issue in letter.issues] == expected


@pytest.mark.parametrize(
    ("text", "number", "ca", "reviewer", "rationale"),
    [
        (letters.NOTICE_2013, 0, "The Claims Administrator based its decision on the ACOEM Low Back Complaints.", "The Expert Reviewer based his/her decision on the ODG, Low Back chapter.", "There are no red flags. The request is not medically necessary."),
        (letters.DETERMINATION_2014, 1, "The Claims Administrator did not cite any medical evidence for its decision.", "Decision based on MTUS ACOEM Chapter 12 Low Back Complaints.", "Function improved with Norco. The request is medically necessary."),
        (letters.DETERMINATION_2016, 1, "Decision based on MTUS Postsurgical Treatment 2009, Section(s): Knee.", "Decision based on MTUS Chronic Pain Medical Treatment 2016.", "Six visits are enough. The rest is not medically necessary."),
        (letters.REVIEW, 0, "The Claims Administrator based its decision on the ODG.", "The Professional Reviewer based his decision on the ACOEM Shoulder Complaints.", "Conservative care was not tried."),
    ],
)  # fmt: skip
def test_parse_letter_finds_citations_and_rationale(text, number, ca, reviewer, rationale):
    issue = parse_letter(text).issues[number]
    assert cut(text, issue.claims_administrator_citation) == ca
    assert cut(text, issue.reviewer_citation) == reviewer
    assert cut(text, issue.rationale) == rationale


def test_parse_letter_reads_the_header():
    text = letters.DETERMINATION_2016
    letter = parse_letter(text)
    assert {name: cut(text, bounds) for name, bounds in letter.dates.items()} == {
        "assigned": "01/09/2017",
        "injury": "10/20/2015",
        "decision": "02/10/2017",
        "ur_denial": "12/09/2016",
        "application_received": "01/04/2017",
    }
    assert cut(text, letter.case_number) == "CM16-0009999"
    assert cut(text, letter.priority) == "Expedited"


@pytest.mark.parametrize("name", ["NOTICE_2013", "DETERMINATION_2014", "DETERMINATION_2016", "REVIEW"])
def test_parse_letter_reads_unwrapped_and_line_spaced_text_alike(name):
    text = getattr(letters, name)
    wanted = [(cut(text, i.item), i.outcome, cut(text, i.rationale)) for i in parse_letter(text).issues]
    unwrapped = re.sub(r"(?<!\n)\n(?!\n)", " ", text) if name != "DETERMINATION_2016" else text
    spaced = text.replace("\n\n", "\n \n \n").replace("\n", " \n\n")
    for other in (unwrapped, spaced):
        found = [(cut(other, i.item), i.outcome, cut(other, i.rationale)) for i in parse_letter(other).issues]
        assert found == wanted


def test_parse_letter_takes_anything():
    for text in ("", " \n", "\x00\x02", "Upheld", ": Upheld\n" * 50, letters.NOTICE_2013[:700], "Decision rationale:"):
        parse_letter(text)


def test_parse_letter_reads_both_seeds(letters_folder):
    for path in sorted((letters_folder / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        letter = parse_letter(text)
        assert letter.format == "determination_2014"
        assert len(letter.issues) == 1
        issue = letter.issues[0]
        assert issue.outcome == "UPHELD"
        assert issue.item
        assert issue.rationale
        assert issue.claims_administrator_citation
        assert issue.reviewer_citation


def test_parse_letter_reads_every_public_letter(letters_folder):
    from corpus.files import SPLITS
    from corpus.public import join

    wrong = []
    for split in SPLITS:
        for gold in join(split, letters_folder):
            found = parse_letter(gold.text)
            expected = [
                (i.outcome, (i.item.start, i.item.end), (i.rationale.start, i.rationale.end)) for i in gold.issues
            ]
            got = [(i.outcome, i.item, i.rationale) for i in found.issues]
            header = {name: (field.start, field.end) for name, field in gold.header.items()}
            if expected != got or header != found.dates | {
                "priority": found.priority,
                "case_number": found.case_number,
            }:
                wrong.append(gold.id)
    assert wrong == []


D4, D6, N, R = letters.DETERMINATION_2014, letters.DETERMINATION_2016, letters.NOTICE_2013, letters.REVIEW


def read(text):
    letter = parse_letter(text)
    return [(cut(text, i.item), i.outcome, cut(text, i.rationale)) for i in letter.issues]


@pytest.mark.parametrize("text", [D4, D6, N, R])
def test_line_ends_do_not_matter(text):
    other = text.replace("\n", "\r\n")
    assert read(other) == read(text)
    assert len(parse_letter(other).dates) == len(parse_letter(text).dates)


@pytest.mark.parametrize("mark", ["2 of 4", "CM14-0001111", "MAXIMUS Federal Services - CONFIDENTIAL", "Page 3"])
@pytest.mark.parametrize(("before", "after"), [("documented.", "The injection"), ("necessary.", "2. Norco"), ("L4-5", "TRANSFORAMINAL"), ("10/325mg", "#60")])  # fmt: skip
def test_page_marks_between_any_two_words_do_not_matter(mark, before, after):
    marked = re.sub(rf"({re.escape(before)})\s+({re.escape(after)})", rf"\1\n\n{mark}\n\n\2", D4, count=1)
    assert marked != D4

    def flat(found):
        return [tuple(part and part.replace(mark, "").replace("  ", " ") for part in issue) for issue in found]

    assert flat(read(marked)) == read(D4)


@pytest.mark.parametrize(
    ("change", "base"),
    [
        (lambda t: t.replace(":  Upheld", " Upheld").replace(": Overturned", " Overturned"), D4),
        (lambda t: re.sub(r"(guideline|rationale):", r"\1", t), D4),
        (lambda t: t.replace("Claims Administrator guideline:", "CLAIMS  ADMINISTRATOR\nGUIDELINE :"), D4),
        (lambda t: t.replace("Upheld", "UPHELD (denied)"), D4),
        (lambda t: t.replace("hasdetermined", "has determined").replace("has determined", "hasdetermined"), N),
        (lambda t: t.replace("Relied Upon", "ReliedUpon").replace("for the Decision", "for theDecision"), N),
        (lambda t: re.sub(r"(?m)^\d\) ", "", t), N),
        (lambda t: t.replace("FOR WHY THE", "FORWHY THE"), R),
        (lambda t: t.lower(), R.lower()),
    ],
)
def test_headings_are_read_tolerantly(change, base):
    other = change(base)
    assert [(item and item.lower(), outcome) for item, outcome, _ in read(other)] == [
        (item and item.lower(), outcome) for item, outcome, _ in read(base)
    ]
    assert all(rationale for _, _, rationale in read(other))


def test_header_labels_need_no_colon():
    text = D6
    for label in ("Date Assigned", "Date of Injury", "Decision Date", "UR Denial Date", "Priority", "Received"):
        text = text.replace(f"{label}:", label)
    letter = parse_letter(text)
    assert letter.format == "determination_2016"
    assert len(letter.dates) == 5
    assert cut(text, letter.priority) == "Expedited"


def test_a_notice_says_in_words_when_it_was_assigned():
    text = N.replace(
        "Case Summary:", "A Notice of Assignment was provided to the above parties on 8/2/2013.\n\nCase Summary:"
    )
    assert cut(text, parse_letter(text).dates["assigned"]) == "8/2/2013"


def test_an_issue_without_its_first_label_is_kept():
    head, body = D4.split("2. Norco")
    text = head + "2. Norco" + re.sub(r"Claims Administrator guideline:[^\n]*\n\n", "", body)
    assert [(item, outcome) for item, outcome, _ in read(text)] == [
        ("BILATERAL L4-5 TRANSFORAMINAL ESI", "UPHELD"),
        ("Norco 10/325mg #60", "OVERTURNED"),
    ]


def test_an_outcome_that_belongs_to_no_issue_is_reported():
    text = D4 + "\nWheelchair: Upheld\n"
    assert any("belongs to no issue" in warning for warning in parse_letter(text).warnings)


def test_a_notice_that_decides_both_ways_is_reported():
    text = N.replace("spine is not medically", "spine is medically", 1)
    assert "both ways" in " ".join(parse_letter(text).warnings)


def test_quantities_are_no_numbers_of_issues():
    text = D6.replace(
        "Physical therapy x 12 was the original request.", "2 epidural injections x 12 was the original request."
    )
    assert read(text)[0][0] == "1 knee scooter"


def test_a_rationale_ends_where_the_next_section_begins():
    text = N + "\nMedical Qualifications of the Expert Reviewer:\nThe reviewer is Board Certified.\n"
    assert "Board" not in read(text)[-1][2]


def test_the_header_is_read_without_any_section():
    text = D6[: D6.index("HOW THE")] + D6[D6.index("1 knee scooter") :]
    letter = parse_letter(text)
    assert len(letter.dates) == 5
    assert cut(text, letter.case_number) == "CM16-0009999"


@pytest.mark.parametrize(
    ("word", "misread"),
    [("Overturned", "0verfumed"), ("Upheld", "Uphe1d"), ("Claims", "C1aims"), ("rationale", "rafíona1c"), ("fi", "ﬁ")],
)
def test_a_word_is_known_as_a_scanner_misreads_it(word, misread):
    assert re.fullmatch(scanned(word), word)
    assert re.fullmatch(scanned(word), misread)
    assert not re.fullmatch(scanned(word), "Upset")


@pytest.mark.parametrize(("source", "target"), CONFUSIONS)
def test_every_confusion_of_letters_is_foreseen(source, target):
    if source.isalpha():
        assert re.fullmatch(scanned(source), target)


def test_a_badly_scanned_letter_is_read():
    text = letters.DETERMINATION_2016
    for word, misread in (
        ("Claims", "C1aims"),
        ("guideline", "guidc1ine"),
        ("Decision rationale", "Decislon rafionale"),
    ):
        text = text.replace(word, misread)
    text = re.sub("Upheld", "Uphe1d", re.sub("Overturned", "0vertumed", text))
    before, after = parse_letter(letters.DETERMINATION_2016), parse_letter(text)
    assert [issue.outcome for issue in after.issues] == [issue.outcome for issue in before.issues]
    assert [bool(issue.rationale) for issue in after.issues] == [bool(issue.rationale) for issue in before.issues]

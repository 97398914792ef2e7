"""The pages: everything in them, nothing of a letter as markup, opened in a real browser."""

import re
from pathlib import Path

import pytest

from spacy_imr.corpus_format import CorpusLetter
from spacy_imr.evaluation.compare import compare
from spacy_imr.evaluation.errors import Mistake, entity_mistakes, issue_mistakes
from spacy_imr.evaluation.evaluate import Reading, measure, read_letters
from spacy_imr.evaluation.report import render_report
from spacy_imr.evaluation.robustness import robustness_scores
from spacy_imr.render import Mark, html_page, marked_text, render_html
from tests import letters
from training.pictures import dump_dom, find_browser, screenshot

SCRIPT = "<script>document.title='run'</script>"
IMAGE = "<img src=x onerror=\"document.title='run'\">"
# A script in the header, in the running text, inside a mention, in an item, and names that are markup.
HOSTILE = letters.DETERMINATION_2014.replace("CLINICAL CASE", f"Case Number: CM16-0001111 {SCRIPT}\n{IMAGE}\nCLINICAL CASE").replace("low back pain", f"low back {SCRIPT} pain").replace("Norco 10", f"Norco {IMAGE} 10")  # fmt: skip


@pytest.fixture(scope="module")
def hostile() -> CorpusLetter:
    mentions = [(f"low back {SCRIPT} pain", "DIAGNOSIS"), ("L4-5", "SPINE_LEVEL"), (f"Norco {IMAGE} 10/325mg", "MEDICATION")]  # fmt: skip
    spans = [{"start": HOSTILE.index(m), "end": HOSTILE.index(m) + len(m), "label": label} for m, label in mentions]
    item = {"start": HOSTILE.index("BILATERAL"), "end": HOSTILE.index("ESI:") + 3}
    issue = {"number": 1, "item": item, "outcome": "OVERTURNED", "claims_administrator_citation": None, "claims_administrator_guidelines": [], "reviewer_citation": None, "reviewer_guidelines": [], "rationale": None}  # fmt: skip
    other = {"number": 2, "item": {"start": spans[2]["start"], "end": spans[2]["end"]}, "outcome": "UPHELD"}
    return CorpusLetter.model_validate({"id": SCRIPT, "format": f"${IMAGE}$", "text": HOSTILE, "spans": spans, "issues": [issue, issue | other], "provenance": {}})  # fmt: skip


@pytest.fixture(scope="module")
def reading(rules, hostile) -> Reading:
    return read_letters(rules, [hostile, hostile])


@pytest.fixture(scope="module")
def report(rules, reading) -> str:
    metrics = {"model": f"en_{SCRIPT}", "data": {f"{IMAGE}.jsonl": "0" * 64}} | measure(reading, samples=20)
    metrics["robustness"] = robustness_scores(rules, reading.gold, reading.pairs, samples=20)
    metrics["comparison"] = {"first": SCRIPT, "second": IMAGE, "rows": compare(reading.gold, reading.docs, reading.docs, 20)}  # fmt: skip
    point = {"micro": 0.5, "ci95": [0.4, 0.6]}
    curve = {f"{SCRIPT}-25": {"letters": 10, f"{IMAGE}_test": point}, f"{SCRIPT}-50": {"letters": 20, f"{IMAGE}_test": point}}  # fmt: skip
    return render_report(metrics, reading, curve)


def test_mistakes_are_sorted_and_lie_apart():
    gold = {(0, 5, "DATE"), (10, 20, "DIAGNOSIS"), (30, 40, "PROCEDURE"), (50, 60, "DIAGNOSIS"), (70, 75, "DATE")}
    read = {(0, 5, "DATE"), (12, 20, "DIAGNOSIS"), (28, 34, "PROCEDURE"), (36, 44, "PROCEDURE"), (50, 60, "PROCEDURE"), (80, 85, "DATE")}  # fmt: skip
    assert entity_mistakes(gold, read) == [
        Mistake("bounds", 10, 20, ((10, 20, "DIAGNOSIS"),), ((12, 20, "DIAGNOSIS"),)),
        Mistake("bounds", 28, 44, ((30, 40, "PROCEDURE"),), ((28, 34, "PROCEDURE"), (36, 44, "PROCEDURE"))),
        Mistake("label", 50, 60, ((50, 60, "DIAGNOSIS"),), ((50, 60, "PROCEDURE"),)),
        Mistake("missed", 70, 75, ((70, 75, "DATE"),), ()),
        Mistake("made up", 80, 85, (), ((80, 85, "DATE"),)),
    ]
    assert entity_mistakes(gold, gold) == []


def test_mistakes_of_issues_are_told(reading):
    found = list(issue_mistakes(reading.gold[0], reading.docs[0]))
    assert found[0] == "issue 1: the outcome is OVERTURNED, read UPHELD"
    assert found[1] == "issue 2: the outcome is UPHELD, read OVERTURNED"
    assert found[2].startswith("issue 2: the item is “Norco")


def test_marked_text_escapes_text_and_labels():
    found = marked_text("a <b> c\nd", [Mark(2, 5, "<i>", "#fff", wrong=True)])
    assert "&lt;b&gt;<span>&lt;i&gt;</span></mark>" in found
    assert 'class="wrong"' in found
    assert "<br>" in found
    assert "<title>&lt;b&gt;</title>" in html_page("<b>", "")


def test_report_shows_every_error_in_its_letter(report, reading):
    wrong = sum(len(entity_mistakes(*pair)) for pair in reading.pairs)
    assert wrong >= 4
    assert report.count('<mark class="wrong"') == wrong
    assert report.count("<svg") == 4
    for words in ("Slices", "Robustness", "Learning curve", "Comparison", "missed: DIAGNOSIS", "scanner noise"):
        assert words in report


def test_report_is_self_contained_and_escaped(report):
    assert "<script" not in report
    assert "<img" not in report
    # Neither a stylesheet nor a picture is fetched; namespaces of SVG are names, not addresses.
    assert not re.search(r'(?:src|href)="(?!#)', report)
    assert "url(http" not in report
    assert "default-src 'none'" in report


@pytest.fixture(scope="module")
def browser() -> str:
    return find_browser() or pytest.skip("no Chromium on this machine")


@pytest.mark.parametrize("kind", ["report", "letter"])
def test_pages_open_in_a_browser(kind, browser, report, rules, hostile, tmp_path):
    page = tmp_path / f"{kind}.html"
    page.write_text(report if kind == "report" else render_html(rules(HOSTILE), SCRIPT), encoding="utf-8")
    dom = dump_dom(browser, page)
    # The browser saw no element of the hostile text, and no script ran.
    assert "<script" not in dom
    assert "<img" not in dom
    (title,) = re.findall(r"<title>(.*?)</title>", dom)
    assert "&lt;script&gt;" in title
    assert dom.count("<mark") == page.read_text(encoding="utf-8").count("<mark") > 2
    shot = tmp_path / "page.png"
    screenshot(browser, page, shot, (800, 600))
    assert colours(shot) > 20


def colours(path: Path) -> int:
    """How many colours a picture has: an empty page has one."""
    from PIL import Image

    with Image.open(path) as picture:
        assert picture.size == (800, 600)
        return len(picture.convert("RGB").getcolors(800 * 600))

import pytest
from spacy.tokens import Span

from spacy_imr.pipeline.mentions import rule_spans
from tests import letters


# Gold stands in the text: [DATE] in square brackets, {LEVEL} in braces.
@pytest.mark.parametrize(
    "marked",
    [
        "seen on [10-13-16] and [5/6/13], since [May of 2013], in [2009]",
        "MRI of [August 9, 2012] and of [12 June 2013]; [12/2013]; [2013-05-06]",
        "on [12-\n16-2016] he fell",
        "rated 6/10, 10/325mg, 4/5 strength, page 12/30, MTUS (2009)",
        "{L4-5} and {L5-S1}; {C5/6}; {L4-L5-S1}; {L4-5}/{L5-S1}; {T12}",
        "{L5-\nS1} disc, {L3-5} blocks, {L1 through L4}, {L3 to S1}, {L4/L5}",
        "{L4}, {L5} and {S1} dermatomes; the {fourth lumbar vertebra}",
        "T1-weighted, T2 signal, L0631, S1 joint, Level II, C-arm, 5mg T1 weighted",
        "{L-4}, {C-4/C-5}, {L 4-5}, {L1/L2 through L3/L4}",
        "{C5} and {C6}-weighted is odd".replace("{C6}", "C6"),
    ],
)
def test_rule_spans(blank, marked):
    text = ""
    gold = []
    start = 0
    for char in marked:
        if char in "[{":
            start = len(text)
        elif char in "]}":
            gold.append((text[start:], "DATE" if char == "]" else "SPINE_LEVEL"))
        else:
            text += char
    assert [(span.text, span.label_) for span in rule_spans(blank(text))] == gold


def test_mentions_cut_a_level_out_of_a_prediction(rules):
    doc = rules.make_doc("L5-S1 epidural steroid injection")
    doc.ents = [Span(doc, 0, len(doc), label="PROCEDURE")]
    doc = rules.get_pipe("imr_mentions")(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("L5-S1", "SPINE_LEVEL"),
        ("epidural steroid injection", "PROCEDURE"),
    ]


def test_mentions_leave_citations_clear(rules):
    doc = rules(
        letters.DETERMINATION_2014.replace("Treatment Guidelines.", "Treatment Guidelines of 05/06/2009, L5-S1.")
    )
    assert "05/06/2009" not in [ent.text for ent in doc.ents]
    assert [ent.text for ent in doc.ents] == ["May 6, 2011", "L4-5", "L4-5"]

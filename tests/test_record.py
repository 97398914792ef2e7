import pytest
import spacy
from spacy.tokens import Doc

from spacy_imr import SCHEMA_VERSION, Determination
from tests import letters


def test_determination_gives_text_offsets_and_families(rules):
    text = letters.DETERMINATION_2014
    record = rules(text)._.determination
    assert record.schema_version == SCHEMA_VERSION
    assert record.outcome == "MIXED"
    first, second = record.issues
    assert first.item.text == "BILATERAL L4-5 TRANSFORAMINAL ESI"
    assert first.outcome == "UPHELD"
    assert first.outcome_source == "heading"
    assert first.claims_administrator_guidelines == ["MTUS_CHRONIC_PAIN"]
    assert first.reviewer_guidelines == ["ODG"]
    assert second.claims_administrator_guidelines == ["NONE"]
    assert second.reviewer_guidelines == ["MTUS_ACOEM"]
    for issue in record.issues:
        for part in (issue.item, issue.rationale, issue.claims_administrator_citation, issue.reviewer_citation):
            assert text[part.start : part.end] == part.text


def test_determination_reads_the_case_number(rules):
    assert rules(letters.DETERMINATION_2016)._.determination.case_number == "CM16-0009999"
    assert rules(letters.DETERMINATION_2014)._.determination.case_number is None


def test_determination_of_a_pasted_rationale_is_one_issue_without_item(rules):
    record = rules(letters.RATIONALE_ALONE)._.determination
    assert record.format == "unknown"
    assert [(issue.item, issue.rationale.text) for issue in record.issues] == [(None, letters.RATIONALE_ALONE)]
    assert record.warnings


def test_determination_round_trips_through_json(rules):
    record = rules(letters.NOTICE_2013)._.determination
    assert Determination.model_validate_json(record.model_dump_json()) == record


def test_doc_round_trips_through_bytes(rules):
    doc = rules(letters.DETERMINATION_2016)
    other = Doc(rules.vocab).from_bytes(doc.to_bytes())
    assert other._.determination == doc._.determination
    assert [span.label_ for span in other.spans["sections"]] == [span.label_ for span in doc.spans["sections"]]


def test_doc_survives_two_processes(rules):
    texts = [letters.DETERMINATION_2014, letters.NOTICE_2013] * 3
    one = [doc._.determination for doc in rules.pipe(texts)]
    two = [doc._.determination for doc in rules.pipe(texts, n_process=2)]
    assert one == two


def test_determination_without_the_letter_component_says_what_to_do():
    doc = spacy.blank("en")("text")
    with pytest.raises(ValueError, match="imr_letter"):
        _ = doc._.determination


def test_sections_are_spans(rules):
    doc = rules(letters.NOTICE_2013)
    assert [span.label_ for span in doc.spans["sections"]] == ["decision", "case_summary", "documents_reviewed"]
    assert [span.label_ for span in doc.spans["issues"]] == ["UPHELD", "OVERTURNED"]

import pytest

from corpus.check import misaligned
from corpus.files import authored


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("L4-5/L5-S1", ["L4", "-", "5", "/", "L5", "-", "S1"]),
        ("C5/6", ["C5", "/", "6"]),
        ("L5-\nS1", ["L5", "-", "\n", "S1"]),
        ("10/325mg", ["10", "/", "325", "mg"]),
        ("10-13-16", ["10", "-", "13", "-", "16"]),
        ("(ESI)", ["(", "ESI", ")"]),
        ("Norco 10/325mg#60", ["Norco", "10", "/", "325", "mg", "#", "60"]),
        ("0.5%,", ["0.5", "%", ","]),
        ("1,000mg", ["1,000", "mg"]),
        ("leftS1", ["left", "S1"]),
        ("MRI's", ["MRI", "'s"]),
        ("12/4/16.The", ["12", "/", "4", "/", "16", ".", "The"]),
    ],
)
def test_tokenizer_splits(blank, text, tokens):
    assert [token.text for token in blank(text)] == tokens


def test_tokenizer_keeps_every_character(blank):
    text = "  «L5-\u2028S1»\t\u200b10/325mg\x02\r\n\r\n…naïve  ﬁ #60\n"
    assert blank(text).text == text


def test_tokenizer_aligns_with_every_mention_of_the_corpus():
    assert misaligned(letter for letters in authored().values() for letter in letters) == []

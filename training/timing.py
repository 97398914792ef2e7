"""How the time of reading grows with the text: ``python -m training.timing``.

The rules (letters, mentions, record) read more and more glued letters, and one letter of more and more issues; seconds
for each size go to ``models/en_imr_sm/reading_time.json``. Linear time shows as a constant cost for each character.
"""

from __future__ import annotations

import sys
import time

from corpus.files import authored
from spacy_imr.tokenizer import blank_pipeline
from training.build import ROOT
from training.figures import show

TARGET = ROOT / "models" / "en_imr_sm" / "reading_time.json"
SIZES = (30_000, 60_000, 120_000, 240_000, 480_000, 960_000)


def main() -> int:
    """Measure and write the curve."""
    nlp = blank_pipeline()
    nlp.add_pipe("imr_letter")
    nlp.add_pipe("imr_mentions")
    letters = "\n\n".join(letter.text for letter in authored()["dev"] if letter.format != "excerpt")
    first = next(letter for letter in authored()["dev"] if letter.format == "2016" and len(letter.issues) > 1)
    cut = first.issues[1].item.start if first.issues[1].item else len(first.text)
    issue = first.text[first.issues[0].item.start if first.issues[0].item else 0 : cut]
    head = first.text[: len(first.text) - len(first.text[cut:])]
    curves = {}
    for name, text in (("glued letters", letters * 4), ("issues of one letter", head + issue * 1000)):
        points = []
        for size in SIZES:
            piece = text[:size]
            start = time.perf_counter()
            _ = nlp(piece)._.determinations
            seconds = time.perf_counter() - start
            row = {"characters": len(piece), "seconds": round(seconds, 3)}
            points.append(row | {"microseconds_a_character": round(1e6 * seconds / len(piece), 3)})
        curves[name] = points
    show(curves, TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())

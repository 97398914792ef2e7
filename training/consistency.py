"""Where a model that never saw a letter disagrees most with its annotation.

``python -m training.consistency DATA… -o LIST``

The recogniser is trained on k - 1 of k folds and reads the letters of the last; every difference is listed with the
model's probability for what it says there, the surest first. A person reads the list: each line is an error of the
annotation or of the model.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from spacy_imr.corpus_format import CorpusLetter, gold_doc, read_corpus, write_corpus
from spacy_imr.pipeline.layers import tag_names
from spacy_imr.pipeline.recognizer import Recognizer, gold_tags
from training.recogniser import train_recogniser


def fold_disagreements(nlp: Language, letters: Sequence[CorpusLetter]) -> Iterator[dict[str, Any]]:
    """Differences between `nlp` and the annotation of letters that it never saw."""
    recogniser = nlp.get_pipe("ner")
    assert isinstance(recogniser, Recognizer)
    names = tag_names(recogniser.labels)
    for letter in letters:
        gold = gold_doc(nlp, letter)
        doc = nlp(letter.text)
        (chances,) = recogniser.model.predict([doc])
        expected = {(ent.start, ent.end, ent.label_) for ent in gold.ents}
        found = {(ent.start, ent.end, ent.label_) for ent in doc.ents}
        for group in _groups(expected ^ found):
            start, end = min(s for s, _, _ in group), max(e for _, e, _ in group)
            yield {
                "id": letter.id,
                "start": doc[start].idx,
                "end": doc[end - 1].idx + len(doc[end - 1]),
                "annotated": [_shown(gold, span) for span in sorted(group & expected)],
                "read": [_shown(doc, span) for span in sorted(group & found)],
                "surety": round(_surety(doc, numpy.asarray(chances), names, start, end), 4),
                "context": " ".join(doc[max(0, start - 12) : min(len(doc), end + 8)].text.split()),
            }


def _groups(spans: set[tuple[int, int, str]]) -> Iterator[set[tuple[int, int, str]]]:
    group: set[tuple[int, int, str]] = set()
    reach = -1
    for span in sorted(spans):
        if group and span[0] >= reach:
            yield group
            group = set()
        group.add(span)
        reach = max(reach, span[1])
    if group:
        yield group


def _shown(doc: Doc, span: tuple[int, int, str]) -> str:
    return f"{span[2]} {' '.join(doc[span[0] : span[1]].text.split())}"


def _surety(doc: Doc, chances: Any, names: Sequence[str], start: int, end: int) -> float:
    """How sure the model is of its own tags over the tokens of a difference."""
    own = dict(gold_tags(doc))
    values = [chances[i][names.index(own[i])] for i in range(start, end) if i in own]
    return float(numpy.mean(values)) if values else 0.0


def main() -> int:
    """Train the folds and write the list."""
    parser = argparse.ArgumentParser(prog="python -m training.consistency", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSONL, the surest first")
    parser.add_argument("-k", type=int, default=4)
    parser.add_argument("--fold", type=int, help="only this fold (0 to k - 1)")
    parser.add_argument("--steps", type=int, default=1600)
    options = parser.parse_args()
    letters = sorted(read_corpus(*options.data), key=lambda letter: letter.id)
    work = Path("build/consistency")
    work.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for fold in range(options.k) if options.fold is None else [options.fold]:
        held = letters[fold :: options.k]
        write_corpus(work / f"train{fold}.jsonl", (one for n, one in enumerate(letters) if n % options.k != fold))
        write_corpus(work / f"held{fold}.jsonl", held[:10])
        model = train_recogniser(
            work / f"fold{fold}", work / f"train{fold}.jsonl", work / f"held{fold}.jsonl", options.steps
        )
        rows += fold_disagreements(spacy.load(model), held)
    rows.sort(key=lambda row: -row["surety"])
    options.output.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} differences in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

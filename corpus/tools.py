"""The file formats of annotation tools: what they import, and what they give back.

Mentions are corrected in the tool; issues and header of a letter wait in the corpus file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from corpus.preannotate import confidence_key
from spacy_imr.corpus_format import CorpusLetter, GoldSpan
from spacy_imr.labels import ENTITY_LABELS
from spacy_imr.render import COLORS
from spacy_imr.tokenizer import blank_pipeline

Task = dict[str, Any]


class ToolError(ValueError):
    """A file that is not what the tool exports; the message says what to do."""


@dataclass(frozen=True)
class Correction:
    """One annotator's mentions of one letter, as a tool gives them back: start, end, label, and the text between if the
    tool says it. `annotator` is empty where the tool does not name one.
    """

    letter: str
    annotator: str
    text: str
    spans: tuple[tuple[int, int, str, str | None], ...]


@dataclass(frozen=True)
class Tool:
    """How one tool's files are written and read."""

    suffix: str
    write: Callable[[Sequence[CorpusLetter]], str]
    read: Callable[[str], Iterator[Correction]]


def confidence(letter: CorpusLetter, span: GoldSpan) -> float | None:
    """The model's probability of a mention; None for one that its notation gave, or a person."""
    return letter.provenance.get("confidence", {}).get(confidence_key(span.start, span.end, span.label))


def uncertainty(letter: CorpusLetter) -> float:
    """How unsure the model is of a letter, 0 to 1: the mean probability that a mention of it is wrong; 1 where it found
    no mention at all.
    """
    doubts = [1 - (1.0 if (p := confidence(letter, span)) is None else p) for span in letter.spans]
    return sum(doubts) / len(doubts) if doubts else 1.0


def by_uncertainty(letters: Iterable[CorpusLetter]) -> list[CorpusLetter]:
    """The most uncertain first."""
    return sorted(letters, key=uncertainty, reverse=True)


# --- Label Studio -----------------------------------------------------------------------------------------------


def labeling_interface() -> str:
    """The labelling interface (XML) of a Label Studio project for these tasks."""
    labels = "".join(f"<Label value={quoteattr(name)} background={quoteattr(COLORS[name])}/>" for name in ENTITY_LABELS)
    return f'<View><Labels name="label" toName="text">{labels}</Labels><Text name="text" value="$text"/></View>\n'


def write_label_studio(letters: Sequence[CorpusLetter]) -> str:
    """Tasks with predictions: a JSON list."""
    return json.dumps([_label_studio_task(letter) for letter in letters], indent=1) + "\n"


def _label_studio_task(letter: CorpusLetter) -> Task:
    regions = []
    for number, span in enumerate(letter.spans):
        region: Task = {
            "id": f"m{number}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": span.start,
                "end": span.end,
                "text": letter.text[span.start : span.end],
                "labels": [span.label],
            },
        }
        chance = confidence(letter, span)
        regions.append(region if chance is None else region | {"score": chance})
    prediction: Task = {"result": regions, "score": round(1 - uncertainty(letter), 4)}
    if "model" in letter.provenance:
        prediction["model_version"] = letter.provenance["model"]
    return {"data": {"text": letter.text, "letter": letter.id}, "predictions": [prediction]}


def read_label_studio(content: str) -> Iterator[Correction]:
    """The annotations of an export in the format JSON; cancelled ones are left out, predictions too."""
    tasks = json.loads(content)
    if not isinstance(tasks, list) or any("annotations" not in task or "data" not in task for task in tasks):
        raise ToolError("no export of Label Studio with annotations. Export the project in the format JSON.")
    for task in tasks:
        for annotation in task["annotations"]:
            if not annotation.get("was_cancelled"):
                values = [r["value"] for r in annotation["result"] if r.get("type") == "labels"]
                spans = tuple((v["start"], v["end"], label, v.get("text")) for v in values for label in v["labels"])
                yield Correction(_letter(task["data"]), _annotator(annotation), task["data"]["text"], spans)


def _annotator(annotation: Task) -> str:
    """Whoever completed an annotation: a number, or a record with an address."""
    who = annotation.get("completed_by") or ""
    return str(who.get("email") or who.get("id") or "") if isinstance(who, dict) else str(who)


# --- doccano ----------------------------------------------------------------------------------------------------


def write_doccano(letters: Sequence[CorpusLetter]) -> str:
    """JSONL for a project of sequence labelling."""
    return _lines(
        {"text": letter.text, "label": [[s.start, s.end, s.label] for s in letter.spans], "letter": letter.id}
        for letter in letters
    )


def read_doccano(content: str) -> Iterator[Correction]:
    """An export in the format JSONL, or JSONL with relations; doccano writes one file for each annotator."""
    for row in _rows(content, "text"):
        if "entities" in row:
            spans = [(e["start_offset"], e["end_offset"], e["label"], None) for e in row["entities"]]
        else:
            spans = [(start, end, label, None) for start, end, label in row["label"]]
        yield Correction(_letter(row), "", row["text"], tuple(spans))


# --- Prodigy ----------------------------------------------------------------------------------------------------


def write_prodigy(letters: Sequence[CorpusLetter]) -> str:
    """JSONL for the recipes ``ner.manual`` and ``spans.manual``, with the tokens of the project's tokenizer."""
    return _lines(_prodigy_task(letter) for letter in letters)


def _prodigy_task(letter: CorpusLetter) -> Task:
    doc = blank_pipeline().make_doc(letter.text)
    spans = []
    for mention in letter.spans:
        found = doc.char_span(mention.start, mention.end)
        assert found is not None, f"{letter.id}: a mention cuts a token. Run `python -m corpus check FILE`."
        # Both token bounds count the tokens of the mention, the last one included.
        spans.append(mention.model_dump() | {"token_start": found.start, "token_end": found.end - 1})
    tokens = [
        {"text": t.text, "start": t.idx, "end": t.idx + len(t), "id": t.i, "ws": bool(t.whitespace_)} for t in doc
    ]
    meta = {"letter": letter.id, "uncertainty": round(uncertainty(letter), 4)}
    return {"text": letter.text, "tokens": tokens, "spans": spans, "meta": meta}


def read_prodigy(content: str) -> Iterator[Correction]:
    """What ``prodigy db-out`` writes; only answers that accept count."""
    for row in _rows(content, "text"):
        if row.get("answer", "accept") == "accept":
            spans = tuple((s["start"], s["end"], s["label"], None) for s in row.get("spans", []))
            yield Correction(_letter(row.get("meta", {})), str(row.get("_annotator_id") or ""), row["text"], spans)


# --- all --------------------------------------------------------------------------------------------------------


def _lines(rows: Iterable[Task]) -> str:
    """JSONL in ASCII: doccano guesses the encoding of a file, and may guess wrong."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def _rows(content: str, key: str) -> Iterator[Task]:
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict) or key not in row:
                raise ToolError(f"line {number} holds no {key!r}. Export the project as JSONL.")
            yield row


def _letter(data: Task) -> str:
    if "letter" not in data:
        raise ToolError("a task does not say which letter it is. Import what `python -m corpus export` wrote.")
    return str(data["letter"])


TOOLS: Final[dict[str, Tool]] = {
    "label-studio": Tool(".json", write_label_studio, read_label_studio),
    "doccano": Tool(".jsonl", write_doccano, read_doccano),
    "prodigy": Tool(".jsonl", write_prodigy, read_prodigy),
}

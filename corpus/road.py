"""The commands of the road from letters of one's own to a pipeline that has learned from them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus.agreement import agreement_table, corpus_agreement
from corpus.check import corpus_problems
from corpus.corrections import take_over
from corpus.merge import Difference, MergeError, differences, merge
from corpus.preannotate import preannotate
from corpus.tools import TOOLS, ToolError, by_uncertainty, labeling_interface
from spacy_imr.corpus_format import CorpusError, CorpusLetter, read_corpus, write_corpus
from spacy_imr.inputs import find_sources
from spacy_imr.reading import DEFAULT_MODEL, ModelNotFoundError, load, model_name


def add_commands(commands: Any) -> None:
    """Add the commands to the subparsers of ``python -m corpus``; each sets ``run``."""
    one = commands.add_parser("preannotate", help="read letters into the corpus format, annotated by a model")
    one.add_argument("inputs", nargs="+", help="text or PDF files, folders")
    one.add_argument("-o", "--output", type=Path, required=True)
    one.add_argument("-m", "--model", default=DEFAULT_MODEL, help="package or folder of the pipeline")
    one.set_defaults(run=_preannotate)
    one = commands.add_parser("export", help="write tasks for an annotation tool, the most uncertain first")
    one.add_argument("corpus", type=Path)
    one.add_argument("-o", "--output", type=Path, required=True)
    one.add_argument("--tool", choices=TOOLS, required=True)
    one.set_defaults(run=_export)
    one = commands.add_parser("import", help="take corrected mentions over, every offset checked")
    one.add_argument("corpus", type=Path, help="the corpus file that was exported")
    one.add_argument("corrected", type=Path, help="what the tool exports")
    one.add_argument("-o", "--output", type=Path, required=True, help="a file; one for each annotator of several")
    one.add_argument("--tool", choices=TOOLS, required=True)
    one.add_argument("--annotator", default="annotator", help="whoever corrected, where the tool does not say it")
    one.set_defaults(run=_import)
    one = commands.add_parser("agreement", help="agreement of two annotators of the same letters")
    one.add_argument("first", type=Path)
    one.add_argument("second", type=Path)
    one.set_defaults(run=_agreement)
    one = commands.add_parser("adjudicate", help="list where two annotators differ, for a third to decide")
    one.add_argument("first", type=Path)
    one.add_argument("second", type=Path)
    one.add_argument("-o", "--output", type=Path, required=True, help="JSONL; set the choice of each line to a or b")
    one.set_defaults(run=_adjudicate)
    one = commands.add_parser("merge", help="one corpus of two, the differences decided")
    one.add_argument("first", type=Path)
    one.add_argument("second", type=Path)
    one.add_argument("--decided", type=Path, help="what `adjudicate` wrote, decided")
    one.add_argument("-o", "--output", type=Path, required=True)
    one.set_defaults(run=_merge)


def run(options: argparse.Namespace) -> int:
    """Run the chosen command; 1 if something is left to be done by hand, 2 for a wrong call."""
    try:
        return options.run(options)
    except (CorpusError, ToolError, MergeError, ModelNotFoundError, OSError) as error:
        print(f"python -m corpus {options.command}: {error}", file=sys.stderr)
        return 2


def _preannotate(options: argparse.Namespace) -> int:
    nlp = load(options.model)
    found = list(preannotate(nlp, find_sources(options.inputs), model_name(nlp)))
    letters = [letter for letter in found if isinstance(letter, CorpusLetter)]
    problems = [line for line in found if isinstance(line, str)]
    problems += [f"{letter.id}: {line}" for letter in letters for line in letter.provenance["left_out"]]
    write_corpus(options.output, letters)
    return _said(f"{len(letters)} letters in {options.output}", problems)


def _export(options: argparse.Namespace) -> int:
    letters = by_uncertainty(read_corpus(options.corpus))
    options.output.write_text(TOOLS[options.tool].write(letters), encoding="utf-8")
    print(f"{len(letters)} tasks in {options.output}", file=sys.stderr)
    if options.tool == "label-studio":
        interface = options.output.with_suffix(".xml")
        interface.write_text(labeling_interface(), encoding="utf-8")
        print(f"labelling interface of the project: {interface}", file=sys.stderr)
    return 0


def _import(options: argparse.Namespace) -> int:
    corrections = list(_corrections(options))
    found = take_over(list(read_corpus(options.corpus)), corrections, options.tool, options.annotator)
    for number, (who, letters) in enumerate(found.letters.items(), 1):
        target = options.output
        if len(found.letters) > 1:
            target = target.with_suffix(f".{number}{target.suffix}")
        write_corpus(target, letters)
        print(f"{len(letters)} letters of {who} in {target}", file=sys.stderr)
    pending = [f"{name}: not corrected yet" for name in found.pending]
    return _said(f"{len(found.conflicts)} conflicts", [*found.conflicts, *pending])


def _corrections(options: argparse.Namespace) -> Sequence[Any]:
    try:
        return list(TOOLS[options.tool].read(options.corrected.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, ToolError):
            raise ToolError(f"{options.corrected}: {error}") from error
        raise ToolError(f"{options.corrected}: no export of {options.tool}: {error!r}. Export it again.") from error


def _agreement(options: argparse.Namespace) -> int:
    figures = corpus_agreement(list(read_corpus(options.first)), list(read_corpus(options.second)))
    print(agreement_table({f"{options.first.stem} and {options.second.stem}": figures}))
    return 0


def _adjudicate(options: argparse.Namespace) -> int:
    found = differences(list(read_corpus(options.first)), list(read_corpus(options.second)))
    options.output.write_text("".join(one.model_dump_json() + "\n" for one in found), encoding="utf-8")
    print(f"{len(found)} differences in {options.output}: set the choice of each", file=sys.stderr)
    return 0


def _merge(options: argparse.Namespace) -> int:
    decided = list(_decisions(options.decided)) if options.decided else []
    letters = merge(list(read_corpus(options.first)), list(read_corpus(options.second)), decided)
    write_corpus(options.output, letters)
    return _said(f"{len(letters)} letters in {options.output}", corpus_problems(letters))


def _decisions(path: Path) -> Sequence[Difference]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        try:
            found += [Difference.model_validate_json(line)] if line.strip() else []
        except ValidationError as error:
            message = error.errors()[0]["msg"]
            raise MergeError(f"{path}:{number}: {message}. Set the choice to a or b.") from error
    return found


def _said(summary: str, problems: Sequence[str]) -> int:
    for line in problems:
        print(line, file=sys.stderr)
    print(summary, file=sys.stderr)
    return 1 if problems else 0

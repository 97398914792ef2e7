"""The command ``spacy-imr``: read letters from anywhere. ``predict.py`` is the same command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from spacy.language import Language
from tqdm import tqdm

from spacy_imr.batch import errors_path, read_batch
from spacy_imr.inputs import Source, find_sources
from spacy_imr.reading import DEFAULT_MODEL, ModelNotFoundError, load
from spacy_imr.render import render_html
from spacy_imr.table import determination_table


def build_parser() -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="spacy-imr", description="Read Independent Medical Review determinations into data."
    )
    parser.add_argument("inputs", nargs="+", help="text or PDF files, folders, or - for standard input")
    parser.add_argument(
        "-o", "--output", type=Path, help="JSONL file, one letter a row; without it, tables are printed"
    )
    parser.add_argument("-m", "--model", default=DEFAULT_MODEL, help=f"package or folder (default: {DEFAULT_MODEL})")
    parser.add_argument("--html", type=Path, help="write one letter as a page, its mentions marked")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress bar and no summary")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if every input was read, 1 if some could not be, 2 for a wrong call."""
    options = build_parser().parse_args(arguments)
    if problem := _wrong_call(options):
        print(f"spacy-imr: {problem}", file=sys.stderr)
        return 2
    try:
        nlp = load(options.model)
    except ModelNotFoundError as error:
        print(f"spacy-imr: {error}", file=sys.stderr)
        return 2
    sources = find_sources(options.inputs)
    if options.html is not None:
        return _write_page(nlp, sources, options.html)
    if options.output is None:
        return _print_tables(nlp, sources)
    bar = tqdm(sources, unit=" letters", disable=options.quiet, file=sys.stderr)
    result = read_batch(nlp, bar, options.output)
    if not options.quiet:
        print(f"{result.letters} letters in {options.output}, {result.errors} errors", file=sys.stderr)
        if result.errors:
            print(f"what could not be read: {errors_path(options.output)}", file=sys.stderr)
    return 1 if result.errors else 0


def _wrong_call(options: argparse.Namespace) -> str | None:
    """What is wrong with the options, before the model is loaded; None if nothing is."""
    if options.html is not None and options.output is not None:
        return "--html and -o are given both: choose one"
    for path in (options.output, options.html):
        if path is not None and not path.parent.is_dir():
            return f"{path}: the folder {path.parent} does not exist. Make it first."
    if options.output is not None and options.output.suffix != ".jsonl":
        return f"{options.output}: the output must end in .jsonl"
    return None


def _write_page(nlp: Language, sources: Iterable[Source], target: Path) -> int:
    found = list(sources)
    if len(found) != 1 or found[0].text is None:
        message = found[0].error if len(found) == 1 else f"--html takes one letter, {len(found)} were given"
        print(f"spacy-imr: {message}", file=sys.stderr)
        return 2
    target.write_text(render_html(found[0].read(nlp), found[0].name), encoding="utf-8")
    return 0


def _print_tables(nlp: Language, sources: Iterable[Source]) -> int:
    failed = False
    for source in sources:
        if source.text is None:
            print(f"{source.name}: {source.error}", file=sys.stderr)
            failed = True
        else:
            print(source.name)
            for record in source.read(nlp)._.determinations:
                print(determination_table(record))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

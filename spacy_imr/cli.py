"""The command ``spacy-imr``: read letters from anywhere. ``predict.py`` is the same command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from spacy.language import Language
from tqdm import tqdm

from spacy_imr.batch import FORMATS, AnotherRunError, Count, errors_path, missing_extra, read_batch
from spacy_imr.inputs import Source, find_sources, printable
from spacy_imr.pipeline.quantize import QuantizeError
from spacy_imr.reading import DEFAULT_MODEL, ModelNotFoundError, load
from spacy_imr.render import render_html
from spacy_imr.table import determination_table

FLAGGED = "encrypted with an empty password and flagged against extraction, as the state's public letters are; read"


def build_parser() -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="spacy-imr",
        description="Read Independent Medical Review determinations into data.",
        epilog="Exit status: 0 all read; 1 some inputs could not be read; 2 wrong call; 3 stopped, to be continued by "
        "the same command.",
    )
    parser.add_argument(
        "inputs",
        nargs="+",
        help="text and PDF files, zip archives, folders, globs, JSONL and Parquet files, saved datasets tables, or - "
        "for standard input (a letter, or JSONL)",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        help="X.jsonl or X.parquet, one letter a row; X.csv or X.xlsx, one issue a row; without it, tables are printed",
    )
    parser.add_argument("-m", "--model", default=DEFAULT_MODEL, help=f"package or folder (default: {DEFAULT_MODEL})")
    parser.add_argument("--quantized", action="store_true", help="let a transformer read twice as fast on a CPU")
    parser.add_argument("-n", "--n-process", type=int, default=1, help="processes, or actors of Ray; -1: one a core")
    parser.add_argument("--engine", choices=["local", "ray"], default="local", help="where to read (default: local)")
    parser.add_argument("--text-column", default="text", help="of tables, the column of the text (default: text)")
    parser.add_argument("--shard-size", type=int, help="letters between two entries in the ledger (default: 8 to 256)")
    parser.add_argument("--overwrite", action="store_true", help="begin anew over the output of another run")
    parser.add_argument("--html", type=Path, help="write one letter as a page, its mentions marked")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress bar and no summary")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = build_parser().parse_args(arguments)
    if problem := _wrong_call(options):
        return _say(problem)
    try:
        if options.output is not None:
            return _write_batch(options)
        nlp = load(options.model, quantized=options.quantized)
    except (ModelNotFoundError, AnotherRunError, QuantizeError) as error:
        return _say(error)
    except BrokenProcessPool:
        return _say("a process was killed, or took more memory than there is. The same command continues.", 3)
    except OSError as error:
        return _say(f"{error}. What is finished is kept: mend it, and the same command continues.", 3)
    except KeyboardInterrupt:
        return _say("stopped. The same command continues.", 3)
    sources = _sources(options)
    if options.html is not None:
        return _write_page(nlp, sources, options.html)
    return _print_tables(nlp, sources)


def _say(problem: object, status: int = 2) -> int:
    print(f"spacy-imr: {problem}", file=sys.stderr)
    return status


def _wrong_call(options: argparse.Namespace) -> str | None:
    """What is wrong with the options, before the model is loaded; None if nothing is."""
    if options.html is not None and options.output is not None:
        return "--html and -o are given both: choose one"
    for path in (options.output, options.html):
        if path is not None and not path.parent.is_dir():
            return f"{path}: the folder {path.parent} does not exist. Make it first."
    if options.n_process == 0 or options.n_process < -1:
        return "--n-process takes a number from 1, or -1"
    if options.shard_size is not None and options.shard_size < 1:
        return "--shard-size takes a number from 1"
    if options.output is not None:
        if options.output.suffix not in FORMATS:
            return f"{options.output}: the output must end in {', '.join(FORMATS)}"
        if extra := missing_extra(options.output, options.engine):
            return f"this needs more than is installed: pip install 'spacy-imr[{extra}]'"
    return None


def _write_batch(options: argparse.Namespace) -> int:
    n_process = os.cpu_count() or 1 if options.n_process == -1 else options.n_process
    with _progress(options.quiet) as show:
        count = read_batch(
            options.inputs,
            options.output,
            options.model,
            n_process=n_process,
            engine=options.engine,
            text_column=options.text_column,
            shard_size=options.shard_size,
            overwrite=options.overwrite,
            quantized=options.quantized,
            progress=show,
        )
    if not options.quiet:
        found = f"{count.letters} letters with {count.issues} issues in {options.output}, {count.errors} errors"
        print(found, file=sys.stderr)
        if count.flagged:
            print(f"{count.flagged} PDF files: {FLAGGED}", file=sys.stderr)
        if count.errors:
            print(f"what could not be read: {errors_path(options.output)}", file=sys.stderr)
    return 1 if count.errors else 0


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Count, int], None]]:
    """A bar with rate and time left, which begins where the run begins."""
    bar: tqdm[None] | None = None

    def show(count: Count, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, initial=count.inputs, unit=" inputs", disable=quiet, file=sys.stderr)
        bar.set_postfix(letters=count.letters, errors=count.errors, refresh=False)
        bar.update(count.inputs - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()


def _sources(options: argparse.Namespace) -> Iterator[Source]:
    said = False
    for source in find_sources(options.inputs, options.text_column):
        if source.flagged and not said and not options.quiet:
            print(f"{printable(source.name)}: {FLAGGED}", file=sys.stderr)
            said = True
        yield source


def _write_page(nlp: Language, sources: Iterator[Source], target: Path) -> int:
    found = list(sources)
    if len(found) != 1 or found[0].text is None:
        return _say(found[0].error if len(found) == 1 else f"--html takes one letter, {len(found)} were given")
    target.write_text(render_html(found[0].read(nlp), printable(found[0].name)), encoding="utf-8")
    return 0


def _print_tables(nlp: Language, sources: Iterator[Source]) -> int:
    failed = False
    for source in sources:
        if source.text is None:
            print(f"{printable(source.name)}: {source.error}", file=sys.stderr)
            failed = True
        else:
            print(printable(source.name))
            for record in source.read(nlp)._.determinations:
                print(determination_table(record))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

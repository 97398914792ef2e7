"""``python -m corpus COMMAND``: see corpus/README.md, and for letters of one's own the README."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus import road
from corpus.check import check, corpus_problems, unlabelled_surfaces
from corpus.diff import diff
from corpus.files import authored
from corpus.public import join_all
from corpus.stats import write_statistics
from spacy_imr.corpus_format import CorpusError, read_corpus


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    letters = {"default": os.environ.get("IMR_LETTERS"), "type": Path, "help": "folder of public letters"}
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("check", help="validate the shipped corpus, or files of one's own")
    one.add_argument("files", nargs="*", type=Path, help="corpus files; without them, the shipped corpus")
    one.add_argument("--letters", **letters)  # type: ignore[arg-type]
    commands.add_parser("review", help="list surfaces annotated here and not there")
    commands.add_parser("stats", help="write the statistics of the data card")
    one = commands.add_parser("diff", help="show a change of annotation as a person would read it")
    one.add_argument("old", type=Path)
    one.add_argument("new", type=Path)
    one = commands.add_parser("join", help="join the public layer with downloaded letters")
    one.add_argument("output", type=Path)
    one.add_argument("--letters", **letters)  # type: ignore[arg-type]
    road.add_commands(commands)
    options = parser.parse_args(arguments)
    if "run" in options:
        return road.run(options)
    if options.command == "check" and options.files:
        return _check_files(options.files)
    if options.command == "check":
        problems = check(options.letters)
        print("\n".join(problems) if problems else "the corpus is sound")
        if options.letters is None:
            print("the public letters are not at hand (--letters FOLDER): copied runs were not looked for")
        return 1 if problems else 0
    if options.command == "review":
        for letter_list in authored().values():
            for letter in letter_list:
                for line in unlabelled_surfaces(letter):
                    print(line)
    elif options.command == "stats":
        write_statistics()
    elif options.command == "diff":
        print("\n".join(diff(options.old, options.new)) or "no difference")
    else:
        if options.letters is None:
            parser.error("join needs the public letters: --letters FOLDER or IMR_LETTERS")
        join_all(options.letters, options.output)
    return 0


def _check_files(files: Sequence[Path]) -> int:
    try:
        problems = corpus_problems(list(read_corpus(*files)))
    except CorpusError as error:
        problems = [str(error)]
    print("\n".join(problems) if problems else "the letters are sound")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

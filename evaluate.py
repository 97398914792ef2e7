"""Measure a pipeline on annotated letters: ``python evaluate.py MODEL DATA [-o metrics.json]``."""

import sys

from spacy_imr.evaluation.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""Read letters in a batch: ``python predict.py FILES FOLDERS -o out.parquet``. The same command as ``spacy-imr``."""

import sys

from spacy_imr.cli import main

if __name__ == "__main__":
    sys.exit(main())

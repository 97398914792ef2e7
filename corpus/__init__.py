"""The annotated corpus: files, validator, statistics. Not installed with the library."""

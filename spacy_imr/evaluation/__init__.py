"""Measuring: functions that return data; `evaluate.py` is a thin command over them."""

from spacy_imr.evaluation.evaluate import evaluate

__all__ = ["evaluate"]

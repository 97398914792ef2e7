"""A transformer that reads twice as fast on a CPU."""

from __future__ import annotations

import warnings

from spacy.language import Language


class QuantizeError(ValueError):
    """The pipeline has nothing that can be quantised."""


def quantize(nlp: Language) -> Language:
    """Let the transformer of `nlp` multiply in eight-bit integers, by PyTorch's dynamic quantisation: about twice as
    fast on a CPU, for almost the same entities. In place, for reading only: what is saved then cannot be loaded.

    Raises `QuantizeError` for a pipeline without a transformer, or one on another device.
    """
    if "transformer" not in nlp.pipe_names:
        raise QuantizeError(
            f"{nlp.meta['name']} has no transformer to quantise. Leave --quantized (quantized=True) out."
        )
    import torch
    from torch.ao.quantization import per_channel_dynamic_qconfig, quantize_dynamic

    encoder = nlp.get_pipe("transformer").model.transformer  # type: ignore[attr-defined]
    if next(encoder.parameters()).device.type != "cpu":
        raise QuantizeError(
            "only a transformer on a CPU can be quantised. Leave --quantized (quantized=True) out, or read on the CPU."
        )
    with warnings.catch_warnings():
        # Its successor, torchao, is another package; the upper bound on torch in pyproject.toml keeps this one.
        warnings.simplefilter("ignore")
        quantize_dynamic(encoder, {torch.nn.Linear: per_channel_dynamic_qconfig}, inplace=True)
    return nlp

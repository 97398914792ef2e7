"""The JSON Schema of the record: ``python -m spacy_imr.schema`` writes it beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from spacy_imr.records import Determination

PATH: Final = Path(__file__).parent / "determination.schema.json"


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `Determination` as it is written out."""
    return Determination.model_json_schema(mode="serialization")


def render() -> str:
    """The schema as the text of its file."""
    return json.dumps(schema(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")

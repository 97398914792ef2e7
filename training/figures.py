"""Where measured figures go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def show(figures: dict[str, Any], target: Path | None = None) -> None:
    """Print figures as JSON, and write them to `target` if there is one."""
    rendered = json.dumps(figures, indent=1)
    print(rendered)
    if target:
        target.write_text(rendered + "\n", encoding="utf-8")

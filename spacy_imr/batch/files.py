"""Files that are whole or not there."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(target: Path, scratch: Path) -> Iterator[Path]:
    """A path in `scratch` to write to; what stands there afterwards is on disk and stands under `target`.

    Both lie in one file system. After an error or a kill `target` is as it was.
    """
    temporary = scratch / f"{target.name}.{uuid.uuid4().hex}.tmp"
    yield temporary
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def concatenate(parts: Iterable[Path], target: Path, scratch: Path) -> None:
    """Write `parts` one after the other as `target`."""
    with written_whole(target, scratch) as temporary, temporary.open("wb") as sink:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, sink, 1 << 20)

"""What runs in the process of a `PdfSandbox`: first the limits come in, then files, and for each its text goes out."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import IO

from spacy_imr.inputs.frames import read_frame, write_frame
from spacy_imr.inputs.limits import Limits
from spacy_imr.pdf import UnreadableError, read_pdf


def main() -> None:
    """Answer until the process that asks is gone."""
    # What a library prints must not come between the messages.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    waiting: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, waiting), daemon=True).start()
    limits = Limits(**json.loads(waiting.get()))
    _cap_memory(limits.memory_bytes)
    write_frame(answers, b"ready")
    while True:
        write_frame(answers, json.dumps(_answer(waiting.get(), limits)).encode())


def _receive(pipe: IO[bytes], waiting: queue.Queue[bytes]) -> None:
    while (data := read_frame(pipe)) is not None:
        waiting.put(data)
    os._exit(0)  # even in the midst of a file


def _answer(data: bytes, limits: Limits) -> dict[str, object]:
    try:
        found = read_pdf(data, limits.pages, limits.characters)
    except UnreadableError as error:
        return {"error": str(error)}
    except Exception as error:  # whatever a broken file makes the library do
        return {"error": f"the PDF file cannot be read ({type(error).__name__}). Open it in a viewer, or repair it."}
    return {"text": found.text, "pages": found.pages, "flagged": found.flagged}


def _cap_memory(extra: int) -> None:
    if sys.platform != "linux":
        return
    import resource

    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = used + extra if hard == resource.RLIM_INFINITY else min(used + extra, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()

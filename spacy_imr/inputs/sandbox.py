"""PDF files are read in a process of its own, which may take only so long and so much memory."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Final

from spacy_imr.inputs.limits import Limits
from spacy_imr.pdf import PdfText, UnreadableError, read_pdf

# Loading the library in the new process, on a busy machine.
_START_SECONDS: Final = 120.0


class PdfSandbox:
    """Reads PDF files in a process that is killed when a file takes longer than `limits` allow, and started anew.

    A context manager; the process starts with the first file.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> PdfSandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, data: bytes) -> PdfText:
        """As `spacy_imr.pdf.read_pdf` within the limits; `UnreadableError` too for a file that breaks them."""
        connection = self._started()
        try:
            connection.send_bytes(data)
            if not connection.poll(self.limits.seconds):
                raise TimeoutError
            answer = json.loads(connection.recv_bytes())
        except TimeoutError:
            self.close()
            message = f"reading the PDF file took longer than {self.limits.seconds:g} seconds. Repair or split it."
            raise UnreadableError(message) from None
        except (EOFError, OSError):
            self.close()
            raise UnreadableError("reading the PDF file broke off: it is damaged or too large. Repair it.") from None
        if "error" in answer:
            raise UnreadableError(answer["error"])
        return PdfText(answer["text"], [(start, end) for start, end in answer["pages"]], answer["flagged"])

    def close(self) -> None:
        """End the process."""
        if self._connection:
            self._connection.close()
        if self._process:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None

    def _started(self) -> Connection:
        if self._connection is None:
            # A new process, not a copy of this one: it shares neither the model nor a thread's lock.
            context = multiprocessing.get_context("spawn")
            self._connection, far = context.Pipe()
            self._process = context.Process(target=_serve, args=(far, self.limits), daemon=True)
            self._process.start()
            far.close()
            if not self._connection.poll(_START_SECONDS):
                self.close()
                raise OSError("the process that reads PDF files does not start")
            self._connection.recv_bytes()
        return self._connection


def exit_with_parent() -> None:
    """End this process as soon as the one that started it has ended, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _serve(connection: Connection, limits: Limits) -> None:
    exit_with_parent()
    _cap_memory(limits.memory_bytes)
    connection.send_bytes(b"ready")
    while True:
        try:
            data = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(json.dumps(_answer(data, limits)).encode())


def _answer(data: bytes, limits: Limits) -> dict[str, object]:
    try:
        found = read_pdf(data, limits.pages, limits.characters)
    except UnreadableError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "reading the PDF file takes too much memory. Repair or split it."}
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

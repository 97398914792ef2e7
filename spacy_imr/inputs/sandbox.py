"""PDF files are read in a process of their own, which may take only so long and so much memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from types import TracebackType
from typing import IO, Final

from spacy_imr.inputs.frames import read_frame, write_frame
from spacy_imr.inputs.limits import Limits
from spacy_imr.pdf import PdfText, UnreadableError

# Loading the library in the new process, on a busy machine.
_START_SECONDS: Final = 120.0


class PdfSandbox:
    """Reads PDF files in a process that is killed when a file takes longer than `limits` allow, and started anew.

    A context manager; the process starts with the first file.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PdfSandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, data: bytes) -> PdfText:
        """As `spacy_imr.pdf.read_pdf` within the limits; `UnreadableError` too for a file that breaks them."""
        process = self._started()
        began = time.monotonic()
        answer = _exchange(process, data, self.limits.seconds)
        if answer is None:
            self.close()
            if time.monotonic() - began >= self.limits.seconds:
                message = f"reading the PDF file took longer than {self.limits.seconds:g} seconds. Repair or split it."
            else:
                message = "reading the PDF file broke off: it is damaged, or takes too much memory. Repair or split it."
            raise UnreadableError(message)
        found = json.loads(answer)
        if "error" in found:
            raise UnreadableError(found["error"])
        return PdfText(found["text"], [(start, end) for start, end in found["pages"]], found["flagged"])

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            # Neither the folder that the command is given in, which may hold files of strangers, nor the script that
            # is running is imported; the path is that of this process.
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            command = [sys.executable, "-P", "-m", "spacy_imr.inputs.pdf_process"]
            pipe, null = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, env=environment)
            if _exchange(self._process, json.dumps(asdict(self.limits)).encode(), _START_SECONDS) is None:
                self.close()
                raise OSError("the process that reads PDF files does not start")
        return self._process


def _exchange(process: subprocess.Popen[bytes], data: bytes, seconds: float) -> bytes | None:
    """What the process answers; None if it ends, or is killed because it takes longer."""
    watchdog = threading.Timer(seconds, process.kill)
    watchdog.start()
    try:
        write_frame(_open(process.stdin), data)
        return read_frame(_open(process.stdout))
    except OSError:
        return None
    finally:
        watchdog.cancel()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe

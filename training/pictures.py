"""Pages in a real browser. ``python -m training.pictures`` makes the README's pictures, of authored letters only."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from training.build import ROOT, run

FOLDER: Final = ROOT / "models" / "en_imr_sm"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
SIZE: Final = (1400, 1150)


def find_browser() -> str | None:
    """The Chromium or Chrome of this machine."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def dump_dom(browser: str, page: Path) -> str:
    """The HTML of a page as the browser has built it, after any script has run."""
    return _browse(browser, page, "--dump-dom").stdout


def screenshot(browser: str, page: Path, target: Path, size: tuple[int, int] = SIZE) -> None:
    """Write what a window of `size` (pixels) shows of a page as a PNG file."""
    _browse(browser, page, f"--screenshot={target}", f"--window-size={size[0]},{size[1]}", "--hide-scrollbars")


def _browse(browser: str, page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", *options]
        return subprocess.run(
            [*command, page.resolve().as_uri()], check=True, capture_output=True, text=True, timeout=120
        )


def main() -> int:
    """Make both pictures with the installed model."""
    browser = find_browser()
    if browser is None:
        print("no Chromium on this machine: install one of " + ", ".join(BROWSERS), file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as work:
        letter, report = Path(work) / "letter.html", Path(work) / "report.html"
        run("predict.py", "corpus/sample_letter.txt", "--html", str(letter))
        data = ("corpus/authored/dev.jsonl", "--train", "corpus/authored/train.jsonl")
        run("evaluate.py", "en_imr_sm", *data, "--robustness", "--html", str(report))
        screenshot(browser, letter, FOLDER / "letter.png")
        screenshot(browser, report, FOLDER / "report.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

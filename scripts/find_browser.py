"""Finds the browser of the browser tests: `python -m scripts.find_browser` prints its path.

First $RCWIDGETS_BROWSER, then Chromium or Chrome on the machine, then Playwright's own; as root on Debian it installs `chromium`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
ADVICE = (
    "The browser tests need Chromium or Chrome, and none was found. Install one (Debian: `apt install chromium`; elsewhere: "
    "`.venv/bin/playwright install chromium`), or set RCWIDGETS_BROWSER to the path of one."
)


def works(path: str | Path) -> bool:
    """True where the program tells its version: some systems have a stub of that name that only says how to install it."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def on_machine() -> Path | None:
    """The first browser of the machine that works."""
    found = [shutil.which(name) for name in NAMES] + PLACES
    return next((Path(path) for path in found if path and works(path)), None)


def of_playwright() -> Path | None:
    """The browser that `playwright install chromium` put on this machine."""
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if works(path) else None


def installed_now() -> Path | None:
    """Debian's Chromium, installed here and now, where that is possible: as root."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"]):
        if subprocess.run(["apt-get", "-q", *words], env=environment, stdout=sys.stderr).returncode:
            return None
    return on_machine()


def find_browser() -> Path:
    """The path of a browser that works."""
    wanted = os.environ.get("RCWIDGETS_BROWSER")
    if wanted:
        if not works(wanted):
            raise RuntimeError(f"RCWIDGETS_BROWSER must be the path of Chromium or Chrome, got {wanted!r}. Unset it to search for one.")
        return Path(wanted)
    path = on_machine() or of_playwright() or installed_now()
    if path is None:
        raise RuntimeError(ADVICE)
    return path


if __name__ == "__main__":
    try:
        print(find_browser())
    except RuntimeError as error:
        sys.exit(str(error))

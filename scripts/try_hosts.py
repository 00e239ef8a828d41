"""Tries every place where a notebook lives: `python -m scripts.try_hosts [NAME ...]` writes the rows of `docs/hosts.md`.

Each host gets an environment of its own in a temporary folder, with the wheel of this checkout. A real browser opens a notebook there,
waits for a trained figure, moves a slider and waits for another figure; nbclient and papermill run it without a page. The row says
what was seen, of which version, and when. Without names all are tried, which takes some minutes each.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.find_browser import find_browser
from scripts.hosts.environment import ROOT, Environment, wheel
from scripts.hosts.kinds import HOSTS

TABLE = ROOT / "docs" / "hosts.md"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
]
HEAD = """# Where it runs

Written by `python -m scripts.try_hosts`: each host is installed in an environment of its own, a real browser opens a notebook with a
Playground, waits for the first figure, moves the slider of the spectral radius and waits for another one. nbclient and papermill
run the notebook without a page; what is looked at is the file that they save.

| host | version | seen on | what was seen |
|---|---|---|---|
"""


def rows() -> dict[str, str]:
    """The rows that the table has, by host."""
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    found = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}
    return {name: line for name, line in found.items() if name in HOSTS}


def write(name: str, version: str, seen: str) -> None:
    """Puts a row in its place."""
    known = rows() | {name: f"| {name} | {version} | {date.today().isoformat()} | {seen} |"}
    text = HEAD + "".join(f"{known[host]}\n" for host in HOSTS if host in known)
    TABLE.write_text(text, encoding="utf-8")


def main(names: list[str]) -> bool:
    """Tries these hosts, or all; True where all went well."""
    unknown = [name for name in names if name not in HOSTS]
    if unknown:
        raise SystemExit(f"Unknown host {unknown[0]!r}. Known: {', '.join(HOSTS)}.")
    failed = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = wheel(Path(folder))
        for name in names or HOSTS:
            host, since = HOSTS[name], time.monotonic()
            environment = Environment(Path(folder, name.replace(" ", "-")), made, host.packages)
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            try:
                seen = host.look(environment, browser)
                write(name, environment.version(host.package), seen)
                print(f"{name}: {seen} ({time.monotonic() - since:.0f} s in all)", flush=True)
            except Exception as error:  # the others are tried all the same
                failed.append(name)
                print(f"{name} failed: {error}", flush=True)
                for context in browser.contexts:
                    for page in context.pages:
                        page.screenshot(path=Path(tempfile.gettempdir(), f"host-{name.replace(' ', '-')}.png"))
            finally:
                browser.close()
                environment.close()
    return not failed


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)

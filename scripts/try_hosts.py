"""Tries every place where a notebook lives: `python -m scripts.try_hosts [--python PATH] [NAME ...]` writes the rows of `docs/hosts.md`.

Each host gets an environment of its own in a temporary folder, with the wheel of this checkout. A real browser opens a notebook there,
waits for a trained figure, moves a slider and waits for another figure; nbclient and papermill run it without a page. The row says
what was seen, of which version, and when. Without names all are tried, which takes some minutes each.

`--python` names the interpreter that makes the environments, and the name `wheel` tries the wheel alone in an empty one of it.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.find_browser import find_browser
from scripts.hosts.environment import ROOT, Environment, wheel
from scripts.hosts.kinds import HOSTS, WHEELS

ALL = HOSTS | WHEELS
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
run the notebook without a page; what is looked at is the file that they save. The rows of the wheel are JupyterLab again, with nothing
but what `pip install` of the wheel brings into an empty environment of that Python (`--python PATH wheel`); their version is JupyterLab's.

In nbclassic a cell that runs before its kernel is ready shows no widget, not even a slider of ipywidgets: run it again.

| host | version | seen on | what was seen |
|---|---|---|---|
"""


def rows() -> dict[str, str]:
    """The rows that the table has, by host."""
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    found = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}
    return {name: line for name, line in found.items() if name in ALL}


def write(name: str, version: str, seen: str) -> None:
    """Puts a row in its place."""
    known = rows() | {name: f"| {name} | {version} | {date.today().isoformat()} | {seen} |"}
    text = HEAD + "".join(f"{known[host]}\n" for host in ALL if host in known)
    TABLE.write_text(text, encoding="utf-8")


def named(python: str) -> str:
    """The row of the wheel under this interpreter."""
    code = "import sys; print('wheel on Python %d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def main(names: list[str], python: str = sys.executable) -> bool:
    """Tries these hosts, or all, in environments of this interpreter; True where all went well."""
    names = [named(python) if name == "wheel" else name for name in names or HOSTS]
    unknown = [name for name in names if name not in ALL]
    if unknown:
        raise SystemExit(f"Unknown host {unknown[0]!r}. Known: {', '.join(HOSTS)}, wheel.")
    failed = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = wheel(Path(folder))
        for name in names:
            host, since = ALL[name], time.monotonic()
            environment = Environment(Path(folder, name.replace(" ", "-")), made, host.packages, python)
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
    parser = argparse.ArgumentParser(description="Tries the hosts, each in an environment of its own.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that makes the environments")
    arguments = parser.parse_args()
    sys.exit(0 if main(arguments.names, arguments.python) else 1)

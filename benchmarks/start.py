"""From "Run All" in a fresh kernel of a real JupyterLab to the first figure, with compiled programs on disk and without.

Run `python -m benchmarks.start`; it needs Chromium, as the browser tests do. Beside it stands what `import jax` takes in a fresh kernel:
the bars are for what comes on top of that. As for jax, pip has written the bytecode of an installed rcwidgets; that of a checkout is
written in the first round, which is not counted, whatever PYTHONDONTWRITEBYTECODE says.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from benchmarks.page import FLAGS
from rcwidgets.core import compile_cache
from scripts.find_browser import find_browser
from tests.browser.lab import Lab
from tests.browser.playground import CELL
from tests.browser.server import Server

ROUNDS = 5
MOST = {"without": 4.0, "with": 2.0}  # seconds more than the import of jax
IMPORT = "import jax"
RUN = """async figure => {
  const start = performance.now();
  const over = window.jupyterapp.commands.execute('notebook:run-all-cells');
  if (!figure) await over;
  const drawn = () => [...document.querySelectorAll('.rcw-figure path.line')].some(line => (line.getAttribute('d') ?? '').length > 200);
  while (figure && !drawn()) await new Promise(requestAnimationFrame);
  return (performance.now() - start) / 1000;
}"""


def seconds(lab: Lab, name: str, cell: str) -> float:
    """From "Run All" to the first figure, or, of a cell without one, to its end, in a fresh kernel."""
    lab.open([cell], run=False, name=f"{name}.ipynb")
    lab.ask("1")  # the kernel is there
    taken = float(lab.page.evaluate(RUN, cell != IMPORT))
    lab.server.reset()
    return taken


def main() -> bool:
    """Prints the figures; True where the bars are met."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    taken: dict[str, list[float]] = {"jax": [], "without": [], "with": []}
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        os.environ[compile_cache.VARIABLE] = str(Path(home, "compiled"))
        server = Server(Path(home), Path(home, "jupyter.log"))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        lab = Lab(browser.new_page(viewport={"width": 1400, "height": 1000}), server, Path(home))
        try:
            for k in range(ROUNDS + 1):  # the first round reads files from the disk, and is not counted
                found = {"jax": seconds(lab, f"jax{k}", IMPORT)}
                shutil.rmtree(Path(home, "compiled"), ignore_errors=True)
                found |= {side: seconds(lab, f"{side}{k}", CELL) for side in MOST}
                for side, one in found.items():
                    taken[side] += [one] if k else []
        finally:
            browser.close()
            server.stop()
    print(f'From "Run All" in a fresh kernel to the first figure, {ROUNDS} rounds; the import of jax takes {median(taken["jax"]):.2f} s')
    met = True
    for side, bar in MOST.items():
        more = median(one - jax for one, jax in zip(taken[side], taken["jax"], strict=True))
        met &= more <= bar
        words = f"{median(taken[side]):.2f} s, {more:.2f} s more, bar {bar} s {'met' if more <= bar else 'MISSED'}"
        print(f"  {side} compiled programs on disk: {words}")
    return met


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

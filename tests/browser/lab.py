"""A page of JupyterLab with a notebook in it, as a test drives it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.browser.server import TOKEN, Server

THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
START = 60_000  # ms until the kernel must be there
ALLOWED = (
    "Failed to load resource",  # a healthy JupyterLab tries addresses that are not there
    # New limits while bqplot still makes a line: it hears of them before it can draw, and draws with them as soon as it can.
    "Error setting state: Cannot read properties of undefined (reading 'x')",
    # bqplot lays out a figure a moment after its size changed, also one that has left the page meanwhile.
    "Error: <rect> attribute width: A negative value",
    "Error: <rect> attribute height: A negative value",
)

SHOWN = "() => window.jupyterapp?.shell.currentWidget?.content?.widgets?.length > 0"
READY = """async () => {
  await window.jupyterapp.restored;
  const context = window.jupyterapp.shell.currentWidget.sessionContext;
  await context.ready;
  context.iopubMessage.connect((_, message) => {
    const text = message.content.traceback?.join('\\n') ?? message.content.text ?? '';
    if (text.includes('Traceback')) console.error(text);
  });
}"""

ADD = """async source => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  await window.jupyterapp.commands.execute('notebook:insert-cell-below');
  notebook.activeCell.model.sharedModel.setSource(source);
  await window.jupyterapp.commands.execute('notebook:run-cell');
  return notebook.activeCell.model.outputs.toJSON();
}"""

OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap(cell => cell.model.outputs?.toJSON() ?? [])"""

ASK = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code, store_history: false });
  const outputs = [];
  future.onIOPub = message => outputs.push({ ...message.content, output_type: message.header.msg_type });
  await future.done;
  return outputs;
}"""


def text_of(outputs: list[dict[str, Any]]) -> str:
    """The text of a cell's outputs; an error in the cell is an error here."""
    parts = []
    for output in outputs:
        if output["output_type"] == "error":
            raise AssertionError("The cell failed:\n" + "\n".join(output["traceback"]))
        if output["output_type"] == "stream":
            parts.append("".join(output["text"]))
        if output["output_type"] == "execute_result":
            parts.append("".join(output["data"]["text/plain"]))
    return "".join(parts).strip()


class Lab:
    """One test's page: `open` a notebook, act on `page`, `ask` the kernel. `errors` holds the errors of the page and of the kernel."""

    def __init__(self, page: Page, server: Server, artifacts: Path) -> None:
        self.page, self.server, self.artifacts = page, server, artifacts
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ALLOWED):
            self.errors.append(message.text)

    def open(self, cells: Sequence[str], *, run: bool = True, name: str = "test.ipynb") -> None:
        """Opens a new notebook with these code cells and, unless `run=False`, runs them all and waits for them."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.server.root / name)
        self.visit(name, name.removesuffix(".ipynb"))
        if run:
            self.run_all()

    def visit(self, name: str, workspace: str) -> None:
        """Opens a notebook that is there, in a workspace of its own, else a page that is loaded anew also opens what others had open."""
        self.page.goto(f"{self.server.url}/lab/workspaces/{workspace}/tree/{name}?reset&token={TOKEN}")
        self.await_kernel()

    def await_kernel(self) -> None:
        """Waits until the notebook is there and its kernel answers; also after a reload of the page."""
        self.page.wait_for_function(SHOWN, timeout=START)
        self.page.evaluate(READY)
        self._await_splash()

    def run_all(self, *, wait: bool = True) -> str:
        """Runs all cells; waits for them and returns their text, unless `wait=False`."""
        run = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
        self.page.evaluate(f"async () => {{ await {run}; }}" if wait else f"() => {{ {run}; }}")
        return text_of(self.page.evaluate(OUTPUTS)) if wait else ""

    def run_cell(self, source: str) -> str:
        """Appends a cell, runs it and returns its text."""
        return text_of(self.page.evaluate(ADD, source))

    def ask(self, code: str) -> str:
        """Runs code in the kernel without a cell and returns its text. It waits its turn behind a running cell."""
        return text_of(self.page.evaluate(ASK, code))

    def ask_json(self, expression: str) -> Any:
        """The value of an expression in the kernel, by way of JSON."""
        return json.loads(self.ask(f"import json; print(json.dumps({expression}))"))

    def set_theme(self, theme: Literal["light", "dark"]) -> None:
        """Switches JupyterLab's theme and waits until the page shows it."""
        name = f"JupyterLab {theme.capitalize()}"
        self.page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)
        expect(self.page.locator(f'body[data-jp-theme-light="{str(theme == "light").lower()}"]')).to_be_attached()
        self._await_splash()

    def _await_splash(self) -> None:
        """Waits until the picture that covers the page at the start and at a change of theme has gone."""
        expect(self.page.locator("#jupyterlab-splash")).not_to_be_attached(timeout=START)

    def screenshot(self, name: str, target: Locator | None = None) -> Path:
        """Saves a picture of the page, or of one element, as `<name>.png` among the artifacts."""
        path = self.artifacts / f"{name}.png"
        (target or self.page).screenshot(path=path)
        return path

    def screenshots(self, name: str, target: Locator | None = None) -> None:
        """Saves a picture in each theme, as `<name>-<theme>.png`; the theme is the light one then."""
        for theme in THEMES:
            self.set_theme(theme)
            self.screenshot(f"{name}-{theme}", target)


class Notebook7(Lab):
    """The same notebook in Notebook 7: one notebook a page. It hears keys before the page's widgets do."""

    def visit(self, name: str, workspace: str) -> None:
        """Opens a notebook that is there."""
        self.page.goto(f"{self.server.url}/notebooks/{name}?token={TOKEN}")
        self.await_kernel()

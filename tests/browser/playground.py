"""The Playground on a page of JupyterLab, as a test drives it: by role and name, with the mouse, and by what the kernel knows."""

import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab

CELL = "import rcwidgets as rc\nplay = rc.Playground()\nplay"
FIGURES = ("Prediction", "Loss")
PATIENCE = 60  # seconds until something must have happened

CLEAR = """
import ipywidgets
if "play" in globals():
    globals().pop("play").close()
ipywidgets.Widget.close_all()
"""
SHOW = """async sources => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.model.sharedModel.transact(() => {
    notebook.model.sharedModel.deleteCellRange(0, notebook.model.sharedModel.cells.length);
    notebook.model.sharedModel.insertCells(0, sources.map(source => ({ cell_type: 'code', source })));
  });
  notebook.activeCellIndex = 0;
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""

CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => [cell.model.type, cell.model.sharedModel.getSource()])"

# Whether a figure shows what the kernel wrote, and two looks at its lines, one animation frame apart, see the same.
DRAWN = """async (figure, summary) => {
  const look = () => [...figure.querySelectorAll('path.line')].map(line => line.getAttribute('d') ?? '').join(' ');
  const seen = look();
  await new Promise(requestAnimationFrame);
  return figure.querySelector('.rcw-caption-summary')?.textContent === summary && look() === seen;
}"""

LINES = "figure => [...figure.querySelectorAll('path.line')].map(line => line.getAttribute('d')).filter(d => d)"

NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")
EDGES = "[[names[e['source']], names[e['target']], e['feedback']] for e in d['edges']]"


def begins(name: str) -> re.Pattern[str]:
    """An accessible name that starts with a node's graph name."""
    return re.compile(rf"^{re.escape(name)}, ")


class Play:
    """The view number `view` of the kernel's variable `play`."""

    def __init__(self, lab: Lab, view: int = 0) -> None:
        self.lab, self.page = lab, lab.page
        self.root = lab.page.locator(".rcw-playground").nth(view)
        self.canvas = self.root.get_by_role("application", name="Model canvas", exact=True)
        self.inspector = self.root.get_by_label("Inspector", exact=True)
        self.status = self.root.get_by_role("status", name="Status", exact=True)

    # what is on the page

    def option(self, kind: str) -> Locator:
        """A node kind in the palette."""
        return self.root.get_by_role("listbox", name="Node palette", exact=True).get_by_role("option", name=kind, exact=True)

    def node(self, name: str) -> Locator:
        """A node on the canvas."""
        return self.canvas.get_by_role("group", name=begins(name))

    def head(self, name: str) -> Locator:
        """The header of a node, where it can be clicked and dragged."""
        return self.node(name).locator(".rcw-card-name")

    def port(self, name: str, side: str) -> Locator:
        """The "in" or "out" port of a node."""
        return self.node(name).locator(f'.react-flow__handle[data-handleid="{side}"]')

    def button(self, name: str) -> Locator:
        """A button of the app."""
        return self.root.get_by_role("button", name=name, exact=True)

    def slider(self, group: str, label: str) -> Locator:
        """A slider by its group and label."""
        return self.root.get_by_role("group", name=group, exact=True).get_by_role("slider", name=label, exact=True)

    def field(self, group: str, label: str) -> Locator:
        """A number field of the inspector by its group and label."""
        return self.inspector.get_by_role("group", name=group, exact=True).get_by_role("spinbutton", name=label, exact=True)

    def figure(self, name: str) -> Locator:
        """A figure by its name."""
        return self.root.get_by_role("figure", name=name, exact=True)

    def tool(self, figure: str, name: str) -> Locator:
        """An entry of a figure's menu, by its name; the menu is opened."""
        opener = self.button(f"Tools of {figure}")
        if opener.get_attribute("aria-expanded") != "true":
            opener.click()
        menu = self.root.get_by_role("menu", name=f"Tools of {figure}", exact=True)
        return menu.get_by_role("menuitem", name=name, exact=True).or_(menu.get_by_role("menuitemradio", name=name, exact=True))

    def lines(self, name: str) -> list[str]:
        """The paths that a figure draws."""
        return self.figure(name).evaluate(LINES)

    def zoom(self) -> tuple[float, float, float]:
        """The canvas's viewport: x, y and scale."""
        style = self.canvas.locator(".react-flow__viewport").get_attribute("style") or ""
        x, y, scale = re.findall(r"-?[\d.]+", style.split("transform:")[1])[:3]
        return float(x), float(y), float(scale)

    # what the hand does

    def click_head(self, name: str) -> None:
        """Selects a node with the mouse."""
        self.head(name).click()

    def press_at(self, target: Locator) -> None:
        """Presses the mouse on the middle of something."""
        x, y = middle(target)
        self.page.mouse.move(x, y)
        self.page.mouse.down()

    def drag(self, source: Locator, target: Locator | tuple[float, float], *, drop: bool = True) -> None:
        """Drags from the middle of something to the middle of another, or to a point of the page."""
        x, y = middle(target) if isinstance(target, Locator) else target
        self.press_at(source)
        self.page.mouse.move(x - 7, y - 7, steps=8)
        self.page.mouse.move(x, y, steps=3)
        if drop:
            self.page.mouse.up()

    # what the kernel knows

    def ask(self, expression: str) -> Any:
        """The value of an expression in the kernel; `d` is the document there, and `names` its names by id."""
        scope = "(lambda d: (lambda d, names: {})(d, {{n['id']: n['name'] for n in d['nodes']}}))(play.experiment.document.to_data())"
        return self.lab.ask_json(scope.format(expression))

    def edges(self) -> list[list[Any]]:
        """The wires by name: source, target, whether feedback."""
        return self.ask(EDGES)

    def knob(self, owner: str, name: str) -> Any:
        """The kernel's value of a knob of a node (by its name), of the "trainer" or of the "task"."""
        if owner in ("trainer", "task"):
            return self.ask(f"d[{owner!r}]['knobs'][{name!r}]")
        return self.ask(f"[n['knobs'][{name!r}] for n in d['nodes'] if n['name'] == {owner!r}][0]")

    def until(self, look: Callable[[], Any], wanted: Any) -> None:
        """Waits until `look()` gives what is wanted."""
        end = time.monotonic() + PATIENCE
        pause = 30.0  # ms; it grows, since a look costs the page as much as a step
        seen = look()
        while seen != wanted:
            assert time.monotonic() < end, f"must become {wanted!r}, and is still {seen!r}"
            self.page.wait_for_timeout(pause)
            pause = min(pause * 1.4, 250)
            seen = look()

    def rest(self) -> None:
        """Waits until the kernel has trained what is drawn, and the page shows its results in both figures."""
        self.until(
            lambda: self._settled("play.wait(60) and None, play.experiment.status.revision - play.experiment.revision"), [None, 0, True]
        )

    def await_figures(self) -> None:
        """Waits until both figures show what the kernel wrote."""
        self.until(lambda: self._settled("")[-1], True)

    def _settled(self, asked: str) -> list[Any]:
        """What was asked, and last whether both figures show what the kernel had written then."""
        *told, summaries = self.lab.ask_json(
            f"[{asked}{', ' if asked else ''}[place.caption.summary for place in play.children[1].children[:2]]]"
        )
        return [*told, all(self.figure(name).evaluate(DRAWN, summary) for name, summary in zip(FIGURES, summaries, strict=True))]

    def error(self) -> float:
        """The test error of the last results."""
        return self.lab.ask_json("float(play.results.test_nrmse)")


def heights(path: str) -> np.ndarray:
    """The y coordinates of a path, downwards in pixels."""
    return np.array([float(word) for word in NUMBER.findall(path)][1::2])


def alike(some: list[str], others: list[str]) -> bool:
    """Whether two drawings look the same: as many lines, and no point a hundredth of a pixel away."""
    pairs = list(zip(map(heights, some), map(heights, others), strict=False))
    return len(some) == len(others) and all(a.size == b.size and np.abs(a - b).max() < 0.01 for a, b in pairs)


def middle(target: Locator) -> tuple[float, float]:
    """The middle of something, in pixels of the page."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None, f"{target} is not on the page"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def put(lab: Lab, *cells: str) -> None:
    """Puts these cells in the place of all cells of the notebook that is open, and runs them; what was there before is closed."""
    lab.ask(CLEAR)
    lab.page.evaluate(SHOW, list(cells))


def show(lab: Lab, *cells: str) -> Play:
    """Puts and runs these cells, or one with a Playground, and waits for the results."""
    put(lab, *(cells or (CELL,)))
    play = Play(lab)
    expect(play.canvas).to_be_visible()
    play.rest()
    return play

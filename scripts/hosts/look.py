"""What is looked for in a page of any host: a trained figure, and that a slider trains anew."""

import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE = 120  # seconds
# Also in shadow roots: marimo draws each widget in one.
DEEP = """() => {
  const found = [];
  const walk = root => {
    for (const path of root.querySelectorAll('path')) {
      const d = path.getAttribute('d') ?? '';
      if (d.length > 200 && path.closest('.rcw-figure, .rcw-drawing')) found.push(d);
    }
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) walk(element.shadowRoot);
  };
  walk(document);
  return found;
}"""
WIRES = """() => {
  let count = 0;
  const walk = root => {
    count += [...root.querySelectorAll('.react-flow__edges svg')].filter(svg => svg.getBoundingClientRect().width > 0).length;
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) walk(element.shadowRoot);
  };
  walk(document);
  return count;
}"""


def await_figure(page: Page) -> list[str]:
    """Waits for a figure with lines, and returns them."""
    return _until(page, lambda lines: len(lines) > 2, "a figure with lines")


def turn(page: Page) -> str:
    """Moves the slider of the spectral radius, and waits for another figure; returns what the slider says."""
    before = await_figure(page)
    slider = page.get_by_role("group", name="reservoir", exact=True).get_by_role("slider", name="Spectral radius", exact=True).first
    for _ in range(3):
        slider.press("ArrowRight")
    _until(page, lambda lines: bool(lines) and lines != before, "another figure after the slider")
    return slider.get_attribute("aria-valuetext") or slider.input_value()


def wires(page: Page) -> int:
    """How many wires of the canvas can be seen: their picture has a size."""
    return int(page.evaluate(WIRES))


def _until(page: Page, found: Callable[[list[str]], bool], what: str) -> list[str]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines: list[str] = page.evaluate(DEEP)
        if found(lines):
            return lines
        page.wait_for_timeout(200)
    raise RuntimeError(f"The page must show {what} within {PATIENCE} s, and does not.")

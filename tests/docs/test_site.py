"""The pages of the documentation: every link leads somewhere, nothing comes from elsewhere, equations are drawn, every name is there."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import rcwidgets as rc
from rcwidgets.core.spec.knobs import knobs_of
from scripts import reference
from tests.docs.conftest import ROOT

LOADED = {("script", "src"), ("img", "src"), ("source", "srcset"), ("link", "href"), ("iframe", "src")}


class Page(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.tags: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            elif (tag, name) == ("a", "href") and value:
                self.links.append(value)
            elif (tag, name) in LOADED and value:
                self.loaded.append(value)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def test_every_link_within_leads_to_a_page_and_a_place(pages: dict[Path, Page]) -> None:
    wrong = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("#!"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file() or (parts.fragment and target in pages and parts.fragment not in pages[target].places | {"top"}):
                wrong.append(f"{path.name}: {link}")
    assert wrong == []


def test_a_page_loads_nothing_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for loaded in set(page.loaded) - {"#"}:
            parts = urlsplit(loaded)
            assert not parts.scheme and not parts.netloc, f"{path.name}: {loaded}"
            assert (path.parent / unquote(parts.path)).is_file(), f"{path.name}: {loaded}"
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//|@import", style.read_text(encoding="utf-8")), style.name


def test_equations_are_drawn_by_the_browser_itself(pages: dict[Path, Page], site: Path) -> None:
    assert pages[site / "concepts.html"].tags.count("math") > 20


def test_the_reference_has_every_public_name_once_and_every_knob(site: Path, pages: dict[Path, Page]) -> None:
    named = [name for _, _, names in reference.pages().values() for name in names]
    assert len(named) == len(set(named))
    assert {name for name in rc.__all__ if callable(getattr(rc, name))} <= set(named)
    places = {place for page in pages.values() for place in page.places}
    assert {f"rcwidgets.{name}" for name in named} <= places
    text = (site / "reference" / "nodes.html").read_text(encoding="utf-8")
    for knob in knobs_of(rc.Reservoir).values():
        words = re.match(r"[\w ]+", knob.doc)
        assert words is not None and words[0] in text


def test_lines_that_end_on_purpose_stay_lines_and_signs_are_only_signs() -> None:
    made = reference.converted(["One *line* with `a_b` and x_.", "", "h = a", "g = b", "", "| k | v |", "| --- | --- |", "| 1 | 2 |"])
    assert made[0] == "One \\*line\\* with ``a_b`` and x\\_."
    assert made[2:4] == ["| h = a", "| g = b"]
    assert made[5] == ".. list-table::" and "   * - 1" in made


def test_links_of_the_files_beside_the_package_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *ROOT.glob("docs/*.md")):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if not urlsplit(link).scheme and not link.startswith("reference/"):
                assert (page.parent / link).exists(), f"{page.name}: {link}"

"""A lesson on the page: what is locked is seen and explained, what is hidden is not there."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show
from tests.browser.test_split import border, choose

LESSON = """import rcwidgets as rc
play = rc.Playground(locked=["reservoir.leak_rate", "task", "input"], hide=["palette", "code", "runs", "sweep"])
play"""


@pytest.fixture
def lesson(desk: Lab) -> Play:
    """A playground with locks, trained and drawn."""
    return show(desk, LESSON)


def test_a_lesson_shows_what_it_is_about_and_nothing_else(lesson: Play) -> None:
    expect(lesson.slider("reservoir", "Leak rate")).to_be_disabled()
    expect(lesson.slider("reservoir", "Spectral radius")).to_be_enabled()
    expect(lesson.root.get_by_role("combobox", name="Task", exact=True)).to_be_disabled()
    expect(lesson.root.get_by_role("img", name="Locked in this lesson").first).to_be_visible()
    for gone in (".rcw-runs", ".rcw-sweep"):
        expect(lesson.root.locator(gone)).to_have_count(0)
    expect(lesson.root.get_by_role("listbox", name="Node palette", exact=True)).to_have_count(0)
    expect(lesson.root.get_by_role("button", name="Export code")).to_have_count(0)
    lesson.lab.screenshot("lesson")
    lesson.lab.set_theme("dark")
    lesson.lab.screenshot("lesson-dark")
    lesson.lab.set_theme("light")


def test_what_the_hand_does_to_a_locked_node_is_refused_in_words(lesson: Play) -> None:
    lesson.click_head("input")
    lesson.page.keyboard.press("Delete")
    expect(lesson.root.get_by_text("input is locked in this lesson.").first).to_be_visible()
    expect(lesson.node("input")).to_be_visible()
    lesson.lab.screenshot("lesson-refused")
    lesson.lab.ask("play.set('input', features=3)")  # Python is not bound
    lesson.until(lambda: lesson.knob("input", "features"), 3)


def test_the_border_of_a_locked_split_says_why_it_stays(lesson: Play) -> None:
    before = lesson.knob("task", "train")
    figure = choose(lesson)
    border(lesson, "train and test").press("Shift+ArrowLeft")
    expect(figure.get_by_role("alert")).to_contain_text("Training part of the task is locked in this lesson.")
    assert lesson.knob("task", "train") == before

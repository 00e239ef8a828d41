"""Classes: the vowels, chosen by hand and drawn by hand."""

from playwright.sync_api import expect

from tests.browser.playground import Play

CONFUSION = "Confusion"


def choose(play: Play) -> None:
    """Chooses the vowels."""
    play.root.get_by_role("combobox", name="Task", exact=True).select_option(label="Japanese vowels")
    expect(play.root.get_by_role("figure", name=CONFUSION, exact=True)).to_contain_text("right, test part", timeout=60_000)


def test_the_vowels_show_their_confusion_and_undo_brings_the_forecast_back(play: Play) -> None:
    choose(play)
    figure = play.figure(CONFUSION)
    right = play.lab.ask_json("play.results.accuracy")
    assert right >= 0.98
    expect(figure).to_contain_text(f"{100 * right:.3g} % right, test part")
    expect(figure.get_by_text("told as speaker")).to_be_visible()
    counts = play.lab.ask_json("play.results.confusion.tolist()")
    written = figure.locator("text.label").all_text_contents()
    assert sorted(map(int, filter(None, written))) == sorted(count for row in counts for count in row if count)
    expect(play.root.get_by_text(f"{100 * right:.3g} %").last).to_be_visible()
    expect(play.node("readout")).to_contain_text("2,709 trained")

    play.button("Undo").click()
    play.until(lambda: play.ask("d['task']['kind']"), "lorenz")
    play.rest()
    expect(play.figure("Prediction")).to_contain_text("1 step ahead")


def test_without_a_node_that_sums_up_the_page_names_the_two_that_do(play: Play) -> None:
    choose(play)
    play.click_head("time_mean")
    play.root.page.keyboard.press("Delete")
    play.drag(play.port("reservoir", "out"), play.port("readout", "in"))
    expect(play.root.get_by_text("gives a value at every step, and this task asks for one a series").first).to_be_visible()
    expect(play.root.get_by_text("Put TimeMean or Last before it").first).to_be_visible()

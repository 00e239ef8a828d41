"""Data of one's own: a CSV file through the page, its columns as inputs and targets, and what is wrong with a file in words."""

import json
from functools import partial

import numpy as np
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, heights, show

ROWS = 600


def weather() -> tuple[str, np.ndarray]:
    """A table of 600 days: two series that drive, and a third that follows them one step late; a column of text too."""
    random, steps = np.random.default_rng(3), np.arange(ROWS)
    wind = np.sin(0.2 * steps) + 0.3 * random.standard_normal(ROWS)
    sun = np.cos(0.13 * steps)
    rain = 2.0 + 0.5 * np.roll(wind, 1) - 0.8 * np.roll(sun, 1)
    dates = np.datetime64("2024-01-01") + steps
    lines = [f"{day},{a:.6f},{b:.6f},{c:.6f},Oslo" for day, a, b, c in zip(dates, wind, sun, rain, strict=True)]
    return "\n".join(["date,wind,sun,rain,city", *lines]), np.stack([wind, sun, rain], axis=1)


def choose_data(play: Play) -> None:
    """Takes the task on own data."""
    play.root.get_by_role("combobox", name="Task", exact=True).select_option(label="Your data")
    play.until(lambda: play.ask("d['task']['kind']"), "data")


def load(play: Play, name: str, text: str) -> None:
    """Gives the page a file."""
    with play.page.expect_file_chooser() as chooser:
        play.inspector.get_by_role("button", name="CSV file").click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})


def tick(play: Play, name: str) -> Locator:
    """A box of the table of columns."""
    return play.inspector.get_by_role("checkbox", name=name, exact=True)


def test_a_csv_file_is_loaded_its_columns_chosen_and_learned(play: Play) -> None:
    text, table = weather()
    play.click_head("reservoir")
    choose_data(play)  # the inspector turns to the task
    expect(play.inspector).to_contain_text("Drop a CSV file here")
    expect(play.root).to_contain_text("This task needs data of your own. Load a CSV file")
    play.lab.screenshot("own-data-none", play.root)
    load(play, "weather.csv", text)
    expect(play.inspector).to_contain_text("weather.csv")
    expect(play.inspector).to_contain_text("600 rows, time: days since 2024-01-01")
    expect(play.inspector).to_contain_text("Not usable: city (text).")
    play.rest()
    expect(play.inspector).to_contain_text("Chosen on the training part alone: ")
    assert play.lab.ask_json("play.experiment.chosen").startswith("Chosen on the training part alone: ")
    assert play.lab.ask_json("play.results.channels") == ["wind", "sun", "rain"]
    expect(play.node("input")).to_contain_text("wind, sun, rain")

    tick(play, "rain as input").click()
    tick(play, "All columns as target").click()
    expect(play.inspector).to_contain_text("No target is chosen. Take at least one column as target.")
    tick(play, "rain as target").focus()
    play.page.keyboard.press("Space")
    play.until(lambda: [play.knob("task", "inputs"), play.knob("task", "targets")], [["wind", "sun"], ["rain"]])
    play.rest()
    assert play.lab.ask_json("play.results.channels") == ["rain"]
    expect(play.node("input")).to_contain_text("wind, sun")
    expect(play.node("readout")).to_contain_text("125 trained")  # of 100 units, 12 values of two inputs and the constant
    expect(play.figure("Prediction")).to_contain_text("rain")
    play.root.get_by_role("button", name="0", exact=True).click()  # the target of the same step
    play.until(lambda: play.knob("task", "horizon"), 0)
    play.rest()
    assert play.error() < 0.2  # the rain follows one step late: the network must remember
    expect(play.figure("Prediction")).to_contain_text("at the same step")
    truth = np.array(play.lab.ask_json("play.results.truth[:, 0].tolist()"))
    np.testing.assert_allclose(truth, table[-len(truth) :, 2], atol=1e-5)
    drawn = [heights(path) for path in play.lines("Prediction")]
    assert any(line.size == truth.size and np.corrcoef(-line, truth)[0, 1] > 0.999 for line in drawn)
    play.lab.screenshot("own-data-light", play.root)
    play.lab.set_theme("dark")
    play.lab.screenshot("own-data-dark", play.root)
    play.lab.set_theme("light")

    play.button("Undo").click()  # the horizon
    play.button("Undo").click()  # the target
    expect(tick(play, "rain as target")).not_to_be_checked()
    play.button("Redo").click()
    expect(tick(play, "rain as target")).to_be_checked()
    assert play.lab.ask_json("play.experiment.data.name") == "weather.csv"


def test_ticks_of_columns_are_taken_back_and_done_again_where_the_focus_stands(play: Play) -> None:
    choose_data(play)
    load(play, "weather.csv", weather()[0])
    expect(play.inspector).to_contain_text("600 rows")
    columns = {"rain as input": "inputs", "sun as target": "targets"}
    for name in columns:
        tick(play, name).click()
    chosen = [["wind", "sun"], ["wind", "rain"]]
    play.until(lambda: [play.knob("task", knob) for knob in columns.values()], chosen)
    for name, knob in reversed(columns.items()):
        expect(tick(play, name)).not_to_be_checked()
        play.page.keyboard.press("Control+z")
        play.until(partial(play.knob, "task", knob), None)  # all columns, as at first
        expect(tick(play, name)).to_be_checked()
        expect(tick(play, "sun as target")).to_be_focused()
    for name in columns:
        play.page.keyboard.press("Control+y")
        expect(tick(play, name)).not_to_be_checked()
    play.until(lambda: [play.knob("task", knob) for knob in columns.values()], chosen)
    tick(play, "All columns as input").click()
    expect(tick(play, "rain as input")).to_be_checked()
    play.page.keyboard.press("Control+z")
    expect(tick(play, "rain as input")).not_to_be_checked()
    expect(tick(play, "All columns as input")).to_be_focused()


def test_a_broken_file_is_a_sentence_and_the_data_before_stay(play: Play) -> None:
    text, _ = weather()
    choose_data(play)
    load(play, "weather.csv", text)
    expect(play.inspector).to_contain_text("600 rows")
    play.rest()
    lines = text.split("\n")
    lines[17] = lines[17].replace(",", ";", 2)
    load(play, "broken.csv", "\n".join(lines))
    alert = play.inspector.get_by_role("alert")
    expect(alert).to_have_text("broken.csv: Line 18 has 3 cells, line 1 has 5. Every line needs one cell for each column.")
    play.lab.screenshot("own-data-broken", play.root)
    expect(play.inspector).to_contain_text("weather.csv")
    assert play.lab.ask_json("play.experiment.data.name") == "weather.csv"

    cells = text.split("\n")
    cells[40] = cells[40].replace(cells[40].split(",")[2], "", 1)
    load(play, "gap.csv", "\n".join(cells))
    expect(alert).not_to_be_attached()
    expect(play.root).to_contain_text("Column 'sun' has no number in line 41. Fill it in, or leave the column out.")
    tick(play, "sun as input").click()
    tick(play, "sun as target").click()
    play.until(lambda: play.lab.ask_json("play.wait(60) and list(play.results.channels)"), ["wind", "rain"])


def logged() -> str:
    """A logger's file of which nothing tells whether the day or the month comes first, with a gap and the newest line first."""
    steps = np.datetime64("2024-01-01T00:00") + np.arange(400) * np.timedelta64(30, "m")
    lines = [
        f"{str(at)[8:10]}/{str(at)[5:7]}/{str(at)[:4]} {str(at)[11:16]};{20 + 3 * np.sin(k / 7):.2f};{'' if k == 100 else 55 + k % 9};ok".replace(
            ".", ","
        )
        for k, at in enumerate(steps)
    ]
    return "\n".join(["Logger 7, Oslo", "", "Zeit;Temp [°C];rF;state", *reversed(lines)])


def test_how_a_file_was_read_is_seen_and_said_otherwise(play: Play) -> None:
    choose_data(play)
    lines = logged().split("\n")
    short = "\n".join([*lines[:3], *lines[-300:]])  # no day after the twelfth
    load(play, "logger.csv", short)
    expect(play.inspector.get_by_role("alert")).to_contain_text(
        'fit day first and month first, and nothing in the file tells which. Give "Date format: day first"'
    )
    play.inspector.get_by_role("button", name="Reading options").click()
    dialog = play.root.get_by_role("dialog", name="How logger.csv is read")
    expect(dialog.get_by_role("list", name="First lines")).to_contain_text("Zeit;Temp [°C];rF;state")
    play.lab.screenshot("own-data-refused", play.root)
    dialog.get_by_role("combobox", name="Date format", exact=True).focus()
    dialog.get_by_role("combobox", name="Date format", exact=True).select_option(label="day first")
    dialog = play.root.get_by_role("dialog", name="How logger.csv was read")
    expect(dialog.get_by_role("list", name="What was found out")).to_contain_text("The newest row came first (2024-01-07 05:30:00)")
    expect(dialog.get_by_role("combobox", name="Date format", exact=True)).to_be_focused()
    rows = dialog.get_by_role("region", name="First rows")
    expect(rows).to_contain_text("17,14")
    expect(rows).to_contain_text("left out: text")
    expect(play.root).to_contain_text("Column 'rF' has no number in line")
    dialog.get_by_role("combobox", name="Gaps", exact=True).select_option(label="fill")
    expect(dialog.get_by_role("list", name="What was found out")).to_contain_text("1 gap filled, in straight lines.")
    play.lab.screenshot("own-data-reading-light", play.root)
    play.lab.set_theme("dark")
    play.lab.screenshot("own-data-reading-dark", play.root)
    play.lab.set_theme("light")
    play.page.evaluate("() => document.activeElement.blur()")  # as of a control that is off while it is answered
    play.page.keyboard.press("Escape")
    expect(dialog).not_to_be_attached()
    play.rest()
    assert play.lab.ask_json("play.results.channels") == ["Temp [°C]", "rF"]
    assert play.lab.ask_json("str(play.experiment.data.dates[0])") == "2024-01-01T00:00:00.000000"
    code = play.lab.ask_json("play.code()")
    assert "from_csv('logger.csv', inputs=['Temp [°C]', 'rF'], date_format='day first', gaps='fill')" in code
    play.lab.screenshot("own-data-read", play.root)


def test_the_data_stay_when_the_page_is_loaded_anew_and_python_can_bring_others(desk: Lab) -> None:
    play = show(desk)
    choose_data(play)
    load(play, "weather.csv", weather()[0])
    expect(play.inspector).to_contain_text("600 rows")
    play.rest()
    desk.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    desk.page.reload()
    desk.await_kernel()
    expect(play.inspector).to_contain_text("weather.csv")
    expect(tick(play, "sun as target")).to_be_checked()
    values = (np.arange(900).reshape(300, 3) % 7).tolist()
    desk.ask(f"import numpy as np; play.bring(np.array({json.dumps(values)}, float) + np.sin(np.arange(300))[:, None])")
    expect(play.inspector).to_contain_text("Data from Python")
    expect(play.inspector).to_contain_text("300 rows")
    expect(tick(play, "channel 3 as input")).to_be_checked()


def test_a_restarted_kernel_asks_for_the_file_again(lab: Lab) -> None:
    cell = "import rcwidgets as rc\nplay = rc.Playground(file='own.json')\nplay"
    lab.open([cell])
    play = Play(lab)
    play.rest()
    choose_data(play)
    load(play, "weather.csv", weather()[0])
    expect(play.inspector).to_contain_text("600 rows")
    tick(play, "sun as target").click()
    play.until(lambda: play.knob("task", "targets"), ["wind", "rain"])
    lab.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }")
    lab.await_kernel()
    lab.run_all()
    play = Play(lab)
    expect(play.root).to_contain_text("This task needs data of your own. Load a CSV file")
    load(play, "weather.csv", weather()[0])
    expect(tick(play, "sun as target")).not_to_be_checked()
    play.until(lambda: lab.ask_json("play.wait(60) and list(play.results.channels)"), ["wind", "rain"])

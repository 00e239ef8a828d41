"""The table of kept runs: what the page sees, what it may ask, and the dashed lines over the forecast."""

from datetime import datetime

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.live.runs.run import CHANNELS
from rcwidgets.live.trainings.online import OnlineTraining
from rcwidgets.widgets import theme
from rcwidgets.widgets.runs import RunsTable


@pytest.fixture
def play(play):
    """With a second run."""
    play.set("reservoir", spectral_radius=0.2)
    play.wait(60)
    return play


@pytest.fixture
def table(play):
    return play.children[2]


def prediction(play):
    return play.children[1].children[0]


def overlays(play):
    return [mark for mark in prediction(play).shown.runs if mark.visible and mark.x.size]


def legend(play):
    return [item["text"] for item in prediction(play).caption.legend]


def test_the_page_sees_each_run_in_words_and_numbers(play, table):
    first, second = table.rows
    assert (first["name"], first["change"], first["trainer"]) == ("Run 1", "Start", "Ridge")
    assert second["change"] == "Spectral radius 0.2, reservoir"
    assert (first["task"], first["horizon"], first["settings"], first["model"]) == ("Your data", 1, "", "reservoir 20")
    assert first["question"] == second["question"] and first["asked"] == "Your data, 1 step ahead"
    assert [row["best"] for row in (first, second)] == [first["test"] < second["test"], second["test"] < first["test"]]
    assert second["test"] == play.results.test_nrmse and float(second["test_words"]) == pytest.approx(second["test"], rel=0.05)
    assert second["train"] == play.results.train_nrmse
    assert datetime.fromtimestamp(second["time"]).strftime("%H:%M:%S") == second["time_words"]
    assert table.shown == 2 and not second["pinned"] and second["note"] == second["color"] == ""


def test_an_error_that_was_not_measured_is_null_on_the_wire(page, series, monkeypatch):
    advance = OnlineTraining.advance

    def shortly(self):
        self.longest = 10
        advance(self)

    monkeypatch.setattr(OnlineTraining, "advance", shortly)
    play = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series, trainer=rc.RLS)
    play.step()
    play.wait(60)
    (row,) = play.children[2].rows
    assert row["test"] is None and row["test_words"] == "" and row["train"] > 0
    play.close()


def test_the_page_renames_pins_restores_and_copies(page, play, table):
    assert page.say(table, {"id": 1, "type": "rename", "number": 1, "name": "first"}) == {"id": 1, "ok": True, "result": {}}
    assert page.say(table, {"id": 2, "type": "pin", "number": 1, "pinned": True})["ok"]
    play.wait(60)
    assert table.rows[0]["name"] == "first" and table.rows[0]["pinned"] and table.rows[0]["color"] == "var(--rcw-run-1)"
    assert page.say(table, {"id": 3, "type": "code", "number": 2})["result"] == {"code": play.code()}
    assert page.say(table, {"id": 4, "type": "restore", "number": 1})["result"] == {"revision": 3}
    play.wait(60)
    assert play.model["reservoir"].spectral_radius == 0.9 and table.shown == 1 and len(table.rows) == 2
    assert play.undo() and play.model["reservoir"].spectral_radius == 0.2


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("pin", "A message must be an object, got str."),
        ({}, "Unknown message None. Known: rename, pin, restore, code, csv."),
        ({"type": ["pin"]}, "Unknown message ['pin']. Known: rename, pin, restore, code, csv."),
        ({"type": "__init__", "number": 1}, "Unknown message '__init__'."),
        ({"type": "pin", "number": 9, "pinned": True}, "There is no run 9. The newest is run 2."),
        ({"type": "pin", "number": True, "pinned": True}, "The number of a run must be a whole number, got True."),
        ({"type": "pin", "number": 1}, "Runs.pin must be given True or False, got None."),
        ({"type": "rename", "number": 1, "name": {}}, "The name of a run must be a text, got {}."),
        ({"type": "rename", "number": 1, "name": "x" * 1000}, "The name of a run must have 1 to 40 characters, got 'x"),
        ({"type": "rename", "number": 1, "name": "Run 2"}, "The name of a run must be its own, got 'Run 2', which is that of run 2."),
        ({"type": "restore", "number": "1"}, "The number of a run must be a whole number, got '1'."),
        ({"type": "code"}, "The number of a run must be a whole number, got None."),
    ],
    ids=repr,
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(page, play, table, message, words):
    before, revision = table.rows, play.experiment.revision
    answer = page.say(table, {"id": 1, **message} if isinstance(message, dict) else message)
    assert answer["ok"] is False and words in answer["error"]["text"]
    play.wait(60)
    assert table.rows == before and play.experiment.revision == revision


def test_another_horizon_is_another_question_and_the_table_is_a_file(page, play, table):
    play.set("task", horizon=5)
    play.wait(60)
    play.runs.pin(1)
    play.wait(60)
    first, _, third = table.rows
    assert third["question"] != first["question"] and third["asked"] == "Your data, 5 steps ahead" and not third["best"]
    assert first["note"] == "not drawn: forecasts 1 step ahead, the figure 5"
    before = len(table.comm.sent)
    page.say(table, {"id": 9, "type": "csv"})
    sent = table.comm.sent[before]["content"]
    assert sent == {"id": 9, "ok": True}
    header, rows = play.runs.table()
    at = [header.index(name) for name in ("Number", "Task", "Horizon", "Model", "Trainer", "Test NRMSE")]
    assert [[row[k] for k in at] for row in rows] == [
        [run.number, "Your data", run.horizon, "reservoir 20", "Ridge", run.test_nrmse] for run in play.runs
    ]


def test_traits_that_the_page_writes_are_ignored(page, table):
    before = table.rows
    page.write(table, rows=[], shown=7)
    assert table.rows == before and table.shown == 2


def test_pinned_runs_are_dashed_lines_with_their_names(play):
    before = legend(play)
    play.runs.pin(1)
    play.runs.rename(1, "wide radius")
    play.wait(60)
    (line,) = overlays(play)
    np.testing.assert_allclose(line.y, play.runs[0].forecast.T)
    np.testing.assert_allclose(line.x, np.tile(play.runs[0].time, (2, 1)))
    assert set(line.colors) == {"var(--rcw-run-1)"}
    assert legend(play) == [*before, "wide radius"] and prediction(play).caption.legend[-1]["form"] == "dashed"
    assert prediction(play).caption.summary.endswith("; dashed over it: wide radius.")
    play.runs.rename(1, "wide spectral radius, no leak")
    play.wait(60)
    assert legend(play)[-1] == "wide spectral rad…"
    play.runs.pin(1, False)
    play.wait(60)
    assert overlays(play) == [] and legend(play) == before


def test_three_at_most_are_drawn_and_the_table_says_why_the_others_are_not(play, table):
    for value in (0.3, 0.4):
        play.set("reservoir", spectral_radius=value)
        play.wait(60)
    for number in (1, 2, 3, 4):
        play.runs.pin(number)
    play.wait(60)
    assert [row["color"] for row in table.rows] == [*map(theme.run, range(3)), ""]
    assert table.rows[3]["note"] == "not drawn: 3 others are" and len(overlays(play)) == 3
    play.set("task", horizon=4)
    play.wait(60)
    assert {row["note"] for row in table.rows[:4]} == {"not drawn: forecasts 1 step ahead, the figure 4"}
    assert overlays(play) == []
    play.undo()
    play.wait(60)
    assert len(overlays(play)) == 3


def test_a_forecast_that_runs_away_stays_near_the_picture(play):
    run = play.runs[0]
    run.forecast[:] = 1e30
    play.runs.pin(1)
    play.wait(60)
    (line,) = overlays(play)
    panel = prediction(play).shown.panel
    assert np.isfinite(line.y).all() and line.y.max() < panel.y.max + 20 * (panel.y.max - panel.y.min)


def test_python_and_the_page_are_equal(play, table):
    assert play.runs is play.experiment.runs and len(play.runs) == 2
    play.restore(1)
    play.wait(60)
    assert play.model["reservoir"].spectral_radius == 0.9 and table.shown == 1
    assert "spectral_radius=0.2" in play.runs.export(2)
    with pytest.raises(ValueError, match="There is no run 5. The newest is run 2."):
        play.restore(5)


def test_a_closed_table_follows_no_more_and_a_model_has_its_own(page, play, table):
    rows = table.rows
    table.close()
    play.runs.pin(1)
    play.wait(60)
    assert table.rows == rows
    own = RunsTable(rc.Input() >> rc.Reservoir(10) >> rc.LinearReadout())
    assert own.experiment is not play.experiment and own.rows == []
    own.experiment.close()
    with pytest.raises(TypeError, match="RunsTable takes an Experiment or a model, got int."):
        RunsTable(3)


def test_a_kept_forecast_has_as_many_channels_as_a_figure_draws():
    assert CHANNELS == theme.CHANNELS

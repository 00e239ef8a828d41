"""The figure of the split: what it draws and tells the page, and what a border that the page moves does."""

import csv
import io

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.tasks import DataTask, LorenzTask, own_series
from rcwidgets.live.session.split import split_of
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.panel import POINTS
from rcwidgets.widgets.publisher import publisher_of
from rcwidgets.widgets.split import LABEL, SplitFigure
from tests.widgets.test_prediction import sound


@pytest.fixture
def play(page):
    t = np.arange(400.0)
    made = rc.Playground(
        rc.Input() >> rc.Reservoir(10, seed=0) >> rc.LinearReadout(), data=np.stack([np.sin(t / 5), np.cos(t / 7)], axis=1)
    )
    made.wait(60)
    yield made
    made.close()


@pytest.fixture
def place(play, page):
    place = play.children[1].children[0]
    page.say(place.caption, {"id": 1, "type": "choose", "name": "Figure", "value": LABEL})
    play._publisher.flush()
    return place


def drawn(values, **knobs):
    view = SplitFigure()
    view.show(split_of(DataTask(**knobs), own_series(values)))
    return view


def test_all_rows_of_all_channels_are_drawn_over_their_numbers():
    values = np.random.default_rng(0).normal(size=(300, 2))
    view = drawn(values)
    sound(view)
    np.testing.assert_array_equal(view.lines.y, values.T)
    np.testing.assert_array_equal(view.lines.x[0], np.arange(300))
    assert (view.panel.x.min, view.panel.x.max) == (0, 300)
    assert [item["text"] for item in view.caption.legend] == ["channel 1", "channel 2"]


def test_a_long_series_is_drawn_with_a_thousand_points_a_line():
    view = SplitFigure()
    view.show(split_of(LorenzTask(), None))
    assert view.lines.y.shape == (3, POINTS)
    assert view.caption.summary == (
        "x, y, z over 10,000 rows: warm-up 2,000, train 6,000 and test 1,999 rows; train from time 20.01, test from time 80.01; "
        "the last row is only forecast."
    )


def test_the_page_gets_the_parts_and_how_far_each_border_goes():
    view = SplitFigure()
    view.show(split_of(LorenzTask(horizon=10), None, 7))
    wire = view.caption.split
    assert (wire["revision"], wire["rows"], wire["end"], wire["parts"]) == (7, 10_000, 9_990, ["Warm-up", "Train", "Test"])
    assert [(one["row"], one["low"], one["high"]) for one in wire["borders"]] == [(2_000, 0, 7_990), (8_000, 2_010, 9_988)]
    margin = view.panel.widget.fig_margin
    assert wire["margin"] == [margin["left"], margin["top"], margin["right"], margin["bottom"]]
    assert view.panel.widget.layout.height == f"{wire['height']}px"


@pytest.mark.parametrize("values", [np.ones((50, 1)), np.arange(3.0)[:, None], np.ones((1, 1)), np.full((40, 2), 1e100)])
def test_awkward_data_is_drawn_with_the_reason_why_it_cannot_be_learned(values):
    view = drawn(values)
    sound(view)
    assert view.caption.subtitle == view.thing.problem != ""
    assert view.thing.problem in view.caption.summary and list(view.table()[1])


def test_without_data_the_sentence_stands_alone_and_the_figure_lives_on():
    view = drawn(np.random.default_rng(0).normal(size=(50, 1)))
    view.show(split_of(DataTask(), None))
    assert view.caption.subtitle.startswith("This task needs data") and view.caption.split == {} and not view.lines.visible
    view.show(split_of(DataTask(), own_series(np.random.default_rng(0).normal(size=(50, 1)))))
    assert view.lines.visible and view.panel.x_axis.visible


def test_the_csv_has_each_row_with_its_part():
    values = np.random.default_rng(0).normal(size=(50, 1))
    header, *rows = csv.reader(io.StringIO(csv_bytes(*drawn(values, warmup=5, train=30, horizon=3).table()).decode()))
    assert header == ["row", "channel 1", "part"]
    assert [row[-1] for row in rows] == ["Warm-up"] * 5 + ["Train"] * 30 + ["Test"] * 12 + ["Horizon"] * 3
    np.testing.assert_array_equal([float(row[1]) for row in rows], values[:, 0])
    view = SplitFigure()
    view.show(split_of(LorenzTask(), None))
    header, lines = view.table()
    assert header == ["row", "time", "x", "y", "z", "part"] and len(list(lines)) == 10_000


def test_a_series_that_has_not_changed_is_not_sent_again():
    view = SplitFigure()
    view.show(split_of(LorenzTask(), None))
    before = view.lines.y
    view.show(split_of(LorenzTask(warmup=1_000), None))
    assert view.lines.y is before and view.caption.split["borders"][0]["row"] == 1_000


def test_a_border_that_the_page_moves_sets_the_knobs_and_is_drawn(play, place, page):
    answer = page.say(place.caption, {"id": 2, "type": "split", "border": 0, "row": 60, "gesture": "g"})
    assert answer == {"id": 2, "ok": True, "result": {"revision": 2}}
    page.say(place.caption, {"id": 3, "type": "split", "border": 0, "row": 80, "gesture": "g"})
    assert (play.experiment.task.warmup, play.experiment.task.train) == (80, 212)
    results = play.wait(60)
    play._publisher.flush()
    assert results.data.warmup == 80 and place.caption.split["borders"][0]["row"] == 80
    assert place.caption.split["revision"] == 3
    play.undo()
    play._publisher.flush()
    assert play.experiment.task.warmup is None and place.caption.split["borders"][0]["row"] == 40


def test_an_edit_elsewhere_is_drawn_also_where_nothing_trains(play, place):
    play.pause()
    play.set("task", warmup=100)
    play._publisher.flush()
    assert place.caption.split["borders"][0]["row"] == 100


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"border": 0, "row": 390}, "The border must be from 0 to 282 where warm-up ends."),
        ({"border": 5, "row": 60}, "Split.border must be 0 (the end of the warm-up) or 1"),
        ({"border": True, "row": 60}, "Caption.border must be a whole number, got 'True'."),
        ({"border": 0, "row": 60.5}, "Caption.row must be a whole number, got '60.5'."),
        ({"border": 0}, "Caption.row must be a whole number, got 'None'."),
        ({"border": 0, "row": 60, "gesture": 3}, "Message gesture must be a text"),
    ],
)
def test_what_cannot_be_moved_is_refused_in_words_and_changes_nothing(play, place, page, message, words):
    answer = page.say(place.caption, {"id": 4, "type": "split", **message})
    assert not answer["ok"] and answer["error"]["text"].startswith(words)
    assert play.experiment.revision == 1


def test_a_figure_without_borders_refuses_them(page):
    answer = page.say(LossFigure().caption, {"id": 1, "type": "split", "border": 0, "row": 3})
    assert answer["error"]["text"] == "Caption.border must be one of the figure's borders, and this one has none. Choose Data and split."


def test_another_figure_has_no_parts(place, page, play):
    assert place.caption.split
    page.say(place.caption, {"id": 9, "type": "choose", "name": "Figure", "value": "Prediction"})
    play._publisher.flush()
    assert place.caption.split == {}


def test_the_handle_moves_borders_of_its_experiment_before_anything_is_trained(page):
    experiment = rc.Experiment(task="sunspots", auto=False)
    view = rc.SplitView(experiment)
    assert view.caption.split["borders"][0]["row"] == 20
    assert page.say(view.caption, {"id": 1, "type": "split", "border": 1, "row": 200})["ok"]
    publisher_of(experiment).flush()
    assert experiment.task.train == 180 and view.caption.split["borders"][1]["row"] == 200
    experiment.close()


def test_the_table_of_metrics_is_on_the_status_model_and_comes_as_csv(play, page):
    play._publisher.flush()
    status = play._app.status_model
    assert [row["label"] for row in status.table][:3] == ["NRMSE", "RMSE", "MSE"]
    assert status.table[0]["test"] == play.metrics["nrmse"].words(play.results.test_nrmse)
    assert [cells["label"] for cells in status.table[0]["channels"]] == ["channel 1", "channel 2"]
    answer = page.say(status, {"id": 1, "type": "csv"})
    assert answer["result"]["csv"].startswith("metric,channel,train,test,unit,definition,formula,note\nNRMSE,,")
    assert page.say(status, {"id": 2, "type": "x"})["error"]["text"] == "Unknown message 'x'. Known: csv."
    play.experiment.look("closed loop")
    status.show()
    assert "Threshold 0.3" in next(row for row in status.table if row["label"] == "Valid prediction time")["note"]

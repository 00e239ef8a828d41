"""The figures of a run: the numbers that they draw, awkward results, text alternatives and CSV."""

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.live.on_demand.closed_loop import FreeRun
from rcwidgets.live.on_demand.eigenvalues import Modes
from rcwidgets.live.on_demand.unit_activity import UnitActivity
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.decimate import POINTS
from rcwidgets.widgets.error import ErrorFigure
from rcwidgets.widgets.handle import publisher_of
from rcwidgets.widgets.heat import ActivityFigure
from rcwidgets.widgets.loop import LoopFigure
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.phase import PhaseFigure
from rcwidgets.widgets.prediction import PredictionFigure
from rcwidgets.widgets.residuals import ResidualsFigure
from rcwidgets.widgets.spectrum import SpectrumFigure
from rcwidgets.widgets.split import SplitFigure
from rcwidgets.widgets.views import FIGURES
from rcwidgets.widgets.weights import WeightsFigure
from tests.widgets.test_prediction import AWKWARD, made, sound

OF_RESULTS = (ErrorFigure, PhaseFigure, ResidualsFigure, WeightsFigure)


def rows_of(view):
    """The header and the rows of the figure's CSV."""
    header, *rows = csv.reader(io.StringIO(csv_bytes(*view.table()).decode()))
    return header, rows


def looped(steps=100, rows=None, channels=("x", "y"), **changes):
    time = np.arange(1.0, steps + 1) / 10
    truth = np.sin(time)[:, None] * np.arange(1.0, len(channels) + 1)
    run = (truth + 0.01 * time[:, None])[:rows]
    return replace(FreeRun(time, "Lyapunov times", truth, run, tuple(channels), 0.3, 5.4), **changes)


@pytest.mark.parametrize("kind", OF_RESULTS)
@pytest.mark.parametrize("results", AWKWARD.values(), ids=AWKWARD)
def test_awkward_results_are_drawn_and_leave_the_figure_alive(kind, results):
    view = kind()
    trained = {"shown": "readout", "params": {"readout": {"W": np.outer(np.arange(1.0, 30.0), np.ones(3))}}}
    for shown in (results, made(**trained), results):
        view.show(shown)
        sound(view)
        rows_of(view)
        assert view.caption.summary
    view.show(made(**trained))
    assert view.panel.widget.marks[-1].visible


@pytest.mark.parametrize("kind", FIGURES.values(), ids=FIGURES)
def test_a_figure_without_data_has_a_text_alternative_and_an_empty_csv(kind):
    view = kind()
    assert view.caption.summary and list(view.table()[1]) == []


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_the_name_by_which_it_is_chosen(name):
    assert FIGURES[name]().caption.label == name


# Error over time


def test_the_error_is_in_standard_deviations_with_the_threshold_across():
    view = ErrorFigure()
    results = made()
    view.show(results)
    expected = np.abs(results.forecast - results.truth) / results.truth.std(axis=0)
    np.testing.assert_allclose(view.lines.y, expected.T)
    assert view.guide.y.tolist() == [0.3, 0.3] and view.guide.x.tolist() == [10.0, results.time[-1]]
    assert view.panel.y.min < expected.min() and view.panel.y.max > 0.3
    header, rows = rows_of(view)
    assert header == ["time", "x", "y", "z", "above 0.3"]
    np.testing.assert_allclose(np.array(rows, float)[:, 1:4], expected)
    assert "at most" in view.caption.summary and "above 0.3 on 10 % of the rows" in view.caption.summary


def test_the_error_line_is_above_the_threshold_where_prediction_has_its_band(page):
    series = np.random.default_rng(0).normal(size=(400, 2)).cumsum(axis=0)
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series)
    results = experiment.wait(60)
    view = ErrorFigure()
    view.show(results)
    assert 0 < results.parts.sum() < len(results.parts)
    np.testing.assert_array_equal((view.lines.y > 0.3).any(axis=0), results.parts)
    experiment.close()


def test_a_long_error_is_drawn_with_as_many_points_as_there_are_pixels():
    view = ErrorFigure()
    view.show(made(20_000))
    assert view.lines.y.shape == (3, POINTS)
    view.resize(0, 1_062.0, 200.0)
    assert view.lines.y.shape == (3, 1_000)
    view.resize(0, 90_000.0, 200.0)
    assert view.lines.y.shape == (3, 1_500)


# Phase portrait


def test_two_channels_are_drawn_against_each_other_and_can_be_chosen():
    view = PhaseFigure()
    results = made()
    view.show(results)
    np.testing.assert_array_equal(view.truth.x, results.truth[:, 0])
    np.testing.assert_array_equal(view.forecast.y, results.forecast[:, 1])
    assert [(one["name"], one["value"]) for one in view.controls()] == [("Across", "x"), ("Up", "y")]
    view.choose("Up", "z")
    np.testing.assert_array_equal(view.forecast.y, results.forecast[:, 2])
    assert view.panel.y_axis.label == "z" and view.caption.controls[1]["value"] == "z"
    header, rows = rows_of(view)
    assert header == ["time", "x truth", "x forecast", "z truth", "z forecast"]
    np.testing.assert_array_equal(np.array(rows, float)[:, 3], results.truth[:, 2])


def test_a_channel_that_is_not_there_is_refused():
    view = PhaseFigure()
    view.show(made())
    with pytest.raises(ValueError, match="PhaseFigure.up must be one of x, y, z, got 'w'"):
        view.choose("Up", "w")
    with pytest.raises(ValueError, match="must be one of its controls, got 'Down'"):
        view.choose("Down", "x")


def test_channels_of_one_name_can_be_told_apart():
    view = PhaseFigure()
    view.show(made(channels=("a", "a", "b")))
    assert view.controls()[0]["options"] == ["a (1)", "a (2)", "b"]


def test_one_channel_is_drawn_against_itself_with_the_delay_said():
    time = np.arange(1000.0) / 10
    truth = np.sin(time)[:, None]
    view = PhaseFigure()
    view.show(made(1000, ("x",), truth=truth, forecast=truth + 0.1))
    np.testing.assert_allclose(view.truth.x, np.sin(time[:-13]))
    np.testing.assert_allclose(view.truth.y, np.sin(time[13:]))
    np.testing.assert_allclose(view.forecast.y, np.sin(time[13:]) + 0.1)
    assert view.caption.subtitle == "each value over that 13 steps earlier, 1 step ahead, test part" and view.controls() == []
    assert view.panel.x_axis.label == "x, 13 earlier"


def test_a_long_path_is_cut_to_its_last_two_thousand_rows():
    view = PhaseFigure()
    results = made(5_000)
    view.show(results)
    np.testing.assert_array_equal(view.forecast.x, results.forecast[-2_000:, 0])
    assert "the last 2,000 rows" in view.caption.subtitle


# Closed loop


def test_the_run_is_drawn_beside_the_truth_with_the_valid_time_marked():
    view = LoopFigure()
    loop = looped()
    view.show(loop)
    np.testing.assert_array_equal(view.truth.y, loop.truth.T)
    np.testing.assert_array_equal(view.run.y, loop.run.T)
    assert view.guide.x.tolist() == [5.4, 5.4] and view.guide.visible
    assert view.panel.x_axis.label == "Lyapunov times from the end of training"
    assert view.caption.subtitle == "holds for 5.4 Lyapunov times" and view.caption.legend[0]["text"] == "error 0.3"
    assert "up to an error of 0.3 standard deviations, is 5.4 Lyapunov times." in view.caption.summary


def test_a_run_that_holds_to_the_end_holds_at_least_so_long():
    view = LoopFigure()
    view.show(looped(valid=10.0))
    assert "is at least 10 Lyapunov times" in view.caption.summary


def test_why_there_is_no_run_is_said_and_nothing_stays_drawn():
    view = LoopFigure()
    view.show(looped())
    none = np.zeros((0, 2))
    view.show(FreeRun(np.zeros(0), "steps", none, none, ("x", "y"), 0.3, problem="Set the horizon to 1."))
    assert view.caption.subtitle == view.caption.summary == "Set the horizon to 1." and view.caption.legend == []
    assert not any(mark.visible for mark in view.panel.widget.marks) and not view.panel.x_axis.visible
    view.show(looped())
    assert view.run.visible and view.guide.visible and view.panel.x_axis.visible


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_a_run_that_blew_up_is_drawn_to_its_end_with_the_sentence(rows):
    view = LoopFigure()
    view.show(looped(rows=rows, problem="The run blew up."))
    sound(view)
    assert view.caption.subtitle == "The run blew up." and view.run.visible == (rows > 0)
    header, cells = rows_of(view)
    assert header == ["Lyapunov times", "x truth", "x run", "y truth", "y run"]
    assert len(cells) == 100 and cells[-1][2] == "" and (cells[0][2] != "") == (rows > 0)


def test_without_a_valid_time_there_is_no_mark():
    view = LoopFigure()
    view.show(looped())
    view.show(looped(valid=math.nan))
    assert not view.guide.visible and view.caption.legend[0]["text"] == "truth"


# Residuals


def test_the_histogram_is_a_density_of_the_differences_in_their_standard_deviations():
    noise = np.random.default_rng(0).normal(0.5, 2.0, size=(40_000, 2))
    truth = np.zeros_like(noise)
    view = ResidualsFigure()
    view.show(made(40_000, ("x", "y"), truth=truth, forecast=truth + noise))
    edges, density = view.bars.x[0], view.bars.y[:, :-1]
    scores = noise / noise.std(axis=0)
    for column, drawn in zip(scores.T, density, strict=True):
        expected = np.histogram(column, edges)[0] / (len(column) * np.diff(edges))
        np.testing.assert_allclose(drawn, expected)
    middle = (edges[1:] + edges[:-1]) / 2
    np.testing.assert_allclose(density[0], np.exp(-np.square(middle - 0.25) / 2) / np.sqrt(2 * np.pi), atol=0.03)
    assert view.normal.y.max() == pytest.approx(0.39894, rel=1e-4)
    assert "x: mean 0.25, 0.2" in view.caption.summary


def test_a_channel_without_any_error_is_left_out_and_the_others_keep_their_colors():
    truth = np.zeros((50, 2))
    view = ResidualsFigure()
    view.show(made(50, ("x", "y"), truth=truth, forecast=np.stack([np.zeros(50), np.arange(50.0)], axis=1)))
    assert view.bars.y.shape == (81,) and view.bars.colors == ["var(--rcw-channel-2)"]
    view.show(made(50, ("x", "y"), truth=truth, forecast=truth))
    assert view.caption.summary == "No errors that vary." and not view.bars.visible


# Readout weights, spectrum, activity


def test_weights_are_sorted_by_size_and_the_csv_keeps_their_order_and_sign():
    weights = np.array([[0.5, -4.0], [-2.0, 1.0], [1.0, 0.1]])
    view = WeightsFigure()
    view.show(made(channels=("x", "y"), shown="readout", params={"readout": {"W": weights}}))
    np.testing.assert_allclose(view.lines.y, [[2, 1, 0.5, 0.5], [4, 1, 0.1, 0.1]])
    header, rows = rows_of(view)
    assert header == ["feature", "x", "y"]
    np.testing.assert_array_equal(np.array(rows, float)[:, 1:], weights)
    assert "3 weights a channel of readout, by size. x: largest 2, median 1, 1 make half" in view.caption.summary


def test_eigenvalues_are_dots_in_the_plane_under_the_unit_circle():
    view = SpectrumFigure()
    values = np.array([1.2, 0.3 + 0.4j, 0.3 - 0.4j])
    view.show(Modes("reservoir", values))
    np.testing.assert_array_equal(view.dots.x, values.real)
    np.testing.assert_array_equal(view.dots.y, values.imag)
    np.testing.assert_allclose(np.hypot(view.circle.x, view.circle.y), 1)
    assert "1 lies outside of the unit circle" in view.caption.summary
    assert rows_of(view)[1][1] == ["0.3", "0.4"]
    view.show(Modes("", np.zeros(0), "Put in a Reservoir."))
    assert view.caption.subtitle == "Put in a Reservoir." and not view.dots.visible


@pytest.mark.parametrize(("rows", "units"), [(300, 60), (5, 1), (2, 2)])
def test_the_heat_map_has_a_row_a_unit_and_a_column_a_time(rows, units):
    view = ActivityFigure()
    values = np.tanh(np.random.default_rng(0).normal(size=(rows, units)))
    time = 5.0 + np.arange(rows)
    view.show(UnitActivity("reservoir", time, "time", values, np.arange(units) * 3, 200))
    np.testing.assert_array_equal(view.map.color[:units], values.T)
    np.testing.assert_array_equal(view.map.x, time)
    assert len(view.map.y) == len(view.map.color) >= 2 and view.map.visible
    assert view.colors.max == -view.colors.min == np.abs(values).max()
    header, cells = rows_of(view)
    assert header[:2] == ["time", "unit 1"] and len(cells) == rows
    view.show(UnitActivity("", np.zeros(0), "time", np.zeros((0, 0)), np.zeros(0, int), 0, "Put in a Reservoir."))
    assert view.caption.subtitle == "Put in a Reservoir." and not view.map.visible


# What all of them share


@pytest.mark.parametrize("kind", [PredictionFigure, *OF_RESULTS])
def test_the_subtitle_and_the_words_of_a_picture_are_those_of_the_drawn_results(kind):
    view = kind()
    trained = {"shown": "readout", "params": {"readout": {"W": np.ones((3, 3))}}}
    view.show(made(horizon=10, **trained))
    assert kind is WeightsFigure or "10 steps ahead, test part" in view.caption.subtitle
    assert view.caption.about == "10 steps ahead, Ridge, test NRMSE 2.1e-4"
    view.show(made(horizon=1, part="training", test_nrmse=math.nan, **trained))
    assert kind is WeightsFigure or "1 step ahead, as it learns" in view.caption.subtitle
    assert view.caption.about == "1 step ahead, Ridge"


def test_the_words_of_a_picture_name_the_task_also_of_what_is_computed_later():
    experiment = rc.Experiment(task="sunspots")
    results = experiment.wait(60)
    words = f"Sunspots, 1 step ahead, Ridge, test NRMSE {results.test_nrmse:.3g}"
    for kind, look in ((LossFigure, None), (SpectrumFigure, "spectrum"), (ActivityFigure, "activity"), (LoopFigure, "closed loop")):
        view = kind()
        view.experiment = experiment
        view.show(results if look is None else experiment.look(look))
        assert view.caption.about == words
    experiment.set("task", horizon=11)
    experiment.wait(60)
    view.draw_again()
    assert view.caption.about == ""  # the run that is drawn is not that of the newest results
    split = SplitFigure()
    split.show(experiment.split)
    assert split.caption.about == "Sunspots, 11 steps ahead"
    experiment.close()


@pytest.mark.parametrize("kind", [PredictionFigure, ErrorFigure])
def test_a_window_shows_all_that_lies_in_it(kind):
    view = kind()
    results = made(1_000)
    spike = np.zeros((1_000, 3))
    spike[800] = 40.0
    results = replace(results, truth=results.truth + spike, forecast=results.forecast + 1.5 * spike)
    view.show(results)
    view.zoom(0, [0.7, 0.9, 0.0, 1.0])
    shown = view.forecast if kind is PredictionFigure else view.lines
    inside = shown.y[:, (shown.x[0] > view.panel.x.min) & (shown.x[0] < view.panel.x.max)]
    assert view.panel.y.max >= inside.max() and (kind is ErrorFigure or view.panel.y.min <= inside.min())
    tall = view.panel.y.max
    view.zoom(0, [0.1, 0.3, 0.0, 1.0])
    assert view.panel.y.max < tall / 2
    view.zoom(0, [0.1, 0.3, 0.4, 0.6])  # y is not narrowed by hand
    assert view.panel.y.max > view.panel.y.min and view.panel.y.max < tall / 2


@pytest.mark.parametrize("kind", [PredictionFigure, ErrorFigure, ResidualsFigure, WeightsFigure])
def test_the_chosen_channels_are_drawn_in_colours_that_they_keep(kind):
    names = tuple(f"sensor {k}" for k in range(30))
    trained = {"shown": "readout", "params": {"readout": {"W": np.outer(np.arange(1.0, 30.0), np.arange(1.0, 31.0))}}}
    results = made(60, names, **trained)
    results = replace(results, forecast=results.truth + np.random.default_rng(0).normal(size=results.truth.shape))
    view = kind()
    view.show(results)
    mark = {PredictionFigure: "forecast", ResidualsFigure: "bars"}.get(kind, "lines")
    assert getattr(view, mark).y.shape[0] == 6
    assert [one["color"] for one in view.caption.channels[:7]] == [f"var(--rcw-channel-{k})" for k in range(1, 7)] + [""]
    view.show_channels([0, 5, 21])
    assert getattr(view, mark).y.shape[0] == 3
    assert getattr(view, mark).colors == ["var(--rcw-channel-1)", "var(--rcw-channel-6)", "var(--rcw-channel-2)"]
    texts = [item["text"] for item in view.caption.legend if item["text"].startswith("sensor")]
    assert texts == ["sensor 0", "sensor 5", "sensor 21"] and "sensor 21" in view.caption.summary
    assert [one["name"] for one in view.caption.channels if one["color"]] == texts
    read = next(one for one in view.caption.panels[0]["marks"] if one["id"] == getattr(view, mark).model_id)
    assert read["names"] == texts
    for wrong, words in (([], "1 to 6 channels at once, got 0"), (range(7), "got 7"), ([30], "from 0 to 29"), ([-1], "from 0 to 29")):
        with pytest.raises(ValueError, match=words):
            view.show_channels(wrong)
    assert getattr(view, mark).y.shape[0] == 3


def test_the_strip_is_that_of_the_channels_that_are_drawn():
    results = made(60, tuple("abcdefgh"))
    forecast = results.truth.copy()
    forecast[30:40, 7] += 100.0
    view = PredictionFigure()
    view.show(replace(results, forecast=forecast, parts=np.arange(60) // 10 == 3))
    assert view.parts.y.max() == view.panel.y.min and view.caption.legend[0]["text"] == "truth"
    view.show_channels([0, 7])
    assert view.parts.y.max() == view.panel.y.max
    assert view.caption.legend[0]["form"] == "strip" and "above 0.3 of its standard deviation" in view.caption.legend[0]["title"]


def test_the_circle_stays_round_in_a_figure_of_another_size():
    view = SpectrumFigure()
    view.show(Modes("reservoir", np.array([0.5 + 0j])))
    view.resize(0, 900.0, 420.0)
    margin = view.panel.margin
    width, height = 840.0 - margin["left"] - margin["right"], 420.0 - margin["top"] - margin["bottom"]
    across, up = view.panel.x.max - view.panel.x.min, view.panel.y.max - view.panel.y.min
    assert across / width == pytest.approx(up / height)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"type": "channels", "shown": "all"}, "Caption.shown must be a list of places of channels, got all."),
        ({"type": "channels", "shown": [True]}, "Caption.shown must be a list of places of channels, got [True]."),
        ({"type": "channels", "shown": [0, 9]}, "Caption.shown must be places of channels from 0 to 2, got [0, 9]."),
        ({"type": "size", "panel": 0, "width": 0, "height": 3}, "Caption.width must be a number of pixels, got '0'."),
        ({"type": "size", "panel": 0, "width": 3, "height": math.inf}, "Caption.height must be a number of pixels, got 'inf'."),
        ({"type": "size", "panel": "0", "width": 3, "height": 3}, "Caption.panel must be a whole number, got '0'."),
    ],
)
def test_sizes_and_channels_that_are_none_are_refused_in_words(page, content, words):
    view = PredictionFigure()
    view.show(made())
    answer = page.say(view.caption, {"id": 1, **content})
    assert answer == {"id": 1, "ok": False, "error": {"text": words}}
    assert page.say(view.caption, {"id": 2, "type": "channels", "shown": [2]})["ok"] and view.forecast.y.shape == (50,)
    assert page.say(view.caption, {"id": 3, "type": "size", "panel": 0, "width": 700, "height": 300})["ok"] and view.panel.points == 600


# The handles


@pytest.mark.parametrize(
    "name",
    [
        "PredictionView",
        "LossView",
        "ErrorView",
        "PhaseView",
        "ClosedLoopView",
        "ResidualsView",
        "WeightsView",
        "SpectrumView",
        "ActivityView",
        "SplitView",
    ],
)
def test_a_handle_follows_its_experiment_until_it_is_closed(page, name):
    t = np.arange(400.0)
    experiment = rc.Experiment(
        rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=np.stack([np.sin(t / 5), np.cos(t / 7)], axis=1)
    )
    view = getattr(rc, name)(experiment)
    experiment.wait(60)
    publisher_of(experiment).flush()
    first = view.thing
    assert first is not None and view.caption.subtitle not in ("not run yet", "not computed yet")
    experiment.set("reservoir", spectral_radius=0.3)
    experiment.wait(60)
    publisher_of(experiment).flush()
    assert view.thing is not first
    second = view.thing
    view.close()
    experiment.set("reservoir", spectral_radius=0.6)
    experiment.wait(60)
    publisher_of(experiment).flush()
    assert view.thing is second and not experiment.looks._watched
    experiment.close()
    with pytest.raises(TypeError, match=f"{name} takes an Experiment or a model, got int"):
        getattr(rc, name)(3)

"""The figures of a run: the numbers that they draw, awkward results, text alternatives and CSV."""

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.error import ErrorFigure
from rcwidgets.widgets.heat import ActivityFigure
from rcwidgets.widgets.loop import LoopFigure
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.phase import PhaseFigure
from rcwidgets.widgets.prediction import PredictionFigure
from rcwidgets.widgets.publisher import publisher_of
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


# Phase portrait


# Closed loop


# Residuals


# Readout weights, spectrum, activity


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

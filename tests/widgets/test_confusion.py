"""The figure of classes."""

import numpy as np
import pytest

from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.confusion import ConfusionFigure, short_names
from rcwidgets.widgets.place import FigurePlace
from rcwidgets.widgets.prediction import PredictionFigure
from rcwidgets.widgets.publisher import publisher_of
from rcwidgets.widgets.views import FIGURES


@pytest.fixture(scope="module")
def results():
    experiment = Experiment(task="vowels")
    found = experiment.wait(120)
    experiment.close()
    return found


def test_it_draws_a_cell_for_each_pair_of_classes_and_the_wrong_ones_of_each(results):
    figure = ConfusionFigure()
    figure.show(results)
    counts = results.confusion
    shares = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.diag(figure.map.color), np.diag(shares))
    off = ~np.eye(9, dtype=bool)
    assert ((figure.map.color < -0.29) == (counts > 0))[off].all()
    np.testing.assert_allclose(figure.bars.y, 100 * (1 - np.diag(shares)))
    right, wrong = figure.counts
    assert right.text.tolist() == [f"{count}" for count in np.diag(counts)]
    assert sum(map(int, wrong.text)) == counts[off].sum()
    assert figure.panel.x_axis.label == "told as speaker" and figure.panel.x_axis.tick_labels == {key: key for key in "123456789"}
    assert figure.caption.subtitle == f"{100 * results.accuracy:.3g} % right, test part"
    assert f"{counts.trace()} of 370 series of the test part are told right" in figure.caption.summary
    header, rows = figure.table()
    assert header[:3] == ["class", "series", "right"] and [row[3:] for row in rows] == counts.tolist()
    figure.close()


def test_classes_of_ones_own_have_their_names_at_the_axes():
    waves = [np.sin(np.arange(30) * (0.3 + 0.5 * (k % 2)) + k)[:, None] for k in range(20)]
    experiment = Experiment(data={"inputs": waves, "labels": ["calm", "a storm from the sea"] * 10})
    figure = ConfusionFigure()
    figure.show(experiment.wait(120))
    experiment.close()
    assert figure.panel.y_axis.tick_labels == {"1": "a storm fro…", "2": "calm"}
    assert figure.panel.x_axis.tick_labels == {"1": "a storm from the sea", "2": "calm"} == figure.wrong.x_axis.tick_labels
    assert figure.panel.x_axis.tick_values.tolist() == [1, 2] and figure.panel.widget.fig_margin["left"] == 94
    figure.close()


def test_figures_of_time_say_which_figure_shows_classes(results):
    figure = PredictionFigure()
    figure.show(results)
    assert figure.caption.subtitle == "This task tells whole series apart. Choose the figure Confusion."
    assert all(not mark.visible for mark in figure.panel.widget.marks)
    figure.close()


def test_a_place_has_the_figures_that_can_show_what_there_is():
    experiment = Experiment(task="vowels")
    place = FigurePlace(experiment, FIGURES)
    publisher = publisher_of(experiment)
    experiment.wait(120)
    publisher.flush()
    assert place.caption.label == "Confusion"
    offered = next(control["options"] for control in place.caption.controls if control["name"] == "Figure")
    assert "Confusion" in offered and not {"Prediction", "Error over time", "Phase portrait", "Residuals"} & set(offered)
    experiment.choose(task="sines")
    experiment.wait(120)
    publisher.flush()
    assert place.caption.label == "Prediction"
    with pytest.raises(ValueError, match="FigurePlace.figure must be one of Prediction"):
        place.choose("Figure", "Confusion")
    place.close()
    experiment.close()


def test_names_lose_the_words_that_all_of_them_begin_with():
    assert short_names(("speaker 1", "speaker 2")) == (["1", "2"], "speaker")
    assert short_names(("cat", "cattle")) == (["cat", "cattle"], "")
    assert short_names(("a b", "a")) == (["a b", "a"], "")

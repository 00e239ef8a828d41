"""The phase portrait: two channels against each other, or one against itself."""

import numpy as np
import pytest

from rcwidgets.widgets.phase import PhaseFigure
from tests.widgets.test_prediction import made
from tests.widgets.test_views import rows_of


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

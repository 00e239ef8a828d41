"""Which channels a figure draws: chosen ones, in colours that they keep."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.widgets.error import ErrorFigure
from rcwidgets.widgets.prediction import PredictionFigure
from rcwidgets.widgets.residuals import ResidualsFigure
from rcwidgets.widgets.weights import WeightsFigure
from tests.widgets.test_prediction import made


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

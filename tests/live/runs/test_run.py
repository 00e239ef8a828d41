"""One kept run: its forecast thinned, its model in a few words."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.structure import in_short
from rcwidgets.core.nodes import NVAR, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.live.results.results import Results
from rcwidgets.live.runs.run import OVERLAYS, drawn_over, overlaid, run_of, thinned


def test_a_long_series_is_thinned_to_its_envelope():
    x = np.arange(100_001.0)
    y = np.sin(x / 3000)[:, None] * [1.0, -2.0]
    y[50_000, 0], y[60_001, 1] = 9.0, -9.0
    thin_x, thin_y = thinned(x, y)
    assert thin_x.shape == (2000,) and thin_y.shape == (2000, 2) and thin_x.dtype == thin_y.dtype == np.float32
    assert (np.diff(thin_x) > 0).all() and thin_x[0] == 0 and thin_x[-1] == 100_000
    assert thin_y[:, 0].max() == 9 and thin_y[:, 1].min() == -9
    at = thin_x[thin_y[:, 0].argmax()]
    assert abs(at - 50_000) <= 101
    calm = np.abs(thin_y[:, 0]) < 2
    np.testing.assert_allclose(thin_y[calm, 0], np.sin(thin_x[calm] / 3000), atol=0.04)


def test_a_short_series_is_kept_as_it_is_and_a_huge_value_stays_finite():
    x, y = np.arange(2000.0), np.full((2000, 1), 1e200)
    thin_x, thin_y = thinned(x, y)
    np.testing.assert_array_equal(thin_x, x)
    assert np.isfinite(thin_y).all() and (thin_y > 1e38).all()


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (Input(2) >> Reservoir(400) >> LinearReadout(2), "reservoir 400"),
        (Input(2) >> Reservoir(50) >> Reservoir(50) >> LinearReadout(2), "2 x reservoir 50"),
        (Input(2) >> [NVAR(4, order=2), VanillaRNN(30)] >> LinearReadout(2), "nvar 4 + rnn 30"),
        (Input(2) >> [Reservoir(k) for k in (1, 2, 3, 4, 5)] >> LinearReadout(2), "reservoir 1 + reservoir 2 + reservoir 3 + 2 more"),
        (Input(2) >> LinearReadout(2), "readout"),
        (Graph(), "none"),
    ],
)
def test_a_model_is_told_in_a_few_words(graph, words):
    assert in_short(graph) == words
    reservoir, readout = Reservoir(7), LinearReadout(2)
    assert in_short((Input(2) >> reservoir >> readout) & (reservoir << readout)) == "reservoir 7, feedback"


def found(**changes):
    time = np.arange(30.0)
    made = Results(1, time, "time", np.zeros((30, 1)), np.ones((30, 1)), ("a",), 1, np.zeros(30, bool), 0.3, 0.1, 0.2, 0.04)
    return replace(made, **changes)


def run(number, model, pinned=True, **changes):
    return replace(run_of(number, Document(model), model, "", found(**changes), datetime(2026, 3, 1), str(number), None), pinned=pinned)


def test_the_first_pinned_ones_that_fit_are_drawn(model):
    runs = [run(number, model, pinned=number != 2) for number in range(1, OVERLAYS + 4)]
    assert [one.number for one in drawn_over(runs, found())] == [1, 3, 4]
    assert 2 not in overlaid(runs, found()) and overlaid(runs, found())[6] == f"not drawn: {OVERLAYS} others are"


def test_what_does_not_fit_says_why_and_takes_no_place(model):
    runs = [run(1, model, channels=("b",)), run(2, model, horizon=4), run(3, model, time=np.arange(30.0) + 1), run(4, model)]
    assert [one.number for one in drawn_over(runs, found())] == [4]
    assert list(overlaid(runs, found()).values()) == [
        "not drawn: another task",
        "not drawn: forecasts 4 steps ahead, the figure 1",
        "not drawn: other test rows",
        "",
    ]
    assert drawn_over(runs, None) == []

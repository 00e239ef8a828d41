"""Which pinned runs a figure draws too: the first three that answer its question, in their order."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.live.results.results import Results
from rcwidgets.live.runs.overlay import OVERLAYS, drawn_over, overlaid
from rcwidgets.live.runs.run import run_of


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

"""The one sentence of numbers that are not finite."""

import numpy as np
import pytest

from rcwidgets.core.series import check_run, not_finite


def test_the_sentence_has_all_its_parts():
    assert str(not_finite("out", "Lower it.")) == "out is not finite: the run diverged. Lower it."
    made = not_finite("out", "Lower it.", since="from epoch 2 on", happened="learning diverged")
    assert isinstance(made, FloatingPointError)
    assert str(made) == "out is not finite from epoch 2 on: learning diverged. Lower it."


def test_the_first_step_of_any_series_is_named():
    series = np.zeros((2, 6, 3))
    check_run(series, "out", "Lower it.")
    series[0, 4, 1], series[1, 3, 0] = np.inf, np.nan
    with pytest.raises(FloatingPointError, match=r"^out is not finite from step 3 of the loop on: the run diverged\. Lower it\.$"):
        check_run(series, "out", "Lower it.", where=" of the loop")


def test_of_lanes_the_first_one_is_named_with_its_own_step():
    lanes = np.zeros((3, 2, 6, 1))
    lanes[1, 1, 5], lanes[2, 0, 2] = np.nan, np.nan
    with pytest.raises(FloatingPointError, match=r"^out is not finite from step 5 on in lane 1: the run diverged\. Lower it\.$"):
        check_run(lanes, "out", "Lower it.")

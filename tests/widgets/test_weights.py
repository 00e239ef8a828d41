"""The figure of the weights."""

import numpy as np

from rcwidgets.widgets.weights import WeightsFigure
from tests.widgets.test_prediction import made
from tests.widgets.test_views import rows_of


def test_weights_are_sorted_by_size_and_the_csv_keeps_their_order_and_sign():
    weights = np.array([[0.5, -4.0], [-2.0, 1.0], [1.0, 0.1]])
    view = WeightsFigure()
    view.show(made(channels=("x", "y"), shown="readout", params={"readout": {"W": weights}}))
    np.testing.assert_allclose(view.lines.y, [[2, 1, 0.5, 0.5], [4, 1, 0.1, 0.1]])
    header, rows = rows_of(view)
    assert header == ["feature", "x", "y"]
    np.testing.assert_array_equal(np.array(rows, float)[:, 1:], weights)
    assert "3 weights a channel of readout, by size. x: largest 2, median 1, 1 make half" in view.caption.summary

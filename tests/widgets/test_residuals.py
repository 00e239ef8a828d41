"""The histogram of the errors."""

import numpy as np
import pytest

from rcwidgets.widgets.residuals import ResidualsFigure
from tests.widgets.test_prediction import made


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

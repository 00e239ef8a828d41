"""The figure of the eigenvalues: dots in the plane, under a circle that stays round."""

import numpy as np
import pytest

from rcwidgets.live.on_demand.eigenvalues import Modes
from rcwidgets.widgets.spectrum import SpectrumFigure
from tests.widgets.test_views import rows_of


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


def test_the_circle_stays_round_in_a_figure_of_another_size():
    view = SpectrumFigure()
    view.show(Modes("reservoir", np.array([0.5 + 0j])))
    view.resize(0, 900.0, 420.0)
    margin = view.panel.margin
    width, height = 840.0 - margin["left"] - margin["right"], 420.0 - margin["top"] - margin["bottom"]
    across, up = view.panel.x.max - view.panel.x.min, view.panel.y.max - view.panel.y.min
    assert across / width == pytest.approx(up / height)

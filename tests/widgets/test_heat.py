"""The figure of the activity."""

import numpy as np
import pytest

from rcwidgets.live.on_demand.unit_activity import UnitActivity
from rcwidgets.widgets.heat import ActivityFigure
from tests.widgets.test_views import rows_of


@pytest.mark.parametrize(("rows", "units"), [(300, 60), (5, 1), (2, 2)])
def test_the_heat_map_has_a_row_a_unit_and_a_column_a_time(rows, units):
    view = ActivityFigure()
    values = np.tanh(np.random.default_rng(0).normal(size=(rows, units)))
    time = 5.0 + np.arange(rows)
    view.show(UnitActivity("reservoir", time, "time", values, np.arange(units) * 3, 200))
    np.testing.assert_array_equal(view.map.color[:units], values.T)
    np.testing.assert_array_equal(view.map.x, time)
    assert len(view.map.y) == len(view.map.color) >= 2 and view.map.visible
    assert view.colors.max == -view.colors.min == np.abs(values).max()
    header, cells = rows_of(view)
    assert header[:2] == ["time", "unit 1"] and len(cells) == rows
    view.show(UnitActivity("", np.zeros(0), "time", np.zeros((0, 0)), np.zeros(0, int), 0, "Put in a Reservoir."))
    assert view.caption.subtitle == "Put in a Reservoir." and not view.map.visible

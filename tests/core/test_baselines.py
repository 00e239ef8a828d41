"""What a forecast has to be better than, held to sums by hand."""

import numpy as np
import pytest

from rcwidgets.core.metrics import nrmse
from rcwidgets.core.tasks import DataTask, LorenzTask, NarmaTask, VowelsTask, baselines_of, own_series
from rcwidgets.core.tasks.baselines import season_of


@pytest.fixture
def series(generator):
    rows = np.arange(400)
    first = np.sin(2 * np.pi * rows / 12) + 0.3 * generator.normal(size=400)
    return np.stack([first, 5 + np.cumsum(generator.normal(size=400))], axis=1)


@pytest.mark.parametrize("horizon", [1, 5, 15])
@pytest.mark.parametrize("normalise", [True, False])
def test_the_three_are_what_a_loop_gives(series, horizon, normalise):
    values = series[:, :1]
    task = DataTask(horizon=horizon, warmup=40, train=250, normalise=normalise)
    found = {one.name: one.nrmse for one in baselines_of(task.prepare(own_series(values)))}
    now = np.arange(290, 400 - horizon)
    truth = values[now + horizon]
    assert found["Persistence"] == pytest.approx(nrmse(values[now], truth))
    back = next(k for k in range(12, 100, 12) if k >= horizon)
    assert found["Season before"] == pytest.approx(nrmse(values[now + horizon - back], truth))
    known = np.arange(40, 290)
    design = np.stack([np.append(values[row - 11 : row + 1, 0], 1.0) for row in known])
    weights = np.linalg.lstsq(design, values[known + horizon, 0], rcond=None)[0]
    line = np.stack([np.append(values[row - 11 : row + 1, 0], 1.0) @ weights for row in now])[:, None]
    assert found["AR(12)"] == pytest.approx(nrmse(line, truth))


def test_nothing_after_the_training_part_tells_the_line_nor_the_season(series):
    task = DataTask(warmup=40, train=250)
    other = series.copy()
    other[330:] = np.random.default_rng(5).normal(size=other[330:].shape)
    one, two = (baselines_of(task.prepare(own_series(values))) for values in (series, other))
    assert [each.name for each in one] == [each.name for each in two]
    assert [each.definition for each in one] == [each.definition for each in two]


def test_a_walk_without_a_period_has_no_season_before(generator):
    values = np.cumsum(generator.normal(size=300))[:, None]
    names = [one.name for one in baselines_of(DataTask().prepare(own_series(values)))]
    assert names in (["Persistence", "AR(12)"], ["Persistence", "Season before", "AR(12)"])
    assert season_of(generator.normal(size=(300, 1))) is None
    assert season_of(np.ones((3, 1))) is None


def test_what_is_no_forecast_of_the_inputs_has_none():
    assert baselines_of(NarmaTask().prepare()) == () == baselines_of(VowelsTask().prepare())
    assert len(baselines_of(LorenzTask().prepare())) == 3


def test_of_several_series_each_row_is_told_by_its_own_series(generator):
    parts = [np.cumsum(generator.normal(size=length)) + place for place, length in enumerate((60, 45, 50, 40, 55))]
    data = DataTask(warmup=4, train_series=3).prepare(own_series([one[:, None] for one in parts]))
    found = {one.name: one.nrmse for one in baselines_of(data)}
    assert list(found) == ["Persistence", "AR(12)"]
    tested = [(one, row) for one in parts[3:] for row in range(4, len(one) - 1)]
    truth = np.array([one[row + 1] for one, row in tested])
    assert found["Persistence"] == pytest.approx(nrmse(np.array([one[row] for one, row in tested]), truth))

    def lags(one, row):
        return [*one[np.maximum(np.arange(row - 11, row + 1), 0)], 1.0]

    known = [(one, row) for one in parts[:3] for row in range(11, len(one) - 1)]
    weights = np.linalg.lstsq(np.array([lags(*each) for each in known]), np.array([one[row + 1] for one, row in known]))[0]
    assert found["AR(12)"] == pytest.approx(nrmse(np.array([lags(*each) for each in tested]) @ weights, truth))

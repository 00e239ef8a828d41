"""The start that is chosen on the training part: what it is for series whose answer is known, and that nothing else tells it."""

import numpy as np
import pytest

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, Reservoir
from rcwidgets.core.own_choice import BETAS, choose_start, errors_ahead, features_of, late_season, views
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.tasks.own_start import OwnStart
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings

WALK = np.cumsum(np.random.default_rng(1).normal(size=400))
ROWS = np.arange(400)
SEASONAL = np.sin(2 * np.pi * ROWS / 40) ** 15 + 0.1 * np.random.default_rng(2).normal(size=400)  # peaks that 12 values do not foretell


def chosen(values, settings=None, **knobs):
    task = DataTask(**knobs)
    return choose_start(task, task.prepare(own_series(values)), settings or RidgeSettings())


def kinds(choice):
    return [node.kind for node in choice.start.graph.nodes.values()]


def test_a_random_walk_is_forecast_by_changes_that_are_held_near_none():
    choice = chosen(WALK)
    assert "Difference" in kinds(choice) and choice.start.trainer.beta >= 100
    assert choice.words.startswith("Chosen on the training part alone: changes (differenced), input scaling ")
    assert f"beta {choice.start.trainer.beta:g} (NRMSE {min(choice.tried.values()):.3g} of rows 41 to 291" in choice.words


def test_a_curve_is_forecast_by_values_with_drive_and_little_penalty():
    henon = np.zeros(500)
    for row in range(2, 500):
        henon[row] = 1 - 1.4 * henon[row - 1] ** 2 + 0.3 * henon[row - 2]
    choice = chosen(henon)
    assert "Difference" not in kinds(choice) and choice.start.trainer.beta < 0.01
    assert choice.start.graph["reservoir"].input_scaling == 1.0


@pytest.mark.parametrize(("horizon", "steps"), [(1, 39), (5, 35)])
def test_a_season_is_found_and_its_value_arrives_so_late_that_it_tells_the_horizon(horizon, steps):
    choice = chosen(SEASONAL, horizon=horizon)
    assert choice.start.graph["delay"].steps == steps
    assert "season 40 rows before" in choice.words


@pytest.mark.parametrize("values", [WALK, SEASONAL])
def test_the_test_part_tells_nothing(values):
    task = DataTask()
    data = task.prepare(own_series(values))
    other = values.copy()
    other[data.test_start :] = 1000 * np.random.default_rng(3).normal(size=len(values) - data.test_start)
    one, two = chosen(values), chosen(other)
    assert one.words == two.words and one.tried == two.tried
    assert one.start.graph.to_json() != "" and one.start.trainer == two.start.trainer
    assert [node.knobs for node in one.start.graph.nodes.values()] == [node.knobs for node in two.start.graph.nodes.values()]


def test_the_states_that_are_tried_are_those_of_the_model():
    task = DataTask()
    data = task.prepare(own_series(WALK))
    choice = choose_start(task, data, RidgeSettings(seed=3), (1.0,))
    stop = data.test_start - 1
    signal, rows = data.inputs[:stop], slice(data.warmup, stop)
    found = []
    for view in views(signal, data):
        for drive in (0.1, 0.3, 1.0):
            model = Input(1) >> Reservoir(100, leak_rate=1.0, input_scaling=drive)
            target, errors = (data.targets[:stop] - view.base)[rows], []
            for seed in (3, 4, 5):
                states = RNNRunner(model, seed=seed, dtype="float64").predict(view.seen)
                errors.append(errors_ahead(features_of(view.seen, 0, states)[rows], target, (1.0,)).mean())
            found.append(float(np.sqrt(np.mean(errors) / data.targets[rows].var())))
    assert late_season(signal, data) == 0
    np.testing.assert_allclose(list(choice.tried.values()), found, rtol=1e-6)


def test_each_stretch_is_told_by_the_rows_before_it(generator):
    x = generator.normal(size=(100, 4))
    y = x @ generator.normal(size=(4, 2)) + generator.normal(size=(100, 2))
    squares = np.zeros((60, 2))
    for start, stop in ((40, 52), (52, 64), (64, 76), (76, 88), (88, 100)):
        for place, beta in enumerate((0.1, 10.0)):
            mean_x, mean_y = x[:start].mean(axis=0), y[:start].mean(axis=0)
            centred = x[:start] - mean_x
            weights = np.linalg.solve(centred.T @ centred + beta * np.eye(4), centred.T @ (y[:start] - mean_y))
            told = (x[start:stop] - mean_x) @ weights + mean_y
            squares[start - 40 : stop - 40, place] = np.square(told - y[start:stop]).mean(axis=1)
    np.testing.assert_allclose(errors_ahead(x, y, (0.1, 10.0)), squares, rtol=1e-9)


def test_changes_are_not_tried_where_the_targets_are_not_the_inputs():
    pair = np.stack([WALK, np.roll(WALK, 3) + SEASONAL], axis=1)
    assert all(words.startswith("values") for words in chosen(pair, targets=["channel 2"]).tried)
    assert any(words.startswith("changes") for words in chosen(pair).tried)


def test_what_cannot_be_told_is_not_chosen():
    assert chosen(WALK[:25]) is None
    assert chosen(WALK, normalise=False) is None
    assert chosen(np.random.default_rng(0).normal(size=(300, 121))) is None


def test_many_channels_give_fewer_last_values_each():
    values = np.random.default_rng(0).normal(size=(300, 30))
    assert chosen(values).start.graph["nvar"].delay == 4
    assert chosen(values[:, :10]).start.graph["nvar"].delay == 12


def test_a_beta_that_is_given_stays():
    choice = chosen(WALK, RidgeSettings(beta=0.123), normalise=True)
    assert choice.start.trainer.beta in BETAS
    task = DataTask()
    kept = choose_start(task, task.prepare(own_series(WALK)), RidgeSettings(beta=0.123), (0.123,))
    assert kept.start.trainer.beta == 0.123 and "beta" not in kept.words


def test_without_a_reservoir_the_start_is_the_line_through_12_values():
    graph = OwnStart(lags=12, season=23, magnified=4.0).graph()
    assert graph["nvar"].delay == 12 and graph["delay"].steps == 23 and graph["scale"].factor == 4.0
    wires = {(graph.names[edge.source], graph.names[edge.target]) for edge in graph.edges}
    assert wires == {
        ("input", "difference"),
        ("difference", "scale"),
        ("scale", "nvar"),
        ("scale", "delay"),
        ("scale", "reservoir"),
        ("nvar", "readout"),
        ("delay", "readout"),
        ("reservoir", "readout"),
        ("readout", "sum"),
        ("input", "sum"),
    }


def squares_by_the_others(rows, targets):
    """The sum of squared errors of 8 series in five blocks, each told by a ridge readout (beta 1) of the others."""
    squares = 0.0
    for block in ([0], [1, 2], [3], [4, 5], [6, 7]):
        others = [place for place in range(8) if place not in block]
        one, two = (np.concatenate([part[place] for place in others]) for part in (rows, targets))
        centred = one - one.mean(axis=0)
        weights = np.linalg.solve(centred.T @ centred + np.eye(one.shape[1]), centred.T @ (two - two.mean(axis=0)))
        for place in block:
            error = (rows[place] - one.mean(axis=0)) @ weights + two.mean(axis=0) - targets[place]
            squares += float(np.square(error).sum())
    return squares


def test_several_series_are_tried_each_from_rest_and_each_fifth_of_them_is_told_by_the_others():
    random = np.random.default_rng(4)
    parts = [np.cumsum(random.normal(size=(int(length), 1)), axis=0) for length in random.integers(30, 50, 12)]
    task = DataTask()
    data = task.prepare(own_series(parts))
    choice = choose_start(task, data, RidgeSettings(seed=3), (1.0,))
    assert "of series 1 to 8, each told by the others" in choice.words
    x, y = data.pairs(slice(0, data.trained))
    washed, found = data.washed, []
    spread = np.sqrt(np.mean(np.square(np.concatenate([np.diff(one, axis=0, prepend=one[:1]) for one in x]))))
    told = np.concatenate([one[washed:] for one in y])
    for scale in (None, float(f"{1 / spread:.3g}")):
        for drive in (0.03, 0.1, 0.3, 1.0):
            model = Input(1) >> Reservoir(100, leak_rate=1.0, input_scaling=drive)
            runners = [RNNRunner(model, seed=seed, dtype="float64") for seed in (3, 4, 5)]
            for lags in (12, 1):
                squares = 0.0
                for runner in runners:
                    rows, targets = [], []
                    for signal, target in zip(x, y, strict=True):
                        seen = signal if scale is None else np.diff(signal, axis=0, prepend=signal[:1]) * scale
                        rows.append(features_of(seen, 0, runner.predict(seen, reset=True), lags=lags)[washed:])
                        targets.append((target - (0 if scale is None else signal))[washed:])
                    squares += squares_by_the_others(rows, targets)
                found.append(np.sqrt(squares / 3 / told.size / told.var()))
    np.testing.assert_allclose(list(choice.tried.values()), found, rtol=1e-6)


def test_changes_are_taken_where_values_are_better_by_less_than_one_standard_error():
    def moving(kept: float) -> np.ndarray:
        generator, values = np.random.default_rng(0), np.zeros(300)
        for row in range(1, 300):
            values[row] = kept * values[row - 1] + generator.normal()
        return values

    choice = chosen(moving(0.8))
    least = min(choice.tried, key=choice.tried.get)
    assert least.startswith("values") and "Difference" in kinds(choice)
    assert choice.words.endswith(f" Values are better by less than one standard error ({choice.tried[least]:.3g}).")
    clear = chosen(moving(0.0))
    assert "Difference" not in kinds(clear) and "standard error" not in clear.words

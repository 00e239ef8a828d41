"""Kept runs: what comes to rest is kept once, thinned, and can be named, pinned, restored and exported."""

import json
import time
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.results import Curve, Results
from rcwidgets.live.runs.run import overlaid
from rcwidgets.live.runs.runs import MOST, Runs
from rcwidgets.live.trainings.online import OnlineTraining

NOON = datetime(2026, 3, 1, 12)


class Day:
    """A time of day that is a minute later at each look."""

    def __init__(self):
        self.looks = 0

    def __call__(self):
        self.looks += 1
        return NOON + timedelta(minutes=self.looks)


def results(rows=30, losses=0, **changes):
    t = np.arange(float(rows))
    truth = np.stack([np.sin(t), np.cos(t)], axis=1)
    curve = Curve("step", losses, np.linspace(1, 0.5, losses), t[:1], t[:1], "norm of the weights") if losses else None
    made = Results(1, t, "time", truth, truth + 0.5, ("a", "b"), 1, np.zeros(rows, bool), 0.3, 0.1, 0.2, 0.04, seconds=0.25, curve=curve)
    return replace(made, **changes)


def document(radius=0.9, **knobs):
    return Document(Input(2) >> Reservoir(20, spectral_radius=radius, **knobs) >> LinearReadout(2))


@pytest.fixture
def runs():
    told = []
    made = Runs(Day(), lambda: told.append(1))
    made.told = told
    return made


def keep(runs, radius, gesture=None, **changes):
    made = document(radius, seed=1)
    return runs.keep(replace(made, graph=made.graph.used()), made.graph, f"to {radius}", results(**changes), gesture)


@pytest.fixture
def experiment(series, model):
    made = Experiment(model, data=series, now=Day())
    made.wait(60)
    yield made
    made.close()


def changes(experiment):
    return [run.label for run in experiment.runs]


def radius(experiment, value, gesture=None):
    owner = experiment.document.graph.id_of("reservoir")
    experiment.edit([{"op": "set", "owner": owner, "knob": "spectral_radius", "value": value}], gesture)


def test_each_result_at_rest_is_a_run_with_its_change_its_numbers_and_the_time_of_day(experiment):
    experiment.set("trainer", beta=0.5)
    after = experiment.wait(60)
    first, second = experiment.runs
    assert (first.number, first.name, first.label) == (1, "Run 1", "Start")
    assert (second.number, second.name, second.label) == (2, "Run 2", "Ridge beta 0.5, trainer")
    assert (second.train_nrmse, second.test_nrmse, second.test_mse) == (after.train_nrmse, after.test_nrmse, after.test_mse)
    assert (second.at, second.seconds) == (NOON + timedelta(minutes=2), after.seconds)
    assert second.document.trainer.beta == 0.5 and first.document.trainer.beta != 0.5
    np.testing.assert_array_equal(second.forecast, after.forecast.astype(np.float32))
    np.testing.assert_array_equal(second.time, after.time.astype(np.float32))
    assert second.losses.size == 0 and experiment.runs.shown == 2


def test_equal_documents_are_one_run_and_a_moved_node_is_none(experiment):
    radius(experiment, 0.5)
    experiment.wait(60)
    experiment.edit([{"op": "move", "positions": {experiment.document.graph.id_of("reservoir"): [10, 20]}}])
    experiment.wait(60)
    experiment.undo()
    experiment.undo()
    experiment.wait(60)
    assert [run.number for run in experiment.runs] == [1, 2] and experiment.runs.shown == 1
    assert changes(experiment) == ["Start", "Spectral radius 0.5, reservoir"]


def test_a_drag_that_rests_on_its_way_is_one_run(experiment):
    for value in (0.2, 0.3, 0.4):
        radius(experiment, value, "drag")
        experiment.wait(60)
    assert changes(experiment) == ["Start", "Spectral radius 0.4, reservoir"]
    assert experiment.runs[1].document.graph.by_name()["reservoir"].spectral_radius == 0.4
    radius(experiment, 0.6, "another")
    experiment.wait(60)
    assert [run.number for run in experiment.runs] == [1, 2, 3]


def test_only_the_resting_result_of_many_changes_is_kept(experiment):
    for value in np.linspace(0.1, 1.2, 30):
        radius(experiment, float(value))
    experiment.wait(60)
    assert experiment.runs[-1].document.graph.by_name()["reservoir"].spectral_radius == pytest.approx(1.2)
    assert experiment.runs[-1].test_nrmse == experiment.results.test_nrmse
    assert len(experiment.runs) < 30


def test_a_result_that_is_shown_while_a_newer_one_waits_is_not_kept(experiment, monkeypatch):
    compute, heard, seen = experiment._jobs.stages.compute, [], []

    def turned_meanwhile(*arguments):
        for results in compute(*arguments):
            seen.append(results.model["reservoir"].spectral_radius)
            if len(seen) == 1:
                radius(experiment, 0.7, "drag")
            yield results

    monkeypatch.setattr(experiment._jobs.stages, "compute", turned_meanwhile)
    monkeypatch.setattr(experiment._jobs, "clock", lambda: 0.0)  # the hand is never late
    experiment.subscribe(lambda news: heard.append(news) if news == "runs" else None)
    radius(experiment, 0.6, "drag")
    experiment.wait(60)
    assert seen[0] == 0.6 and changes(experiment) == ["Start", "Spectral radius 0.7, reservoir"] and heard == ["runs"]


def test_a_run_of_a_drag_stays_once_it_is_pinned_or_named(runs):
    keep(runs, 0.1, "drag")
    runs.pin(1)
    keep(runs, 0.2, "drag")
    runs.rename(2, "good")
    keep(runs, 0.3, "drag")
    keep(runs, 0.4, "drag")
    assert [(run.name, run.label) for run in runs] == [("Run 1", "to 0.1"), ("good", "to 0.2"), ("Run 3", "to 0.4")]


def test_a_drag_back_to_where_it_began_leaves_no_run_of_its_own(runs):
    keep(runs, 0.1)
    keep(runs, 0.2, "drag")
    keep(runs, 0.1, "drag")
    keep(runs, 0.3, "drag")
    assert [(run.number, run.label) for run in runs] == [(1, "to 0.1"), (2, "to 0.3")]


def test_the_newest_fifty_are_kept_and_the_pinned_ones(runs):
    for k in range(MOST + 10):
        keep(runs, 0.01 * (k + 1))
        if k in (2, 4):
            runs.pin(k + 1)
    assert len(runs) == MOST
    assert [run.number for run in runs] == [3, 5, *range(13, MOST + 11)]
    for run in runs:
        if not run.pinned and sum(other.pinned for other in runs) < MOST:
            runs.pin(run.number)
    keep(runs, 2.0)
    keep(runs, 3.0)
    assert len(runs) == MOST + 1 and runs[-1].label == "to 3.0"
    with pytest.raises(ValueError, match="At most 50 runs can be pinned. Let go of one first."):
        runs.pin(runs[-1].number)


def test_a_name_is_its_own_and_short(runs):
    keep(runs, 0.1)
    keep(runs, 0.2)
    runs.rename(1, "  the   good one ")
    assert runs[0].name == "the good one"
    cases = [
        (2, "the good one", ValueError, "The name of a run must be its own, got 'the good one', which is that of run 1."),
        (2, " ", ValueError, "The name of a run must have 1 to 40 characters, got ' '."),
        (2, "x" * 41, ValueError, "The name of a run must have 1 to 40 characters, got 'x"),
        (2, 3, TypeError, "The name of a run must be a text, got 3."),
        (9, "x", ValueError, "There is no run 9. The newest is run 2."),
        ("1", "x", TypeError, "The number of a run must be a whole number, got '1'."),
    ]
    for number, name, kind, words in cases:
        with pytest.raises(kind, match=words):
            runs.rename(number, name)
    with pytest.raises(TypeError, match="Runs.pin must be given True or False, got 'yes'."):
        runs.pin(1, "yes")
    with pytest.raises(ValueError, match="There is no run 1. There are none yet."):
        Runs(Day(), lambda: None).pin(1)
    assert len(runs.told) == 3


def test_restore_is_one_undoable_edit_and_brings_the_results_back(experiment):
    first = experiment.results
    experiment.set("reservoir", spectral_radius=0.2, leak_rate=0.9)
    second = experiment.wait(60)
    heard = []
    experiment.subscribe(heard.append)
    assert experiment.restore(1) == 3
    again = experiment.wait(60)
    assert again.test_nrmse == first.test_nrmse != second.test_nrmse
    assert experiment.history == ("Restore Run 1", None) and len(experiment.runs) == 2
    assert {"document", "status", "results", "runs"} == set(heard)
    assert experiment.restore(1) == 3 and experiment.history[0] == "Restore Run 1"  # there is nothing to do
    experiment.undo()
    assert experiment.wait(60).test_nrmse == second.test_nrmse
    with pytest.raises(ValueError, match="There is no run 7. The newest is run 2."):
        experiment.restore(7)


def test_restore_brings_task_and_trainer_back_too(experiment):
    before = experiment.document.to_data()
    experiment.choose(trainer="RLS")
    experiment.set("task", horizon=5)
    experiment.restore(1)
    assert experiment.document.to_data() == before and not experiment.iterative
    experiment.undo()
    assert experiment.iterative and experiment.task.horizon == 5


def test_the_exported_code_rebuilds_the_model(experiment):
    code = experiment.code()
    experiment.set("reservoir", units=33)
    experiment.wait(60)
    assert experiment.runs.export(1) == code != experiment.code() == experiment.runs.export(2)
    scope = {"data": np.zeros((400, 2)) + np.sin(np.arange(400.0))[:, None]}
    exec(experiment.runs.export(2), scope)
    assert scope["model"].by_name()["reservoir"].units == 33


def test_a_failed_or_stopped_run_is_none(experiment):
    experiment.set("task", horizon=399)
    experiment.wait(60)
    assert experiment.status.activity == "failed" and len(experiment.runs) == 1


def test_a_training_is_kept_when_it_is_held_and_when_it_ends(series, model, monkeypatch):
    advance = OnlineTraining.advance

    def slowly(self):
        self.longest = 10
        time.sleep(0.02)
        advance(self)

    monkeypatch.setattr(OnlineTraining, "advance", slowly)
    experiment = Experiment(model, data=series, trainer=RLS, now=Day())
    assert len(experiment.runs) == 0
    experiment.step()
    experiment.wait(60)
    (held,) = experiment.runs
    assert held.rows == 0 and np.isnan(held.test_nrmse) and held.forecast.shape == (0, 2)
    np.testing.assert_allclose(held.losses, experiment.results.curve.losses, rtol=1e-6)
    np.testing.assert_array_equal(held.steps, np.arange(1, len(held.losses) + 1))
    radius(experiment, 0.4)
    experiment.run()
    ended = experiment.wait(60)
    assert changes(experiment) == ["Start", "Spectral radius 0.4, reservoir"]
    assert experiment.runs[1].test_nrmse == ended.test_nrmse and experiment.runs[1].losses.size == 252
    assert experiment.runs[1].document.graph.by_name()["reservoir"].spectral_radius == 0.4
    experiment.run()
    experiment.wait(60)
    assert [run.number for run in experiment.runs] == [1, 2]
    experiment.close()


def test_fifty_long_runs_stay_under_50_mb(runs):
    long = results(20_000, 50_000)
    wide = np.tile(long.forecast, (1, 5))
    long = replace(long, truth=wide, forecast=wide, channels=tuple(f"c{k}" for k in range(10)))
    made = document(0.5, seed=1)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for k in range(MOST):
        turned = replace(made, graph=made.graph.replace("reservoir", spectral_radius=0.01 * (k + 1)))
        runs.keep(turned, turned.graph, "turned", replace(long, forecast=wide + k, params={"W": np.zeros((400, 400))}))
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert len(runs) == MOST and 1e6 < taken < 50e6


def test_overlays_are_pinned_runs_of_the_same_channels_horizon_and_rows(runs):
    for k in range(6):
        keep(runs, 0.1 * (k + 1))
    keep(runs, 0.7, horizon=10)
    keep(runs, 0.8, channels=("x", "y"))
    keep(runs, 0.9, rows=29)
    keep(runs, 1.0, part="training")
    for number in (2, 4, 5, 6, 7, 8, 9, 10):
        runs.pin(number)
    assert overlaid(runs, results()) == {
        2: "",
        4: "",
        5: "",
        6: "not drawn: 3 others are",
        7: "not drawn: forecasts 10 steps ahead, the figure 1",
        8: "not drawn: another task",
        9: "not drawn: other test rows",
        10: "not drawn: held before its test",
    }
    assert overlaid(runs, results(horizon=10)) == {
        **dict.fromkeys((2, 4, 5, 6), "not drawn: forecasts 1 step ahead, the figure 10"),
        7: "",
        8: "not drawn: another task",
        9: "not drawn: forecasts 1 step ahead, the figure 10",
        10: "not drawn: held before its test",
    }
    assert set(overlaid(runs, None).values()) == {"not drawn: the figure shows no test part now", "not drawn: held before its test"}


def test_the_table_is_html_with_plain_text_and_a_data_frame(runs):
    keep(runs, 0.1)
    keep(runs, 0.2, part="training", test_nrmse=np.nan)
    runs.rename(1, "<b>&bold")
    text = runs._repr_html_()
    assert "<b>&bold" not in text and "<td>&lt;b&gt;&amp;bold</td>" in text
    assert "".join(f"<th>{name}</th>" for name in ("Task", "Horizon", "Other settings", "Model", "Trainer", "Change", "Test NRMSE")) in text
    assert "<td>Lorenz</td><td>1</td><td></td><td>reservoir 20</td><td>Ridge</td><td>to 0.1</td><td>0.2</td><td></td><td>0.1</td>" in text
    assert "<td>250 ms</td><td>12:01:00</td>" in text and "Question" not in text
    assert repr(runs) == (
        "2 runs:\nRun(1, '<b>&bold': Lorenz, 1 step ahead, reservoir 20, Ridge, test NRMSE 0.2)\n"
        "Run(2, 'Run 2': Lorenz, 1 step ahead, reservoir 20, Ridge, not tested)"
    )
    frame = runs.to_frame()
    assert list(frame.index) == [1, 2] and frame.loc[2, "reservoir.spectral_radius"] == 0.2
    assert frame.loc[1, "Test NRMSE"] == 0.2 and np.isnan(frame.loc[2, "Test NRMSE"]) and frame.loc[1, "Name"] == "<b>&bold"
    assert frame["Time"].iloc[0] == pandas.Timestamp(NOON + timedelta(minutes=1))
    assert frame.loc[2, ["Task", "Horizon", "Model", "Trainer"]].tolist() == ["Lorenz", 1, "reservoir 20", "Ridge"]
    read = json.loads(runs.to_json())
    assert [(one["Number"], one["Task"], one["Horizon"], one["Model"], one["Test NRMSE"]) for one in read] == [
        (1, "Lorenz", 1, "reservoir 20", 0.2),
        (2, "Lorenz", 1, "reservoir 20", None),
    ]
    empty = Runs(Day(), lambda: None)
    assert repr(empty) == "No runs yet." and len(empty.to_frame()) == 0 and empty.to_json() == "[]" and empty.best() is None


def asked(runs, radius, error, **task):
    made = replace(document(radius, seed=1), task=LorenzTask(**task))
    return runs.keep(made, made.graph, f"to {radius}", results(test_nrmse=error))


def test_runs_are_compared_within_one_question(runs):
    for radius, error, task in [
        (0.1, 0.3, {}),
        (0.2, 0.01, {"horizon": 10}),
        (0.3, 0.2, {}),
        (0.4, 0.02, {"horizon": 10}),
        (0.5, 0.001, {"train": 4000}),
        (0.6, np.nan, {}),
    ]:
        asked(runs, radius, error, **task)
    keys = [run.question.key for run in runs]
    assert [keys.index(key) for key in keys] == [0, 1, 0, 1, 4, 0]
    assert runs.best_numbers() == {2, 3}  # of the one run of the last question there is nothing to say
    assert runs.best().number == 3 and runs.best(keys[1]).number == 2 and runs.best(keys[4]).number == 5
    frame = runs.to_frame()
    assert frame["Best"].tolist() == [False, True, True, False, False, False]
    assert frame["Other settings"].tolist() == ["", "", "", "", "Training part 4,000", ""]
    assert frame.groupby("Question", sort=False)["Test NRMSE"].min().tolist() == [0.2, 0.01, 0.001]
    header, rows = runs.table()
    assert [row[0] for row in rows] == [1, 3, 6, 2, 4, 5] and rows[2][header.index("Test NRMSE")] == ""
    assert repr(runs).splitlines()[0] == "6 runs, the newest:" and len(repr(runs).splitlines()) == 4


def test_a_run_of_other_test_rows_or_another_split_is_not_drawn_over_the_figure(experiment):
    experiment.runs.pin(1)
    experiment.set("task", normalise=False)
    found = experiment.wait(60)
    assert overlaid(experiment.runs, found) == {1: "not drawn: another question: Your data, 1 step ahead"}
    experiment.set("task", normalise=True)
    assert overlaid(experiment.runs, experiment.wait(60)) == {1: ""}


def test_it_is_a_read_only_sequence(runs):
    made = keep(runs, 0.1)
    assert list(runs) == [runs[0]] == [made] and runs[-1:] == (made,) and made in runs
    with pytest.raises(TypeError):
        runs[0] = made

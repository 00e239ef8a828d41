"""The split of the data: its rows, how far its borders may move, and what moving one changes."""

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.document.edits import EditError
from rcwidgets.core.tasks import DataTask, LorenzTask, own_series
from rcwidgets.live.session.split import split_of


@pytest.fixture
def experiment():
    series = np.sin(np.arange(200.0) / 3)
    made = rc.Experiment(rc.Input() >> rc.Reservoir(10, seed=0) >> rc.LinearReadout(), data=series, auto=False)
    yield made
    made.close()


def knobs(experiment):
    return experiment.task.warmup, experiment.task.train


def test_the_split_has_all_rows_and_those_of_each_part():
    split = split_of(LorenzTask(horizon=100), None)
    assert (split.rows, split.warmup, split.train, split.test, split.end) == (10_000, 2_000, 6_000, 1_900, 9_900)
    assert split.channels == ("x", "y", "z") and split.values.shape == (10_000, 3) and split.problem == ""
    assert [(border.row, border.low, border.high) for border in split.borders] == [(2_000, 0, 7_990), (8_000, 2_010, 9_898)]


def test_empty_knobs_are_split_as_the_task_does(experiment):
    assert knobs(experiment) == (None, None)
    split = experiment.split
    assert (split.warmup, split.train, split.test) == (20, 126, 53)


def test_the_first_border_leaves_the_test_part_where_it_is_and_the_second_moves_train_alone(experiment):
    before = experiment.split
    assert experiment.move_border(0, 50) == 2
    assert knobs(experiment) == (50, 96) and experiment.split.test == before.test
    assert experiment.move_border(1, 100) == 3
    assert knobs(experiment) == (50, 50) and experiment.split.test == 99
    assert experiment.history[0] == "Set Training part of the task"
    experiment.undo()
    experiment.undo()
    assert knobs(experiment) == (None, None)


def test_the_second_border_leaves_a_computed_warm_up_computed(experiment):
    experiment.move_border(1, 100)
    assert knobs(experiment) == (None, 80) and experiment.split.warmup == 20


def test_a_gesture_is_one_undo_and_the_results_follow(experiment):
    experiment.resume()
    experiment.wait(60)
    for row in (30, 40, 60):
        experiment.move_border(0, row, "drag")
    results = experiment.wait(60)
    assert (results.data.warmup, results.data.train) == (60, 86) and len(results.truth) == 53
    experiment.undo()
    assert knobs(experiment) == (None, None)


@pytest.mark.parametrize(
    ("border", "row", "words"),
    [
        (
            0,
            137,
            "Split.row must be from 0 to 136 where warm-up ends, got 137. Training needs 10 rows, and testing 2 beside the 1 of the horizon.",
        ),
        (0, -1, "Split.row must be from 0 to 136 where warm-up ends, got -1."),
        (1, 29, "Split.row must be from 30 to 197 where training ends, got 29."),
        (1, 198, "Split.row must be from 30 to 197 where training ends, got 198."),
        (2, 50, "Split.border must be 0 (the end of the warm-up) or 1 (the end of the training part), got 2."),
    ],
)
def test_a_row_out_of_reach_is_refused_in_words_and_changes_nothing(experiment, border, row, words):
    with pytest.raises(ValueError) as error:
        experiment.move_border(border, row)
    assert str(error.value).startswith(words)
    assert knobs(experiment) == (None, None) and experiment.revision == 1


def test_both_ends_of_the_reach_can_be_run(experiment):
    for border in (0, 1):
        for row in (experiment.split.borders[border].low, experiment.split.borders[border].high):
            experiment.move_border(border, row)
            assert experiment.split.problem == ""
            experiment.undo()


def test_a_split_that_the_task_refuses_is_refused_before_it_is_made():
    series = np.concatenate([np.sin(np.arange(150.0)), np.zeros(50)])
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(10) >> rc.LinearReadout(), data=series, auto=False)
    with pytest.raises(ValueError, match="is constant in the test part"):
        experiment.move_border(1, 160)
    assert experiment.revision == 1
    experiment.close()


def test_an_impossible_split_can_be_moved_back(experiment):
    experiment.set("task", warmup=150, train=500)
    split = experiment.split
    assert "too few rows" in split.problem and (split.test, split.borders[1].row) == (0, 200)
    experiment.move_border(1, 180)
    assert knobs(experiment) == (150, 30) and experiment.split.problem == ""


def test_a_task_without_data_has_no_rows_and_says_so():
    split = split_of(DataTask(), None)
    assert split.rows == 0 and split.problem.startswith("This task needs data of your own.")


def test_a_tiny_series_has_borders_that_cannot_move():
    split = split_of(DataTask(), own_series(np.arange(5.0)))
    assert split.problem and all(border.low <= border.high for border in split.borders)


def test_a_closed_experiment_takes_no_border(experiment):
    experiment.close()
    with pytest.raises((RuntimeError, EditError), match="closed"):
        experiment.move_border(0, 50)

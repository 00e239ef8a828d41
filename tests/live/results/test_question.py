"""The question that results answer: the same words and key for the same task, horizon, data and split alone."""

import numpy as np
import pytest

from rcwidgets.core.tasks import DataTask, LorenzTask, MackeyGlassTask, NarmaTask, own_series
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.question import question

WAVE = np.stack([np.sin(np.arange(300) / 5), np.cos(np.arange(300) / 7)], axis=1)


def asked(task, data=None):
    own = None if data is None else own_series(data)
    return question(task, task.prepare(own))


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (LorenzTask(), "Lorenz, 1 step ahead"),
        (LorenzTask(horizon=1200), "Lorenz, 1,200 steps ahead"),
        (LorenzTask(train=4000, normalise=True), "Lorenz, 1 step ahead (Training part 4,000, Standardise on)"),
        (MackeyGlassTask(tau=30), "Mackey-Glass, 10 steps ahead (Delay tau 30)"),
        (NarmaTask(), "NARMA, at the same step"),
        (DataTask(inputs=["a"], targets=["b", "c"]), "Your data, 1 step ahead (a to b, c)"),
        (DataTask(inputs=["a"]), "Your data, 1 step ahead (a to all)"),
    ],
)
def test_a_question_is_told_in_a_few_words(task, words):
    assert question(task).words == words


@pytest.mark.parametrize("changes", [{"horizon": 2}, {"train": 5000}, {"warmup": 100}, {"normalise": True}])
def test_another_horizon_split_or_scale_is_another_question(changes):
    assert asked(LorenzTask()).key == asked(LorenzTask()).key != asked(LorenzTask(**changes)).key


def test_other_data_under_the_same_name_are_another_question():
    one, other = asked(DataTask(), WAVE), asked(DataTask(), WAVE + 1)
    assert one.words == other.words == "Your data, 1 step ahead" and one.key != other.key
    assert one == asked(DataTask(), WAVE.copy())
    assert asked(DataTask(inputs=["channel 1"]), WAVE).key != one.key


def test_a_part_that_is_by_itself_is_that_of_as_many_rows():
    split = DataTask().split(len(WAVE))
    said = DataTask(warmup=split[0], train=split[1])
    assert asked(DataTask(), WAVE) == asked(said, WAVE)
    assert asked(DataTask(warmup=5), WAVE).changes == "Warm-up 5"


def test_a_file_is_called_by_its_name_and_results_know_their_question(tmp_path):
    path = tmp_path / "waves.csv"
    path.write_text("a,b\n" + "\n".join(f"{a},{b}" for a, b in WAVE))
    experiment = Experiment(data=path)
    found = experiment.wait(60).question
    assert found.words == "waves.csv, 1 step ahead" and found.key == experiment.results.question.key
    experiment.set("task", horizon=3)
    assert experiment.wait(60).question.words == "waves.csv, 3 steps ahead"
    experiment.close()

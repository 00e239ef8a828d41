"""What a lesson checks."""

import math
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import rcwidgets as rc
from rcwidgets.classroom import SEEDS, UnkeptWarning, check, seed
from rcwidgets.live.experiment import Experiment


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Experiment]:
    """Sunspots with 50 units, kept in a file."""
    made = Experiment(task="sunspots", file=tmp_path_factory.mktemp("lesson") / "lesson.json")
    made.wait()
    yield made
    made.close()


def measured(experiment: Experiment, name: str) -> float:
    """A metric of the test part."""
    assert experiment.metrics is not None
    return experiment.metrics[name].test


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """A warning that nobody expects fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnkeptWarning)
        yield


def test_bounds_that_hold_say_nothing(trained: Experiment) -> None:
    check(trained, nrmse=measured(trained, "nrmse"), r2=0.5, units=50, trained_weights=1000, valid_prediction_time=0)


def test_each_bound_that_fails_has_a_sentence(trained: Experiment) -> None:
    with pytest.raises(AssertionError) as caught:
        check(trained, nrmse=0.01, units=10, r2=0.99, mse=1e9)
    lines = [
        "The model must have at most 10 units, and has 50.",
        f"NRMSE must be at most 0.01, and is {measured(trained, 'nrmse'):.3g}.",
        f"R² must be at least 0.99, and is {measured(trained, 'r2'):.3g}.",
    ]
    assert str(caught.value) == " ".join(lines)


def test_the_valid_time_is_measured_when_it_is_asked_for(trained: Experiment) -> None:
    with pytest.raises(AssertionError, match=r"Valid prediction time must be at least 1,?000, and is [\d.]+\.$"):
        check(trained, valid_prediction_time=1000)


def test_units_are_those_of_all_layers(tmp_path: Path) -> None:
    a, b = rc.Reservoir(30), rc.GRU(20)
    source = rc.Input()
    made = Experiment([source >> a, source >> b] >> rc.LinearReadout(), task="sunspots", file=tmp_path / "a.json", auto=False)
    with pytest.raises(AssertionError, match=r"^The model must have at most 49 units, and has 50\. There are no results: "):
        check(made, units=49)
    made.close()


def test_results_of_another_model_do_not_count(trained: Experiment) -> None:
    trained.pause()
    trained.set("reservoir", units=60)
    try:
        with pytest.raises(AssertionError, match=r"^The results are of the last model: .*, and not of the model as it stands\. Press Run"):
            check(trained, nrmse=9)
    finally:
        trained.undo()
        trained.resume()
        trained.wait()
    check(trained, nrmse=9)


def test_a_model_that_cannot_train_fails_with_its_reason(tmp_path: Path) -> None:
    made = Experiment(rc.Graph(), file=tmp_path / "a.json")
    with pytest.raises(AssertionError, match=r"^There are no results: .*empty.*[^.]\.$"):
        check(made, nrmse=1)
    made.close()


def test_a_bound_of_nothing_is_refused(trained: Experiment) -> None:
    with pytest.raises(ValueError, match=r"check must bound units or one of nrmse, .*got nrms\."):
        check(trained, nrms=1)


@pytest.mark.parametrize(
    ("bounds", "error", "words"),
    [
        ({}, ValueError, "check must be given a bound, got none"),
        ({"nrmse": "0.1"}, TypeError, "check.nrmse must be a number, got '0.1'"),
        ({"nrmse": True}, TypeError, "check.nrmse must be a number, got True"),
        ({"units": None, "nrmse": None}, TypeError, "check.nrmse must be a number, got None"),
        ({"nrmse": float("nan")}, ValueError, "check.nrmse must be a finite number, 0 or more, got nan"),
        ({"units": -1}, ValueError, "check.units must be a finite number, 0 or more, got -1"),
        ({"r2": float("inf")}, ValueError, "check.r2 must be a finite number, got inf"),
    ],
)
def test_a_bound_that_is_none_is_refused(trained: Experiment, bounds: dict, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        check(trained, **bounds)


def test_what_has_not_been_tested_yet_does_not_pass(tmp_path: Path) -> None:
    made = Experiment(rc.Input() >> rc.Reservoir(20) >> rc.LinearReadout(), trainer=rc.RLS, file=tmp_path / "a.json")
    made.step()
    made.wait()
    assert math.isnan(measured(made, "nrmse"))
    with pytest.raises(AssertionError, match=r"^NRMSE must be at most 1,?000, and is not known\."):
        check(made, nrmse=1000)
    made.close()


def test_a_playground_is_checked_and_warned_of_where_nothing_keeps_its_moves(tmp_path: Path) -> None:
    play = rc.Playground(task="sunspots")
    try:
        with pytest.warns(UnkeptWarning, match=r'Write rc\.Playground\(file="lesson\.json"\)'):
            rc.classroom.check(play, nrmse=1)
    finally:
        play.close()
    kept = rc.Playground(task="sunspots", file=tmp_path / "a.json")
    try:
        rc.classroom.check(kept, nrmse=1)
    finally:
        kept.close()


def test_a_seed_is_the_students_own_and_the_same_everywhere() -> None:
    assert seed("Ada Lovelace") == seed("  ada   LOVELACE ") == 1470960157
    assert seed("Ada Lovelace") != seed("Alan Turing")
    assert len({seed(str(number)) for number in range(1000)}) == 1000
    assert all(0 <= seed(str(number)) < SEEDS for number in range(100))
    rc.Reservoir(5, seed=seed("Ada Lovelace"))


@pytest.mark.parametrize(("name", "error"), [("", ValueError), ("  ", ValueError), (3, TypeError), (None, TypeError)])
def test_what_is_no_name_is_refused(name: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"seed\.name must"):
        seed(name)  # type: ignore[arg-type]

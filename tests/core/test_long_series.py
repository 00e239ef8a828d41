"""Series that do not fit in memory: read a block at a time, with the numbers of arrays in memory."""

import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from rcwidgets.core import long_series, metrics
from rcwidgets.core.nodes import NVAR, Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.online import long_fit, recursive
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning

ROWS = 3000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Series count as long from 1,000 numbers on, and are read 500 at a time."""
    monkeypatch.setattr(long_series, "LOADED", 1000)
    monkeypatch.setattr(long_series, "BLOCK", 500)


@pytest.fixture(scope="module")
def series() -> np.ndarray:
    """Two channels (time, 2)."""
    t = np.arange(ROWS + 1)
    noise = np.random.default_rng(0).normal(size=(ROWS + 1, 2))
    return np.stack([np.sin(t / 5), np.cos(t / 7) + 0.3 * np.sin(t / 3)], axis=1) + 0.01 * noise


class Sliced:
    """What has a length, a shape and slices, and nothing else; tells how much was asked for at most."""

    def __init__(self, array: np.ndarray) -> None:
        self._array, self.shape, self.dtype, self.most = array, array.shape, array.dtype, 0

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, rows: slice) -> np.ndarray:
        found = self._array[rows]
        self.most = max(self.most, len(found))
        return found


class Filled(Sliced):
    """What slices are put into, too."""

    def __setitem__(self, rows: slice, block: np.ndarray) -> None:
        self._array[rows] = block


class Again:
    """Blocks that can be begun anew."""

    def __init__(self, array: np.ndarray, length: int) -> None:
        self._array, self._length = array, length

    def __iter__(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self._array), self._length):
            yield self._array[start : start + self._length]


def mapped(array: np.ndarray, folder: Path) -> np.memmap:
    """On disk."""
    np.save(folder / "x.npy", array)
    return np.load(folder / "x.npy", mmap_mode="r")


def hdf5(array: np.ndarray, folder: Path) -> Any:
    return h5py.File(folder / "x.h5", "w").create_dataset("x", data=array)


KINDS: dict[str, Callable[[np.ndarray, Path], Any]] = {
    "memory-mapped": mapped,
    "HDF5": hdf5,
    "slices": lambda array, _: Sliced(array),
    "blocks": lambda array, _: Again(array, 170),
    "iterator": lambda array, _: iter(Again(array, 170)),
    "long blocks": lambda array, _: Again(array, 1700),
}


def model(units: int = 30, **knobs: Any):
    return Input(2) >> Reservoir(units, seed=0, **knobs) >> LinearReadout(2)


def looped():
    reservoir, readout = Reservoir(20, seed=0, noise=1e-3, feedback_scaling=0.3), LinearReadout(2)
    return (Input(2) >> reservoir >> readout) & (reservoir << readout)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_and_a_forecast_are_those_of_arrays(series: np.ndarray, tmp_path: Path, kind: str) -> None:
    x, y = series[:-1], series[1:]
    whole = RidgeTrainer(model(), beta=1e-3).fit([x, y])
    long = RidgeTrainer(model(), beta=1e-3).fit([KINDS[kind](x, tmp_path), y if kind != "HDF5" else Sliced(y)])
    np.testing.assert_allclose(long.params["readout"]["W"], whole.params["readout"]["W"], rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(long.generate(20), whole.generate(20), atol=1e-4)
    told = long.predict(KINDS[kind](x, tmp_path), reset=True)
    np.testing.assert_allclose(np.asarray(told), np.asarray(long.predict(x, reset=True)), atol=1e-6)


def test_no_more_than_a_block_is_asked_for(series: np.ndarray) -> None:
    x, y = Sliced(series[:-1]), Sliced(series[1:])
    out = Filled(np.zeros((ROWS, 2), np.float32))
    trainer = RidgeTrainer(model(), beta=1e-3).fit([x, y])
    done: list[tuple[int, int | None]] = []
    assert trainer.predict(x, reset=True, out=out, progress=lambda *told: done.append(told)) is out
    assert x.most == y.most == 250
    assert done == [(k, ROWS) for k in range(250, ROWS + 1, 250)]
    np.testing.assert_array_equal(out[:], trainer.predict(x, reset=True))


@pytest.mark.parametrize("trainer", [RidgeTrainer, LinearTrainer])
def test_delays_feedback_and_noise_go_on_across_the_seams(series: np.ndarray, trainer: type) -> None:
    source, readout = Input(2), LinearReadout(2)
    reservoir = Reservoir(20, seed=0, noise=1e-3, feedback_scaling=0.3)
    graph = [source >> reservoir, source >> NVAR(delay=3, order=1)] >> readout & (reservoir << readout)
    x, y = series[:-1], series[1:]
    whole, long = trainer(graph, dtype="float64"), trainer(graph, dtype="float64")
    for one in (whole, long):
        one.predict(x[:100])
    whole.fit([x[100:], y[100:]])
    long.fit([Again(x[100:], 170), Again(y[100:], 170)])
    np.testing.assert_allclose(long.params["readout"]["W"], whole.params["readout"]["W"], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(np.asarray(long.predict(Again(x[:50], 20))), np.asarray(whole.predict(x[:50])), atol=1e-8)


def test_pairs_in_one_iterator_and_targets_with_gaps(series: np.ndarray) -> None:
    x, y = series[:-1], series[1:].copy()
    y[[5, 300, 1999]] = np.nan
    with pytest.warns(UserWarning):
        whole = RidgeTrainer(model(), beta=1e-3).fit([x, y], gaps="drop")
    blocks = ([x[start : start + 170], y[start : start + 170]] for start in range(0, ROWS, 170))
    with pytest.warns(UserWarning):
        long = RidgeTrainer(model(), beta=1e-3).fit(blocks, gaps="drop")
    np.testing.assert_allclose(long.params["readout"]["W"], whole.params["readout"]["W"], rtol=1e-3, atol=1e-5)


ONLINE: dict[str, Callable[[], Any]] = {
    "RLS in blocks": lambda: RLS(model(units=recursive.WIDEST), forgetting=0.999),
    "RLS": lambda: RLS(looped(), alpha=0.1),
    "FORCE": lambda: FORCELearning(looped(), dtype="float32"),
    "LMS": lambda: LMS(model()),
}


@pytest.mark.parametrize("kind", ONLINE)
def test_what_learns_at_every_step_learns_the_bits_of_arrays(series: np.ndarray, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(long_fit, "MOST_STEPS", 192)
    x, y = series[:-1], series[1:].copy()
    y[400:800] = np.nan  # a whole block of them
    whole, long = ONLINE[kind](), ONLINE[kind]()
    done: list[tuple[int, int | None]] = []
    for one in (whole, long):
        one.predict(x[:50])
    taught = x[50:], y[50:]
    drop: Any = {"gaps": "drop"} if kind in ("LMS", "FORCE") else {}
    if not drop:
        taught = x[50:], series[51:]
    with pytest.warns(UserWarning, match="400 of 2,950 rows") if drop else nullcontext():
        whole.fit([*taught], **drop)
    with pytest.warns(UserWarning, match="400 of 2,950 rows") if drop else nullcontext():
        long.fit([Again(taught[0], 170), Again(taught[1], 170)], progress=lambda *told: done.append(told), **drop)
    for name, own in whole.held.memory.items():
        for key, value in own.items():
            np.testing.assert_array_equal(long.held.memory[name][key], value, err_msg=key)
    np.testing.assert_array_equal(long.predict(x[:50]), whole.predict(x[:50]))
    losses = [np.nanmean(part) for part in np.split(whole.train_losses, range(192, 2950, 192)) if not np.isnan(part).all()]
    np.testing.assert_allclose(long.train_losses[~np.isnan(long.train_losses)], losses, rtol=1e-12)
    assert done[-1] == (2950, None) and len(done) > 3


def test_several_series_are_cut_along_time(series: np.ndarray, tmp_path: Path) -> None:
    both = np.stack([series, 0.5 * series[::-1], series + 0.1])
    x, y = both[:, :-1], both[:, 1:]
    for trainer in (lambda: RidgeTrainer(model(), beta=1e-3), lambda: LMS(model())):
        whole = trainer().fit([x, y])
        long = trainer().fit([hdf5(x, tmp_path), mapped(y, tmp_path)])
        np.testing.assert_allclose(long.params["readout"]["W"], whole.params["readout"]["W"], rtol=1e-3, atol=1e-5)
        told = np.asarray(whole.predict(x, reset=True))
        out = np.zeros((3, ROWS, 2), np.float32)
        whole.predict(hdf5(x, tmp_path), reset=True, out=out)
        np.testing.assert_allclose(out, told, atol=1e-6)
        assert math.isclose(metrics.nrmse(hdf5(out, tmp_path), y), metrics.nrmse(told, y), rel_tol=1e-6)
    with pytest.raises(ValueError, match=r"y must be \(batch, time, features\) as x is, \(3, 3000, 2\)"):
        whole.fit([hdf5(x, tmp_path), y[0]])
    with pytest.raises(ValueError, match=r"out must be an array \(batch, time, features\) \(3, 3000, 2\)"):
        whole.predict(hdf5(x, tmp_path), out=np.zeros((3, ROWS)))


def test_pieces_of_a_long_series_are_learned_by_gradient_as_those_in_memory(series: np.ndarray, tmp_path: Path) -> None:
    def bptt() -> BPTT:
        return BPTT(
            Input(2) >> VanillaRNN(5, activation="tanh", seed=0) >> Dense(2), num_train=2, num_batch=16, window=40, washout=10, patience=3
        )

    x, y = Sliced(series[:-1]), hdf5(series[1:], tmp_path)
    whole, long = bptt().fit((series[:-1], series[1:]), num_report=0), bptt().fit((x, y), num_report=0)
    np.testing.assert_array_equal(long.train_losses, whole.train_losses)
    np.testing.assert_array_equal(long.test_losses, whole.test_losses)
    assert x.most == 40, "a piece is read at a time"
    several = np.stack([series[k : k + 300] for k in range(0, 2100, 300)])
    whole = bptt().fit((several[:, :-1], several[:, 1:]), num_report=0)
    long = bptt().fit((mapped(several[:, :-1], tmp_path), several[:, 1:]), num_report=0)
    np.testing.assert_array_equal(long.train_losses, whole.train_losses)
    with pytest.raises(TypeError, match=r"goes over the rows again and again, in any order"):
        bptt().fit((Again(series[:-1], 170), Again(series[1:], 170)))
    with pytest.raises(ValueError, match=r"BPTT.window must be less than the 3,000 rows"):
        BPTT(bptt().model, window=None).fit((x, y))
    bad = series[:-1].copy()
    bad[1234, 1] = np.nan
    with pytest.raises(ValueError, match=r"x must be finite, got nan in row 1234, column 1"):
        bptt().fit((Sliced(bad), y), num_report=0)


def test_what_would_fill_the_memory_is_said_before(series: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rcwidgets.core.series.MOST_LOADED", 10_000)
    with pytest.raises(ValueError, match=r"x\['input'\] would take 0.0 GB of memory, and is needed here as a whole"):
        RidgeTrainer(model()).fit([series[:10], series[1:11]]).predict({"input": Sliced(series)})


def test_what_cannot_be_read_so_is_said(series: np.ndarray, tmp_path: Path) -> None:
    x, y = series[:-1], series[1:]
    bad = x.copy()
    bad[777, 1] = np.inf
    trainer = RidgeTrainer(model(), beta=1e-3)
    with pytest.raises(ValueError, match=r"x must be finite, got inf in row 777, column 1"):
        trainer.fit([Sliced(bad), y])
    with pytest.raises(ValueError, match=r"x and y must have the same rows, got 3,000 for x and 2,999 for y"):
        trainer.fit([Sliced(x), y[:-1]])
    with pytest.raises(ValueError, match=r"y must have the rows of the others, got 3,000 rows for 2,990"):
        trainer.fit([Again(x[:-10], 170), y])
    with pytest.raises(ValueError, match=r"must have as many blocks"):
        trainer.fit([Again(x, 170), Again(y[:-200], 170)])
    with pytest.raises(TypeError, match=r"Blocks to fit must be \[x, y\], got ndarray"):
        trainer.fit(iter(Again(x, 170)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"must not be empty"):
        trainer.fit(iter(()))
    with pytest.raises(ValueError, match=r"beta can be chosen of rows in memory alone"):
        RidgeTrainer(model(), beta="auto").fit([Sliced(x), y])
    with pytest.raises(ValueError, match=r"takes no sample_weight"):
        trainer.fit([Sliced(x), y], sample_weight=np.ones(ROWS))
    with pytest.raises(ValueError, match=r"These blocks can be read once"):
        RidgeTrainer(model(), beta=0.0).fit([iter(Again(x * 1e-9, 170)), y])
    with pytest.raises(ValueError, match=r"takes no monitors"):
        trainer.predict(Sliced(x), monitors=["reservoir.state"])


def test_a_forecast_that_fails_leaves_the_state(series: np.ndarray) -> None:
    bad = series.copy()
    bad[2000] = np.nan
    trainer = RidgeTrainer(model(), beta=1e-3).fit([series[:-1], series[1:]])
    before = trainer.held
    with pytest.raises(ValueError, match=r"row 2000"):
        trainer.predict(Sliced(bad))
    assert trainer.held is before
    with pytest.raises(ValueError, match=r"out must be an array \(time, features\) \(3001, 2\), got \(3000, 2\)"):
        trainer.predict(Sliced(series), out=np.zeros((3000, 2)))
    with pytest.raises(ValueError, match=r"out must be an array \(time, features\) \(10, 2\), got \(10, 3\)"):
        trainer.predict(series[:10], out=np.zeros((10, 3)))
    assert trainer.held is before


@pytest.mark.parametrize("metric", ["mse", "rmse", "mae", "nmse", "nrmse", "r2"])
def test_metrics_of_blocks_are_those_of_arrays(series: np.ndarray, metric: str) -> None:
    own = getattr(metrics, metric)
    p = series[:-1] + 1e6
    t = (series[1:] + 1e6).copy()
    assert math.isclose(own(Sliced(p), t), own(p, t), rel_tol=1e-9)
    assert math.isclose(own(Again(p, 170), Again(t, 170)), own(p, t), rel_tol=1e-9)
    t[3] = np.nan
    assert math.isnan(own(Sliced(p), Sliced(t)))
    assert math.isclose(own(Sliced(p), Sliced(t), gaps="drop"), own(p, t, gaps="drop"), rel_tol=1e-9)
    with pytest.raises(ValueError, match=rf"{metric}\.predictions and {metric}\.targets must have the same rows"):
        own(Sliced(p), t[:-1])
    if metric in ("nmse", "nrmse", "r2"):
        with pytest.raises(ValueError, match=r"targets must vary, got the constant 2 in channel 0"):
            own(Sliced(p), np.full_like(t, 2.0))

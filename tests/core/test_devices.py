"""The devices that JAX computes on, and rows that are spread over several: the numbers are those of one device."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.cores import cores

COUNT = 4
# Lanes, batches and seeds, by whatever devices there are; writes what they gave, and on how many devices the states were.
WORK = """
import json, sys
import jax, numpy as np, rcwidgets as rc
from rcwidgets.core.model import program as programs
used, now, run = {}, "", programs.run
def seen(*given, **options):
    state, *rest = run(*given, **options)
    used.setdefault(now, set()).update(device.id for leaf in jax.tree.leaves(state.nodes) for device in leaf.devices())
    return state, *rest
programs.run = seen
t = np.arange(1201)
x = np.stack([np.sin(t / (4 + k)) for k in range(8)])[..., None]
def model(): return rc.Input(1) >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(1)
found = {}
now = "batch"
ridge = rc.RidgeTrainer(model(), beta=1e-3).fit([x[:, :-1], x[:, 1:]])
found["batch"] = ridge.predict(x[:, :200], reset=True)
now = "lanes"
lanes = rc.Lanes(rc.RidgeTrainer(model(), beta=1e-3), {"reservoir.spectral_radius": np.linspace(0.2, 1.2, 8)})
found["lanes"] = lanes.fit([x[0, :-1], x[0, 1:]]).predict(x[0, :200], reset=True)
now, pair = "sweep", [x[0, :-1], x[0, 1:]]
free = rc.RidgeTrainer(rc.Input(1) >> rc.Reservoir(20) >> rc.LinearReadout(1))
found["sweep"] = rc.sweep(free, pair, {"reservoir.spectral_radius": np.linspace(0.3, 0.9, 8), "beta": [1e-6, 1e-3]}, seeds=(0, 1)).errors
now = "search"
space = {"reservoir.spectral_radius": (0.2, 1.2), "beta": [1e-3, 1e-2]}
study = rc.search(free, pair, space, trials=8, baseline=False).study
found["search"] = np.array([trial.value for trial in study.trials])
programs.run = run
rnn = rc.BPTT(rc.Input(1) >> rc.VanillaRNN(10, seed=0) >> rc.Dense(1), num_batch=8, num_train=2)
rnn.fit([x[:, :50], x[:, 1:51]])
found["bptt"] = rnn.train_losses
found["bptt told"] = rnn.predict(x[:3, :50], reset=True)
print(len(rc.devices()), rc.devices().in_words, json.dumps({name: len(found) for name, found in used.items()}), sep="|")
np.savez(sys.argv[1], **found)
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[str, dict[str, np.ndarray]]]:
    """What one device and several gave, by their number."""
    folder, found = tmp_path_factory.mktemp("devices"), {}
    for count in (1, COUNT):
        path = Path(folder, f"{count}.npz")
        # PJRT_NPROC: with fewer threads than devices XLA's CPU client waits for itself (jaxlib 0.10).
        flags = {"XLA_FLAGS": f"--xla_force_host_platform_device_count={count}", "PJRT_NPROC": "8"}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", WORK, path], env={**os.environ, **flags}, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found[count] = done.stdout.strip(), dict(np.load(path))
    return found


def test_rows_are_spread_over_all_devices(told: dict) -> None:
    assert told[1][0].startswith("1|CPU, ")
    assert told[COUNT][0].startswith(f"{COUNT}|{COUNT} CPU|")
    for count, (words, _) in told.items():
        used = json.loads(words.split("|")[2])
        assert {used[what] for what in ("batch", "lanes", "sweep", "search")} == {count}


@pytest.mark.parametrize("what", ["batch", "lanes", "sweep", "search", "bptt", "bptt told"])
def test_the_numbers_are_those_of_one_device(told: dict, what: str) -> None:
    one, several = told[1][1][what], told[COUNT][1][what]
    assert one.size and np.isfinite(one).all()
    np.testing.assert_allclose(several, one, rtol=0, atol=1e-6 * max(1.0, np.abs(one).max()))


def test_devices_are_a_table() -> None:
    found = rc.devices()
    assert [one.number for one in found] == [one.id for one in jax.devices()]
    cpu = f"CPU, {cores()} core{'s' * (cores() > 1)}"
    assert found.in_words == (cpu if jax.default_backend() == "cpu" else jax.default_backend().upper())
    assert (found[0].used_for, found[0].platform) == ("everything", jax.default_backend())
    assert len(found.to_frame()) == len(found)
    assert repr(found).startswith("device  kind") and "<td" in found._repr_html_()
    assert found[0].cores is None or found[0].cores >= 1

"""A search of 200 trials in lanes against Optuna's own loop that fits and predicts them one by one, and against its peers.

Run `python -m benchmarks.search`, which takes some five minutes. The tutorial's echo state network on Lorenz; radius, leak rate, input
scaling and beta. Both sides have the same sampler, seeds, rows and number of trials, in one process, in turn. ReservoirPy's
`research` is run where hyperopt is there (`pip install reservoirpy hyperopt`), and ResDAG's `run_hpo` by a Python of its own that has it
(`pip install "resdag[hpo]"`): `python -m benchmarks.search PYTHON`.
"""

import json
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import optuna

from rcwidgets.core.metrics import nrmse
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.search.search import search
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.held_out import fitted_rows

WARMUP, TRAIN, UNITS, TRIALS, STUDIES = 500, 2500, 400, 200, 5
SPACE = {
    "reservoir.spectral_radius": (0.2, 1.4),
    "reservoir.leak_rate": (0.1, 1.0),
    "reservoir.input_scaling": (0.01, 1.0),
    "beta": (1e-9, 1.0),
}
BAR, WORSE, PEER, FEW = 0.35, 1.05, 8.0, 16  # FEW trials of the peer
MODEL = Input(3) >> Reservoir(UNITS, name="reservoir") >> LinearReadout(3)


def looped(x: np.ndarray, y: np.ndarray, warmup: np.ndarray, trials: int, seed: int) -> float:
    """The least error of Optuna's loop, whose trials are fitted one by one."""
    cut = fitted_rows(len(x))

    def objective(trial: optuna.Trial) -> float:
        own = {
            "spectral_radius": trial.suggest_float("reservoir.spectral_radius", 0.2, 1.4),
            "leak_rate": trial.suggest_float("reservoir.leak_rate", 0.1, 1.0, log=True),
            "input_scaling": trial.suggest_float("reservoir.input_scaling", 0.01, 1.0, log=True),
        }
        beta = trial.suggest_float("beta", 1e-9, 1.0, log=True)
        trainer = RidgeTrainer(MODEL.replace("reservoir", **own), beta=beta, parallel="off")
        trainer.predict(warmup)
        trainer.fit([x[:cut], y[:cut]])
        return nrmse(np.asarray(trainer.predict(x[cut:])), y[cut:])

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=trials)
    return study.best_value


def researched(x: np.ndarray, y: np.ndarray, warmup: np.ndarray, trials: int) -> float | None:
    """The seconds that ReservoirPy's `research` (hyperopt, random) takes for as many trials; None where hyperopt is not installed."""
    if find_spec("hyperopt") is None or find_spec("reservoirpy") is None:
        return None
    from reservoirpy.hyper import research
    from reservoirpy.nodes import Reservoir as Theirs
    from reservoirpy.nodes import Ridge

    cut, lead = fitted_rows(len(x)), len(warmup)

    def objective(dataset: tuple, config: dict, *, sr: float, lr: float, scaling: float, ridge: float, seed: int) -> dict[str, float]:
        given, wanted = dataset
        model = Theirs(UNITS, sr=sr, lr=lr, input_scaling=scaling, seed=seed) >> Ridge(ridge=ridge)
        model.fit(given[: lead + cut], wanted[: lead + cut], warmup=lead)
        return {"loss": nrmse(np.asarray(model.run(given[lead + cut :])), wanted[lead + cut :])}

    ranges = {"sr": ["uniform", 0.2, 1.4], "lr": ["uniform", 0.1, 1.0]}
    ranges |= {"scaling": ["loguniform", 0.01, 1.0], "ridge": ["loguniform", 1e-9, 1.0], "seed": ["choice", 0]}
    config = {"exp": "search", "hp_max_evals": trials, "hp_method": "tpe", "seed": 0, "instances_per_trial": 1, "hp_space": ranges}
    with TemporaryDirectory() as folder:
        path = Path(folder, "config.json")
        path.write_text(json.dumps(config))
        series = np.concatenate([warmup, x]), np.concatenate([np.vstack([warmup[1:], x[:1]]), y])
        start = time.perf_counter()
        research(objective, series, str(path), folder)
        return time.perf_counter() - start


def tuned(python: str, series: np.ndarray, trials: int) -> float:
    """The seconds that ResDAG's `run_hpo` takes for as many trials, by another Python."""
    script = Path(__file__).with_name("search_resdag.py")
    with TemporaryDirectory() as folder:
        path = Path(folder, "series.npy")
        np.save(path, series)
        words = [python, script, path, WARMUP, fitted_rows(TRAIN), UNITS, trials]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main(python: str | None) -> bool:
    """Prints the figures; True where the bars are met."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    series = LorenzTask().prepare().inputs[: WARMUP + TRAIN + 1]
    x, y, warmup = series[WARMUP:-1], series[WARMUP + 1 :], series[:WARMUP]
    ratios, errors, seconds = [], [], []
    looped(x, y, warmup, 4, 0)
    search(RidgeTrainer(MODEL), [x, y], SPACE, warmup=warmup, trials=24)
    for seed in range(STUDIES):
        start = time.perf_counter()
        found = search(RidgeTrainer(MODEL), [x, y], SPACE, warmup=warmup, trials=TRIALS, seed=seed)
        ours = time.perf_counter() - start
        start = time.perf_counter()
        alone = looped(x, y, warmup, TRIALS, seed)
        theirs = time.perf_counter() - start
        ratios.append(ours / theirs)
        errors.append(found.value / alone)
        seconds.append(ours / TRIALS)
        beside = f", random {found.baseline.value:.3e}" if found.baseline is not None and seed == 0 else ""
        print(f"  study {seed}: {ours:.1f} s in lanes, {theirs:.1f} s one by one: {ratios[-1]:.2f}; ", end="")
        print(f"least error {found.value:.3e}, one by one {alone:.3e}{beside}", flush=True)
    fast, good = median(ratios) <= BAR, median(errors) <= WORSE
    print(f"A search takes {median(ratios):.2f} of the time of the loop, bar {BAR} {'met' if fast else 'MISSED'}")
    print(f"Its least error is {median(errors):.3f} of the loop's, bar {WORSE} {'met' if good else 'MISSED'}")
    peers = {"ReservoirPy's research": researched(x, y, warmup, FEW)}
    if python is not None:
        peers["ResDAG's run_hpo"] = tuned(python, series, FEW)
    times = {name: taken / FEW / median(seconds) for name, taken in peers.items() if taken is not None}
    for name, more in times.items():
        print(f"It has {more:.1f} times the trials a second of {name}, bar {PEER} {'met' if more >= PEER else 'MISSED'}")
    return fast and good and all(more >= PEER for more in times.values())


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1] if len(sys.argv) > 1 else None) else 1)

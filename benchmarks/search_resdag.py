"""ResDAG's own search by Optuna (`run_hpo`), for `benchmarks.search`, which runs this file by a Python that has resdag and torch.

`python search_resdag.py SERIES.npy WARMUP FITTED UNITS TRIALS`: the model is fitted to so many rows after the warm-up, its error is that
of the forecast of the rest. Prints the seconds of so many trials, after one that is not counted.
"""

import sys
import time
from typing import Any

import numpy as np


def main(path: str, warmup: int, fitted: int, units: int, trials: int) -> None:
    """Prints the seconds."""
    import torch
    from resdag.hpo import run_hpo
    from resdag.models import classic_esn

    series = torch.tensor(np.load(path), dtype=torch.float32)[None]
    stop = warmup + fitted

    def made(**own: float) -> Any:
        return classic_esn(units, series.shape[-1], series.shape[-1], **own)

    def space(trial: Any) -> dict[str, float]:
        return {
            "spectral_radius": trial.suggest_float("spectral_radius", 0.2, 1.4),
            "leak_rate": trial.suggest_float("leak_rate", 0.1, 1.0, log=True),
            "readout_alpha": trial.suggest_float("readout_alpha", 1e-9, 1.0, log=True),
        }

    def data(_: Any) -> dict[str, Any]:
        return {
            "warmup": series[:, :warmup],
            "train": series[:, warmup:stop],
            "target": series[:, warmup + 1 : stop + 1],
            "f_warmup": series[:, stop - warmup : stop],
            "val": series[:, stop:],
        }

    seconds = []
    for count in (1, trials):
        start = time.perf_counter()
        run_hpo(made, space, data, count, seed=0, verbosity=0)
        seconds.append(time.perf_counter() - start)
    print(seconds[1])


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

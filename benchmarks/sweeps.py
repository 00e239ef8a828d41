"""A sweep against its models one by one, each alone and in order: models a second.

Run `python -m benchmarks.sweeps`. 16 radii x 8 leak rates x 8 betas x 3 seeds; of the models one by one a part is timed, spread over the
grid, in turn with sweeps.
"""

import sys
import time
from statistics import median

import numpy as np

from rcwidgets.core.metrics import nrmse
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.held_out import fitted_rows
from rcwidgets.core.trainers.sweep.sweep import sweep

WARMUP, TRAIN, ROUNDS, PART, BAR = 2000, 6000, 3, 48, 3.5
RADII, LEAKS, BETAS, SEEDS = np.linspace(0.2, 1.4, 16), np.linspace(0.2, 0.9, 8), np.logspace(-7, 0, 8), (0, 1, 2)


def main() -> bool:
    """Prints the figures; True where the bar is met."""
    series = LorenzTask().prepare().inputs[: WARMUP + TRAIN + 1]
    x, y = series[WARMUP:-1], series[WARMUP + 1 :]
    cut = fitted_rows(TRAIN)
    model = Input(3) >> Reservoir(400, name="reservoir") >> LinearReadout(3)
    weights = {seed: RidgeTrainer(model, seed=seed) for seed in SEEDS}
    for trainer in weights.values():
        trainer.predict(series[:2])
    places = np.random.default_rng(0).permutation(len(RADII) * len(LEAKS) * len(BETAS) * len(SEEDS))[:PART]

    def alone(place: int) -> float:
        radius, leak, beta, seed = np.unravel_index(place, (len(RADII), len(LEAKS), len(BETAS), len(SEEDS)))
        turned = model.replace("reservoir", spectral_radius=RADII[radius], leak_rate=LEAKS[leak])
        params = {"reservoir": weights[SEEDS[seed]].params["reservoir"]}
        one = RidgeTrainer(turned, beta=float(BETAS[beta]), seed=SEEDS[seed], params=params, parallel="off")
        one.predict(series[:WARMUP])
        one.fit([x[:cut], y[:cut]])
        return nrmse(np.asarray(one.predict(x[cut:])), y[cut:])

    knobs = {"reservoir.spectral_radius": RADII, "reservoir.leak_rate": LEAKS, "beta": BETAS}
    errors, ratios = np.zeros(0), []
    for round in range(ROUNDS + 1):  # the first one compiles
        start = time.perf_counter()
        errors = sweep(RidgeTrainer(model), [x, y], knobs, warmup=series[:WARMUP], seeds=SEEDS).errors.reshape(-1)
        swept = len(errors) / (time.perf_counter() - start)
        start = time.perf_counter()
        found = [alone(place) for place in places.tolist()]
        single = PART / (time.perf_counter() - start)
        print(f"  {swept:.1f} models a second in a sweep, {single:.1f} one by one: {swept / single:.2f} times", flush=True)
        ratios += [swept / single] if round else []
        if not round:
            print(f"  the errors differ by {np.abs(np.log(errors[places] / found)).max():.1e} of themselves at most")
    fine = median(ratios) >= BAR
    print(f"A sweep makes {median(ratios):.2f} times the models a second, bar {BAR} {'met' if fine else 'MISSED'}")
    return fine


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

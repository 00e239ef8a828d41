"""The tutorial's white-noise integrator, trained by backpropagation through time: speed against hand-written JAX, and the loss.

Run `python -m benchmarks.bptt`. Both sides draw the same 500 batches of NumPy numbers and train on them.
"""

import sys
from statistics import median

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks import hand
from benchmarks.compare import Bar, report, times
from rcwidgets.core.datasets import integration_batches
from rcwidgets.core.losses import l2_norm, mean_squared_error
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Dense, Input, VanillaRNN
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.lanes import BPTTLanes

ROUNDS = 9
SEEDS = range(5)
UPDATES = 500
RATES = np.geomspace(1e-4, 1e-2, 32)
OPTIMIZER = optax.adam(optax.exponential_decay(0.025, 1, 0.99975), eps=0.1)


def penalised(predictions: jax.Array, targets: jax.Array, params: dict[str, dict[str, jax.Array]]) -> jax.Array | np.floating:
    """The tutorial's loss."""
    return mean_squared_error(predictions, targets) + 2e-4 * l2_norm(params) ** 2


def trainer(seed: int = 0) -> BPTT:
    """The tutorial's model and optimiser."""
    model = Input(1) >> VanillaRNN(100, state_trainable=True) >> Dense(1)
    return BPTT(model, loss=penalised, optimizer=OPTIMIZER, max_grad_norm=5.0, seed=seed)


def by_hand(bptt: BPTT, seed: int) -> np.ndarray:
    """The losses of the hand-written program, from the params that `bptt` has before it learns."""
    rnn, dense = bptt.params["rnn"], bptt.params["dense"]
    learned = {**{key: jnp.array(value) for key, value in rnn.items()}, "W_out": jnp.array(dense["W"]), "b_out": jnp.array(dense["b"])}
    x, y = (np.stack(part).swapaxes(1, 2).astype(np.float32) for part in zip(*integration_batches(UPDATES, seed=seed)(), strict=True))
    return np.asarray(hand.train_integrator(learned, OPTIMIZER.init(learned), x, y, 5.0, OPTIMIZER)[2])


def fit(bptt: BPTT, seed: int, epochs: int = 1, batches: int = UPDATES) -> np.ndarray:
    """The losses of the library."""
    return bptt.fit(integration_batches(batches, seed=seed), num_train=epochs, num_report=0).train_losses


def plain(rate: float = 1e-3) -> BPTT:
    """The tutorial's model under Adam."""
    return BPTT(Input(1) >> VanillaRNN(100, state_trainable=True) >> Dense(1), learning_rate=rate)


def lanes(seed: int) -> BPTTLanes:
    """All learning rates in one program."""
    return BPTTLanes(plain(), {"learning_rate": RATES}).fit(integration_batches(20, seed=seed), num_train=1)


def alone(seed: int) -> np.ndarray:
    """The losses (rates, updates) of a trainer for each learning rate."""
    return np.array([fit(plain(float(rate)), seed, batches=20) for rate in RATES])


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    print(f"BPTT, {UPDATES} updates of 128 series of 25 steps, 100 units, float32")
    drawn = trainer()
    drawn.predict(np.zeros((1, 1)))
    ours, theirs = fit(trainer(), 0), by_hand(drawn, 0)
    apart = np.abs(ours[:20] / theirs[:20] - 1).max()  # the gradient is summed in another order, which this training magnifies later on
    print(f"  the losses of the first 20 updates are {apart:.1e} apart (bar 1e-5)")
    traced = programs.TRACES["updates"]
    taken = times({"ours": lambda k: fit(trainer(), k), "hand-written JAX": lambda k: by_hand(drawn, k)}, ROUNDS)
    met = report(taken, [Bar("ours / hand-written", "ours", "hand-written JAX", 0.95)]) and apart <= 1e-5
    print(f"  traces after the first fit: {programs.TRACES['updates'] - traced}")

    print(f"{len(RATES)} learning rates, 20 updates each")
    compared = times({"lanes": lambda k: lanes(k).train_losses, "one after another": alone}, 5)
    met &= report(compared, [Bar("lanes / one after another", "lanes", "one after another", 1.1)])
    off = np.abs(lanes(0).train_losses / alone(0) - 1)[:, :10].max()
    print(f"  the losses of the first 10 updates are {off:.1e} apart (bar 1e-5)")
    met &= bool(off <= 1e-5)

    runs = [trainer(seed) for seed in SEEDS]
    losses = [fit(bptt, 1000 + seed, 30, 100)[-1] for seed, bptt in zip(SEEDS, runs, strict=True)]
    x, y = next(integration_batches(1, batch=1000, seed=9)())
    errors = [float(mean_squared_error(np.asarray(bptt.predict(x, reset=True)), y)) for bptt in runs]
    fine = median(losses) < 0.022
    print(
        f"  loss after 3,000 updates, {len(losses)} seeds: median {median(losses):.4f} ({min(losses):.4f} to {max(losses):.4f}), ", end=""
    )
    print(f"bar 0.022 {'met' if fine else 'MISSED'}; of it the MSE alone, on new series: median {median(errors):.2e}")
    return met and fine


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

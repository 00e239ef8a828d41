"""Records states and outputs of ReservoirPy in reservoirpy.npz, with the weights that made them.

pip install reservoirpy==0.4.2
python tests/data/record_reservoirpy.py
"""

from pathlib import Path

import numpy as np
from reservoirpy import ESN
from reservoirpy.nodes import Reservoir, Ridge

UNITS, STEPS = 30, 100


def series() -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets, (STEPS, 2) and (STEPS, 1)."""
    t = np.arange(STEPS)
    x = np.stack([np.sin(t / 7), np.cos(t / 5)], axis=1)
    return x, (x[:, :1] * x[:, 1:]) ** 2


def reservoir(**more) -> Reservoir:
    return Reservoir(UNITS, lr=0.4, sr=0.9, input_scaling=0.5, seed=1, name="pool", **more)


def named(model, name: str):
    return next(node for node in model.nodes if node.name == name)


def states_of(model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The states of the reservoir and the outputs from rest, step by step: (STEPS, UNITS) and (STEPS, outputs)."""
    model.reset()
    states, outputs = [], []
    for row in x:
        outputs.append(np.array(model.step(row)))
        states.append(np.array(named(model, "pool").state["out"]))
    return np.array(states), np.array(outputs)


def main() -> None:
    x, y = series()
    kept = {"x": x}
    units = np.random.default_rng(2)
    dense = units.normal(size=(UNITS, UNITS)) / UNITS**0.5
    fed, read = reservoir(bias=units.normal(size=UNITS)), Ridge(1e-4, name="read")
    models = {
        "plain": reservoir(W=0.9 * dense, bias=0.3, activation="sigmoid") >> Ridge(1e-4, name="read"),
        "sparse": reservoir(rc_connectivity=0.1) >> Ridge(1e-4, name="read"),
        "feedback": (fed >> read) & (fed << read),
        "esn": ESN(reservoir=reservoir(), readout=Ridge(1e-4, name="read"), input_to_readout=True, feedback=True),
    }
    for case, model in models.items():
        model.fit(x, y)
        states, outputs = states_of(model, x)
        pool, readout = named(model, "pool"), named(model, "read")
        arrays = {"W": pool.W, "Win": pool.Win, "bias": pool.bias, "Wout": readout.Wout, "bout": readout.bias}
        plain = {name: np.asarray(one.toarray() if hasattr(one, "toarray") else one) for name, one in arrays.items()}
        kept |= {
            f"{case} {name}": one.astype(np.float32 if name in ("states", "outputs") else np.float64)
            for name, one in (plain | {"states": states, "outputs": outputs}).items()
        }
    np.savez_compressed(Path(__file__).with_name("reservoirpy.npz"), allow_pickle=False, **kept)


if __name__ == "__main__":
    main()

"""Records states and outputs of orc in orc.npz, with the weights that made them.

pip install openreservoircomputing==0.4.0
python tests/data/record_orc.py
"""

from pathlib import Path

import jax
import numpy as np
from orc.classifier import ESNClassifier
from orc.control import ESNController
from orc.forecaster import EnsembleESNForecaster, ESNForecaster, train_ESNForecaster
from orc.forecaster.train import train_EnsembleESNForecaster

UNITS, STEPS, SPUN = 30, 100, 40


def series(features: int) -> np.ndarray:
    """(STEPS, features)."""
    return np.sin(np.arange(STEPS)[:, None] / (3.0 + np.arange(features)))


def arrays(model) -> dict[str, np.ndarray]:
    """What the model computes with."""
    driver, embedding = model.driver, model.embedding
    scalars = {"leak": driver.leak, "bias": driver.bias, "locality": getattr(embedding, "locality", 0)}
    weights = {"data": driver.wr.data, "indices": driver.wr.indices, "win": embedding.win, "wout": model.readout.wout}
    return {name: np.asarray(one) for name, one in (scalars | weights).items()}


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    x = series(4)
    common = {"Wr_density": 0.2, "use_sparse_eigs": False}
    models = {
        "plain": train_ESNForecaster(ESNForecaster(4, UNITS, seed=1, **common), x, spinup=10)[0],
        "chunks": train_ESNForecaster(ESNForecaster(4, UNITS // 2, seed=2, chunks=2, locality=1, **common), x, spinup=10)[0],
        "edges": train_ESNForecaster(
            ESNForecaster(4, UNITS // 2, seed=3, chunks=2, locality=1, periodic=False, leak_rate=1.0, **common), x, spinup=10
        )[0],
        "one edge": train_ESNForecaster(ESNForecaster(4, UNITS, seed=8, periodic=False, **common), x, spinup=10)[0],
        "ensemble": train_EnsembleESNForecaster(EnsembleESNForecaster(4, UNITS // 2, seed=4, chunks=2, **common), x, spinup=10)[0],
    }
    kept = {"x": x}
    for case, model in models.items():
        states = model.force(x, model.driver.default_state())
        seen = {
            "states": states.reshape(STEPS, -1).astype(np.float32),
            "outputs": model.readout(states),
            "forecast": model.forecast_from_IC(20, x[:SPUN]),
        }
        kept |= {f"{case} {name}": np.asarray(one) for name, one in (arrays(model) | seen).items()}
    for case, representation in (("final", "final"), ("mean", "mean")):
        model = ESNClassifier(4, 3, UNITS, seed=5, state_repr=representation, **common)
        model = model.set_readout(model.readout.set_wout(np.random.default_rng(6).normal(size=model.readout.wout.shape)))
        kept |= {f"{case} {name}": one for name, one in arrays(model).items()} | {f"{case} outputs": np.asarray(model.classify(x))}
    controller = ESNController(3, 1, UNITS, seed=7, **common)
    states = controller.force(x[:, :3], x[:, 3:], controller.driver.default_state())
    kept |= {f"control {name}": one for name, one in arrays(controller).items()}
    kept["control states"] = np.asarray(states, np.float32)
    np.savez_compressed(Path(__file__).with_name("orc.npz"), allow_pickle=False, **kept)


if __name__ == "__main__":
    main()

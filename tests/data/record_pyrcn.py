"""Records states and outputs of PyRCN in pyrcn.npz, with the weights that made them.

pip install PyRCN==0.1.0 torch==2.13.0
python tests/data/record_pyrcn.py
"""

from pathlib import Path

import numpy as np
import torch
from pyrcn.echo_state_network import ESNClassifier, ESNRegressor
from sklearn.linear_model import Ridge

UNITS, STEPS = 30, 100
COMMON = {"hidden_layer_size": UNITS, "spectral_radius": 0.9, "leakage": 0.4, "requires_sequence": False, "verbose": False}


def series() -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets, (STEPS, 2) each."""
    t = np.arange(STEPS)[:, None]
    x = np.sin(t / np.array([5.0, 3.0]))
    return x, np.concatenate([x[:, :1] * x[:, 1:], x[:, :1] ** 2], axis=1)


def of_modules(model) -> dict[str, np.ndarray]:
    """What its modules of PyTorch hold."""
    first, cell, last = model._torch_input_map, model._torch_reservoir.cell, model._torch_readout
    held = {"weight": first.weight, "bias": first.bias, "weight_hh": cell.weight_hh}
    if hasattr(last, "linear"):
        held |= {"linear_weight": last.linear.weight, "linear_bias": last.linear.bias}
    else:
        held["output_weights"] = last.output_weights
    return {name: one.detach().numpy() for name, one in held.items()}


def of_blocks(model) -> dict[str, np.ndarray]:
    """What its blocks hold."""
    first, second, last = model.input_to_node, model.node_to_node, model.regressor
    held = {"input_weights": first.input_weights, "bias_weights": first.bias_weights, "recurrent_weights": second.recurrent_weights}
    plain = {name: one.toarray() if hasattr(one, "toarray") else one for name, one in held.items()}
    return plain | ({"coef": last.coef_, "intercept": last.intercept_} if isinstance(last, Ridge) else {})


def main() -> None:
    x, y = series()
    scaled = {"input_scaling": 0.7, "input_shift": 0.1, "bias_scaling": 0.3, "bias_shift": -0.2}
    trained = {"solver": "gradient", "trainable_reservoir": True, "trainable_input": True, "epochs": 20, "learning_rate": 0.01}
    relu = {"reservoir_activation": "relu", "input_activation": "logistic"}
    models = {
        "plain": ESNRegressor(**COMMON, **scaled, alpha=1e-3),
        "trained": ESNRegressor(**COMMON, **scaled, **trained, alpha=1e-3),
        "blocks": ESNRegressor(**COMMON, **scaled, input_activation="identity", k_rec=4, regressor=Ridge(1e-3)),
        "other": ESNRegressor(**COMMON, **relu, regressor=Ridge(1e-3, fit_intercept=False)),
        "labels": ESNClassifier(**COMMON, input_activation="identity", alpha=1e-3),
    }
    kept = {"x": x}
    for case, model in models.items():
        model.fit(x, np.digitize(x[:, 0], [-0.5, 0.5]) if case == "labels" else y[:, 0] if case == "other" else y)
        outputs = ESNRegressor.predict(model, x)
        modules = hasattr(model, "_torch_readout")
        states = model._torch_states(x)[0].detach().numpy() if modules else model.hidden_layer_state(x)
        held = of_modules(model) if modules else {}
        seen = {"states": states.astype(np.float32), "outputs": outputs.astype(np.float32)}
        kept |= {f"{case} {name}": np.asarray(one) for name, one in (of_blocks(model) | held | seen).items()}
    np.savez_compressed(Path(__file__).with_name("pyrcn.npz"), allow_pickle=False, **kept)


if __name__ == "__main__":
    torch.manual_seed(0)
    main()

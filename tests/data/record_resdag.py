"""Records states and outputs of ResDAG in resdag.npz, with the weights that made them.

pip install resdag==6.0.0 torch==2.13.0
python tests/data/record_resdag.py
"""

from pathlib import Path

import numpy as np
import pytorch_symbolic as symbolic
import torch
from resdag.core import ESNModel
from resdag.layers import Concatenate, ESNLayer
from resdag.layers.readouts import RidgeReadoutLayer
from resdag.models import classic_esn
from resdag.training import ESNTrainer

UNITS, STEPS = 30, 100
FLOATS = {"dtype": torch.float64}


def series(features: int) -> torch.Tensor:
    """(1, STEPS, features)."""
    return torch.tensor(np.sin(np.arange(STEPS)[:, None] / (3.0 + np.arange(features)))[None])


def driven() -> ESNModel:
    """Two inputs, one a driver; a second reservoir, sparse, on the first; the readout sees both and the first input."""
    first, driver = symbolic.Input((STEPS, 2), dtype=torch.float64), symbolic.Input((STEPS, 1), dtype=torch.float64)
    low = ESNLayer(UNITS, 2, 1, spectral_radius=0.8, leak_rate=0.4, seed=2, **FLOATS)(first, driver)
    sparse = {"topology": ("erdos_renyi", {"p": 0.1}), "sparse": True, "activation": "sigmoid", "bias": False}
    high = ESNLayer(UNITS, UNITS, spectral_radius=0.7, leak_rate=0.6, seed=3, **sparse, **FLOATS)(low)
    read = RidgeReadoutLayer(2 + 2 * UNITS, 2, name="read").double()(Concatenate()(first, low, high))
    return ESNModel([first, driver], read)


def gained() -> ESNModel:
    """With the gains that its calibrations leave."""
    model = classic_esn(UNITS, 2, 2, spectral_radius=0.9, leak_rate=0.5, seed=4, **FLOATS)
    cell = next(one for one in model.modules() if isinstance(one, ESNLayer)).cell
    generator = torch.Generator().manual_seed(5)
    gains = {
        name: torch.rand(UNITS, generator=generator, **FLOATS) + 0.5 for name in ("_intrinsic_gain", "_intrinsic_bias", "_recurrent_gain")
    }
    cell.load_state_dict(cell.state_dict() | gains)
    return model


def main() -> None:
    x = series(3)
    kept = {"x": x[0].numpy()}
    models = {
        "plain": (classic_esn(UNITS, 2, 2, spectral_radius=0.9, leak_rate=0.3, readout_name="read", seed=1, **FLOATS), (x[..., :2],)),
        "driven": (driven(), (x[..., :2], x[..., 2:])),
        "gained": (gained(), (x[..., :2],)),
    }
    for case, (model, inputs) in models.items():
        target = x[:, 1:, :2]
        name = "output" if case == "gained" else "read"
        before, after = tuple(one[:, :10] for one in inputs), tuple(one[:, 10:-1] for one in inputs)
        ESNTrainer(model).fit(warmup_inputs=before, train_inputs=after, targets={name: target[:, 10:]})
        model.eval()
        layers = [one for one in model.modules() if isinstance(one, ESNLayer)]
        seen: dict[str, torch.Tensor] = {}
        for k, layer in enumerate(layers):
            layer.register_forward_hook(lambda _, __, states, k=k, seen=seen: seen.update({f"states{k}": states[0].float()}))
        model.reset_reservoirs()
        with torch.no_grad():
            seen["outputs"] = model(*inputs)[0]
        for k, layer in enumerate(layers):
            own = {"W": layer.weight_hh.to_dense(), "feedback": layer.weight_feedback, "input": layer.weight_input, "bias": layer.bias_h}
            own |= {gain: one for gain, one in layer.cell.state_dict().items() if gain.endswith(("_gain", "_bias"))}
            seen |= {f"{part}{k}": one for part, one in own.items() if one is not None}
        readout = next(one for one in model.modules() if isinstance(one, RidgeReadoutLayer))
        seen |= {"weight": readout.weight, "bout": readout.bias}
        kept |= {f"{case} {part}": one.detach().numpy() for part, one in seen.items()}
    np.savez_compressed(Path(__file__).with_name("resdag.npz"), allow_pickle=False, **kept)


if __name__ == "__main__":
    main()

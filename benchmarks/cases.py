"""Random cases of runs in stretches side by side, each against the run in order: the worst difference in units of rounding.

Run `python -m benchmarks.cases FIRST PROGRAMS CASES`: seeded programs from number FIRST on, so many, with so many cases of each: knobs,
data, lengths and batches that vary without a compile. Short series are cut too, on two cores, whatever the machine has. Anything that is
further apart than the bar is printed.
"""

import sys
import time
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import plan, side_by_side
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import GRU, LSTM, Delay, Input, LinearReadout, Reservoir, VanillaRNN

BAR = 50.0  # units of rounding of the largest state
KINDS = ("one", "one", "one", "two", "delay", "forced", "rnn", "gru", "lstm")


class Shape(NamedTuple):
    """What compiles anew: the kind of the model, its sizes, activation and precision, and the lengths and batches of its series."""

    kind: str
    units: int
    activation: str
    activation_type: str
    dtype: str
    lengths: tuple[int, ...]
    batches: tuple[int, ...]
    topology: str


def shape_of(random: np.random.Generator) -> Shape:
    """A program at random."""
    return Shape(
        str(random.choice(KINDS)),
        int(random.integers(5, 49)),
        str(random.choice(["tanh", "tanh", "tanh", "relu", "sigmoid", "sin"])),
        str(random.choice(["internal", "internal", "external"])),
        str(random.choice(["float32", "float32", "float64"])),
        (int(random.integers(600, 900)), int(random.integers(900, 1400))),
        (1, int(random.choice([1, 2]))),
        str(random.choice(["random", "random", "cycle", "orthogonal"])),
    )


def knobs_of(random: np.random.Generator, *, loud: bool) -> dict[str, Any]:
    """Live knobs at random."""
    return {
        "spectral_radius": random.uniform(0, 1.2) if random.random() < 0.6 else random.uniform(0.8, 2.5),
        "leak_rate": 1.0 if random.random() < 0.4 else random.uniform(0.03, 1.0),
        "input_scaling": 10 ** random.uniform(-3, 1),
        "bias_scaling": random.uniform(0, 2) if random.random() < 0.3 else 0.0,
        "noise": 0.01 if loud else 0.0,
    }


def model_of(shape: Shape, knobs: dict[str, Any]) -> Graph:
    """The model with these knobs, where it has a reservoir."""

    def reservoir(name: str, **more: Any) -> Reservoir:
        built: dict[str, Any] = {"activation": shape.activation, "activation_type": shape.activation_type, "topology": shape.topology}
        return Reservoir(shape.units, name=name, **built, **knobs, **more)

    readout = LinearReadout(2, name="out")
    match shape.kind:
        case "one":
            return Input(2) >> reservoir("a") >> readout
        case "two":
            return Input(2) >> reservoir("a") >> reservoir("b") >> readout
        case "delay":
            return Input(2) >> Delay(5) >> reservoir("a") >> Delay(3) >> readout
        case "forced":
            fed = reservoir("a", feedback_scaling=0.3)
            return (Input(2) >> fed >> readout) & (fed << readout)
        case "rnn":
            return Input(2) >> VanillaRNN(shape.units, name="a", activation=shape.activation) >> readout
        case "gru":
            return Input(2) >> GRU(shape.units, name="a") >> readout
    return Input(2) >> LSTM(shape.units, name="a") >> readout


def data_of(random: np.random.Generator, batch: int, steps: int) -> np.ndarray:
    """Series (batch, steps, 2) at random: noise, waves, a walk, rare pulses, or silence after a while."""
    t = np.arange(steps)[:, None]
    match random.integers(0, 5):
        case 0:
            x = random.normal(size=(batch, steps, 2))
        case 1:
            x = np.sin(t / random.uniform(2, 50, (batch, 1, 2)))
        case 2:
            x = 0.1 * np.cumsum(random.normal(size=(batch, steps, 2)), axis=1)
        case 3:
            x = 5 * (random.random((batch, steps, 2)) < 0.01) * random.normal(size=(batch, steps, 2))
        case _:
            x = random.normal(size=(batch, steps, 2)) * (t < random.uniform(0, steps))
    return np.asarray(x * 10 ** random.uniform(-1, 1))


def apart(shape: Shape, model: Graph, params: Any, x: np.ndarray, forced: Any) -> float | None:
    """How far a run side by side is from the run in order, in units of rounding; None where it ran in order, to the bit."""
    found: list[tuple[Any, Any, Any]] = []
    for parallel in plan.PARALLEL:
        runner = RNNRunner(model, params, dtype=shape.dtype, parallel=parallel)
        try:
            y = runner.predict(x, monitors=["a.state"], forced=forced)
        except FloatingPointError:
            found.append((None, None, None))
            continue
        found.append((y, runner.mon["a.state"], runner.forgetting))
    (y, h, forgetting), (wanted, states, _) = found
    if forgetting is None:
        same = (y is None and wanted is None) or (y is not None and np.array_equal(y, wanted) and np.array_equal(h, states))
        return None if same else np.inf
    if wanted is None:
        return np.inf
    eps, size = np.finfo(shape.dtype).eps, np.abs(states).max()
    far = [np.abs(h - states).max() / (eps * size), np.abs(y - wanted).max() / (eps * max(size, np.abs(wanted).max()))]
    return float(max(far))


def run(first: int, programs: int, cases: int) -> bool:
    """Prints how far all were apart; True where nothing is further apart than the bar."""
    plan.LEAST, plan.GAIN, plan.SHORTEST, plan.cores = 0.0, 2.0, 100, lambda: 2
    side_by_side.PROBED = 2  # a start may take half of the series
    began, worst, parallel, made = time.perf_counter(), 0.0, 0, 0
    for number in range(first, first + programs):
        random = np.random.default_rng([13, number])
        shape, loud = shape_of(random), bool(random.random() < 0.2)
        drawn = RNNRunner(model_of(shape, {}), dtype=shape.dtype, seed=number)
        drawn.predict(np.zeros((2, 2)))
        for case in range(cases):
            own = knobs_of(random, loud=loud)
            batch, steps = int(random.choice(shape.batches)), int(random.choice(shape.lengths))
            x = data_of(random, batch, steps)
            forced = {"out": random.normal(size=(batch, steps, 2))} if shape.kind == "forced" else None
            far = apart(shape, model_of(shape, own), drawn.params, x, forced)
            made += 1
            parallel += far is not None
            worst = max(worst, far or 0.0)
            if far is not None and not far <= BAR:
                print(f"  program {number}, case {case}: {far:.3g} eps apart. {shape} {own}", flush=True)
        seconds = time.perf_counter() - began
        print(f"{number}: {made} cases, {parallel} side by side, worst {worst:.1f} eps, {seconds:.0f} s", flush=True)
    print(f"{made} cases of {programs} programs, {parallel} side by side: the worst is {worst:.1f} eps apart (bar {BAR:g})")
    return worst <= BAR


if __name__ == "__main__":
    sys.exit(0 if run(*(int(word) for word in sys.argv[1:4])) else 1)

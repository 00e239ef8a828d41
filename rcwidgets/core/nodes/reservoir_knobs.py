"""What a reservoir can be set to: its knobs, and the arrays of the user's own in the place of drawn ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from rcwidgets.core.nodes import weights
from rcwidgets.core.nodes.base import AbstractNode
from rcwidgets.core.nodes.layers import ACTIVATIONS
from rcwidgets.core.nodes.topology import TOPOLOGIES, Plan
from rcwidgets.core.spec.knob import Effect
from rcwidgets.core.spec.knobs import choice, knob, knobs_of, own_seed_knob, toggle
from rcwidgets.core.spec.own_arrays import OwnArray
from rcwidgets.core.spec.refusal import RefusedValue


@dataclass(frozen=True, eq=False, repr=False)
class AbstractReservoir(AbstractNode):
    """A node with the knobs of a reservoir."""

    takes_arrays: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "W": ("sources", "targets"),
        "W_in": ("inputs", "units"),
        "W_fb": ("feedback", "units"),
        "bias": ("units",),
        "leak_rate": ("units",),
        "input_scaling": ("inputs",),
        "initial_state": ("units",),
    }

    units: int = knob(300, 1, 100_000, "Number of units.", effect=Effect.REBUILD)
    spectral_radius: float = knob(
        0.9, 0.0, 10.0, "Largest absolute eigenvalue of the recurrence: how long the past echoes.", slider=(0.0, 2.0, 0.01)
    )
    leak_rate: float = knob(
        0.3,
        0.001,
        1.0,
        "Share of the new state in each step; 1 forgets the last state at once. In Python also an array, one for each unit.",
        slider=(0.01, 1.0, 0.01),
        per="units",
    )
    input_scaling: float = knob(
        0.05,
        0.0,
        100.0,
        "Strength of the input weights; the best value depends on the size of the data. In Python also an array, one for each channel.",
        slider=(0.001, 10.0, 0.02),
        log=True,
        per="inputs",
    )
    bias_scaling: float = knob(0.0, 0.0, 100.0, "Strength of the constant input of each unit.", slider=(0.0, 2.0, 0.01))
    feedback_scaling: float | None = knob(
        None,
        0.0,
        100.0,
        "Strength of the feedback weights. Empty follows the use: 1 under FORCE, which feeds the network's own output back while it "
        "learns, else 0.05.",
        slider=(0.001, 10.0, 0.02),
        log=True,
        optional=True,
        auto=(0.05, 1.0),
    )
    noise: float = knob(0.0, 0.0, 10.0, "Standard deviation of the noise inside the activation.", slider=(0.0, 0.1, 0.001))
    input_noise: float = knob(0.0, 0.0, 10.0, "Standard deviation of the noise on the input.", slider=(0.0, 0.1, 0.001))
    feedback_noise: float = knob(0.0, 0.0, 10.0, "Standard deviation of the noise on the feedback.", slider=(0.0, 0.1, 0.001))
    initial_state: float = knob(
        0.0,
        0.0,
        100.0,
        "Size of the random state that a series starts from. At 0 it starts from rest, where a network without input, bias and noise stays "
        "for ever, whatever its spectral radius. In Python also an array, one for each unit.",
        effect=Effect.REDRAW,
        slider=(0.0, 1.0, 0.01),
        per="units",
        per_low=-100.0,
    )
    topology: str = choice(
        "random",
        TOPOLOGIES,
        "Which units are connected; 'delay line' has no cycle, there the spectral radius is its largest singular value.",
        effect=Effect.REDRAW,
    )
    connectivity: float = knob(
        0.1,
        0.0,
        1.0,
        "Share of the possible recurrent connections that exist (topology 'random').",
        effect=Effect.REDRAW,
        slider=(0.01, 1.0, 0.01),
    )
    jump_length: int = knob(
        10, 2, 10_000, "Units from one jump's start to its end (topology 'cycle with jumps').", effect=Effect.REDRAW, slider=(2, 100, 1)
    )
    jump_weight: float = knob(
        0.5,
        0.001,
        1000.0,
        "Weight of a jump, where a connection of the cycle has 1 (topology 'cycle with jumps').",
        effect=Effect.REDRAW,
        slider=(0.01, 2.0, 0.01),
    )
    neighbours: int = knob(
        2,
        1,
        10_000,
        "Units on each side that feed a unit before rewiring (topology 'small world').",
        effect=Effect.REDRAW,
        slider=(1, 20, 1),
    )
    rewiring: float = knob(
        0.1,
        0.0,
        1.0,
        "Chance that a connection comes from any unit instead of a neighbour (topology 'small world').",
        effect=Effect.REDRAW,
        slider=(0.0, 1.0, 0.01),
    )
    blocks: int = knob(
        10,
        1,
        100_000,
        "Number of groups without connections between them; each is full (topology 'block diagonal').",
        effect=Effect.REDRAW,
        slider=(1, 50, 1),
    )
    input_connectivity: float = knob(
        1.0, 0.0, 1.0, "Share of the possible input connections that exist.", effect=Effect.REDRAW, slider=(0.01, 1.0, 0.01)
    )
    feedback_connectivity: float = knob(
        1.0, 0.0, 1.0, "Share of the possible feedback connections that exist.", effect=Effect.REDRAW, slider=(0.01, 1.0, 0.01)
    )
    distribution: str = choice(
        "normal",
        weights.DISTRIBUTIONS,
        "Distribution of the recurrent weights (topologies 'random', 'small world' and 'block diagonal').",
        label="Weight distribution",
        effect=Effect.REDRAW,
    )
    input_distribution: str = choice(
        "uniform", weights.DISTRIBUTIONS, "Distribution of the input, feedback and bias weights.", effect=Effect.REDRAW
    )
    seed: int | None = own_seed_knob()
    activation: str = choice("tanh", tuple(ACTIVATIONS), "The units' nonlinearity f.")
    activation_type: str = choice(
        "internal", ("internal", "external"), "Whether the activated state leaks (internal) or the pre-activation (external)."
    )

    trainable: bool = toggle(False, "Whether gradient training (BPTT) changes the weights.")
    W: OwnArray = field(default=None, kw_only=True)
    W_in: OwnArray = field(default=None, kw_only=True)
    W_fb: OwnArray = field(default=None, kw_only=True)
    bias: OwnArray = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        AbstractNode.__post_init__(self)
        self._take_units()

    def _take_units(self) -> None:
        """The arrays tell the number of units, where it was left at its default; sizes that differ are a ValueError that names both."""
        sizes = {name: array.shape[-1] for name, array in self.arrays.items() if self.takes_arrays[name][-1] in ("units", "targets")}
        own = self.arrays.get("W")
        if own is not None and own.shape[0] != own.shape[1]:
            raise ValueError(f"Reservoir.W must be square (sources, targets), got the shape {own.shape}.")
        for name, size in sizes.items():
            first = next(iter(sizes))
            if size != sizes[first]:
                raise ValueError(f"Reservoir.{name} must have as many units as Reservoir.{first}, {sizes[first]}, got {size}.")
            known = knobs_of(type(self))["units"]
            if self.units == known.default:
                object.__setattr__(self, "units", known.check("Reservoir.units", size))
            if self.units != size:
                rule = f"must be {size}, the size of {name}"
                words = f"Reservoir.units {rule}, got {self.units}. Leave it out, or give another {name}."
                raise RefusedValue(words, known.say(rule))

    @property
    def plan(self) -> Plan:
        """What the recurrent weights are drawn from."""
        return Plan(**{name: getattr(self, name) for name in Plan._fields})

    @property
    def gathered(self) -> bool:
        """Whether the recurrent weights are kept as in-degrees (params `sources` and `weights`) in place of W."""
        if self.trainable:
            return False
        own = self.arrays.get("W")
        return self.plan.gathered if own is None else weights.gathers(self.units, own.in_degree)

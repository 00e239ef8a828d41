"""Targets of nodes after a readout, pulled back to it: what the readout has to give, so that the nodes after it give these."""

import warnings

import numpy as np

from rcwidgets.core.model.part import needed, run_part
from rcwidgets.core.model.prediction import ByPlace
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.nodes.base import OutsideError
from rcwidgets.core.trainers.pairs import Pairs

Counted = dict[int, np.ndarray | None]


def pull_back(
    program: Program,
    params: Params,
    start: State | None,
    inputs: ByPlace,
    told: ByPlace,
    counted: Counted,
    alive: np.ndarray | None,
    dtype: np.dtype,
    *,
    forces: bool = False,
    tells: bool = False,
) -> Pairs:
    """The pairs for trainers, of targets `told` (time, batch, features) at any nodes that follow a readout, and `counted` as in `Pairs`.

    Back through tanh, sigmoid and softplus by their inverse, through a Sum less the signals that training does not change, which run from
    `start` (rest where None), through a Scale, a Concat, a Reshape and a Select that leaves nothing out. Through softmax the target stays
    as it is, and with `tells` a UserWarning says so. No way back, or a target that the node cannot give, is a ValueError with the reason.
    With `forces` the network's own output is fed back, not the target.
    """
    told, counted, trained = dict(told), dict(counted), set(program.trained)
    later = program.after(trained)
    for k in reversed(range(len(program.nodes))):
        if k in told and k not in trained:
            for source, target in _pulled(program, params, start, inputs, k, told, counted, alive, dtype, later).items():
                if source in told:
                    name, both = program.names[source], f"{program.names[source]!r} and {program.names[k]!r}"
                    raise ValueError(f"There are two targets for {name}: by {both}. Give y for one of them.")
                told[source], counted[source] = target, counted[k]
            if tells and program.nodes[k].keeps_target:
                _tell(program, k)
    for k in program.trained:
        if k not in told:
            raise ValueError(f"There is no y for {program.names[k]!r}. Give it by name, as {{{program.names[k]!r}: ...}}.")
    pairs = Pairs(program, inputs, {k: told[k] for k in program.trained}, alive, {k: counted[k] for k in program.trained}, told, {})
    if forces:
        return pairs
    late = [k for k in program.fed_back if k in later]
    for k in late:
        heard = [readout for readout in program.trained if k in program.after({readout}) and counted[readout] is not alive]
        gap = next((counted[readout] for readout in heard if readout not in program.once), None)
        if gap is not None:
            row = int(np.argmax((~gap if alive is None else alive & ~gap).any(axis=1)))
            raise ValueError(
                f"{program.names[k]} feeds back, and row {row} of its targets has no number: none can take its place there. "
                "Fill the gaps, take that wire away, or train by FORCELearning."
            )
        if heard:
            raise ValueError(
                f"{program.names[k]} feeds back, but has a target only at the end of a series: none can take its place before that. "
                "Take that wire away, or train by FORCELearning or BPTT."
            )
    taught = {k: told[k] for k in late if k in told}
    exits, entries = program.exits, program.inputs
    loops = len(exits) == len(entries) == 1 and program.wires[exits[0]].size == program.wires[entries[0]].size
    left = [k for k in late if k not in told]
    left += [k for k in exits if loops and k in later and k not in told and k not in left and k not in program.once]
    if left:
        found = run_part(program, params, start, inputs, left, given=pairs.targets, taught=taught, alive=alive, dtype=dtype)
        told |= found
        taught |= {k: found[k] for k in late if k in found}
    return pairs._replace(told=told, taught=taught)


def _pulled(
    program: Program,
    params: Params,
    start: State | None,
    inputs: ByPlace,
    k: int,
    told: ByPlace,
    counted: Counted,
    alive: np.ndarray | None,
    dtype: np.dtype,
    later: set[int],
) -> ByPlace:
    """The targets of the inputs of one node that training changes, by place."""
    name, sources, mask = program.names[k], program.wires[k].forward, counted[k]
    fixed = [s for s in sources if s not in later]
    heard = needed(program, fixed, (), told) & later
    readouts = [program.names[one] for one in program.trained if k in program.after({one})]
    advice = f"Give y for {' and '.join(map(repr, readouts))}, by name."
    if heard and fixed:
        both = f"{program.names[fixed[0]]}, which hears {program.names[min(heard)]} by feedback"
        raise ValueError(f"The target of {name} cannot be pulled back: {name} takes {both}, whose target is not known. {advice}")
    values = run_part(program, params, start, inputs, fixed, given={}, taught=told, alive=alive, dtype=dtype) if fixed else {}
    known = [np.asarray(values[s], np.float64) if s in values else None for s in sources]
    rows = np.ones(told[k].shape[:2], bool) if mask is None else mask
    try:
        parts = program.nodes[k].pulled(np.asarray(told[k], np.float64), known, [program.wires[s].size for s in sources], rows)
    except OutsideError as error:
        raise ValueError(f"The target of {name} {error}. Scale the targets, or put a Scale after {name}.") from error
    except ValueError as error:
        raise ValueError(f"The target of {name} cannot be pulled back to {' and '.join(readouts)}: {name} {error}. {advice}") from error
    opened = [s for s in sources if s not in values]
    return {s: part if mask is None else np.where(mask[..., None], part, 0.0) for s, part in zip(opened, parts, strict=True)}


def _tell(program: Program, k: int) -> None:
    readouts = " and ".join(program.names[one] for one in program.trained if k in program.after({one}))
    name = program.names[k]
    words = f"{readouts} is fitted to the targets themselves, and {name} makes shares of what it gives. BPTT trains through {name}."
    warnings.warn(words, UserWarning, stacklevel=5)

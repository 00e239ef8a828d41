"""How a series is cut to be run side by side: a fixed function of program, shapes and cores, so that the same call gives the same bits."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import jax

from rcwidgets.core.cores import cores
from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.nodes.weights import shares

Parallel = Literal["auto", "off"]
PARALLEL: tuple[Parallel, ...] = ("auto", "off")
LEAST = 2.5e8  # recurrent numbers times steps, some 10 ms of one core: shorter runs are made in order
STEP = 2e4  # recurrent numbers that take as long as a step with none
ROWS = 5  # stretches that one core runs as the rows of one product (measured at 400 units)
DEARER = ((3e4, 0.35), (5e5, 0.675), (float("inf"), 0.2))  # up to so many recurrent numbers: what each further row adds to a step of one
GATHERED = (
    8,
    0.42,
)  # the same of sparse weights in the gather form: the rows, and what each further one adds (measured at 2,000 units, 1 %)
MOST = 8  # threads
GAIN = 0.8  # of the time in order: what would take longer is run in order
SHORTEST = 1000  # steps
PROBED = 8  # the part of the series on which a start has to be forgotten


class Plan(NamedTuple):
    """So many threads, each with so many stretches as the rows of one product."""

    threads: int
    rows: int

    @property
    def stretches(self) -> int:
        """How many stretches run side by side."""
        return self.threads * self.rows


def may_run_in_stretches(program: Program, batch: int, steps: int, forced: Sequence[int], parallel: Parallel) -> bool:
    """Whether it may pay to look if the program forgets its start."""
    if parallel == "off" or jax.default_backend() != "cpu" or not set(program.fed_back) <= set(forced):
        return False
    recurrent = _recurrent(program)
    long = steps >= SHORTEST and steps * batch * max(recurrent, STEP) >= LEAST
    return long and recurrent > 0 and batch <= ROWS // 2


def plan_of(program: Program, params: Params, batch: int, steps: int, probed: int, washout: int) -> Plan | None:
    """The plan of the least time for a series of so many steps, of which the first `probed` are there; None where it is too little gain."""
    threads = min(cores(), MOST)
    rows = probing_rows(program, params, batch)
    sparse = _gathered(program, params)
    dearer = next(share for most, share in DEARER if _recurrent(program) <= most) if sparse is None else GATHERED[1] if sparse else 1.0
    plans = [Plan(threads, count) for count in (1, rows) if threads * count > 1]

    def time(plan: Plan) -> float:
        rest = steps - probed - washout
        return probed * (1 + dearer * (rows - 1)) + (washout + rest / plan.stretches) * (1 + dearer * (plan.rows - 1))

    plans = [plan for plan in plans if steps - probed - washout >= plan.stretches]  # each has a row of its own
    best = min(plans, key=time, default=None)
    return best if best is not None and time(best) <= GAIN * steps else None


def probing_rows(program: Program, params: Params, batch: int) -> int:
    """How many parts the probe runs as rows of one batch, three or more: as many as stretches have, where more rows cost little."""
    sparse = _gathered(program, params)
    return 3 if sparse is False else max(3, (GATHERED[0] if sparse else ROWS) // batch)


def _gathered(program: Program, params: Params) -> bool | None:
    """Whether weights in the gather form share what is read of the rows; None where none are in that form."""
    found = [params[name]["sources"].shape for name in program.names if "sources" in params[name]]
    return all(shares(*shape) for shape in found) if found else None


def _recurrent(program: Program) -> int:
    """How many recurrent numbers a step reads."""
    return sum(node.recurrence(wires.size) for node, wires in zip(program.nodes, program.wires, strict=True))

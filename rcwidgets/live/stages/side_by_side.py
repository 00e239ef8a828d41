"""The signals that arrive at readouts and their moments, from a run in stretches side by side: each thread adds the moments of its rows."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import numpy as np

from rcwidgets.core.algebra.gram import Cross, MomentSum
from rcwidgets.core.model.program import State
from rcwidgets.core.model.series_parts import ByPlace, Series
from rcwidgets.core.model.side_by_side import Ran, run_side_by_side
from rcwidgets.core.trainers.streaming import merged
from rcwidgets.live.stages.ridge_problem import PARTS, Part, Signals

Crosses = dict[int, dict[Part, Cross]]  # by place


def fill(
    series: Series,
    start: State,
    signals: Mapping[int, Signals],
    targets: Mapping[int, np.ndarray],
    checkpoint: Callable[[], None],
    progress: Callable[[float], None],
) -> tuple[Ran, Crosses] | None:
    """Runs one series, fills the signals, and gives their moments with the targets (rows, outputs); None where it has to run in order.

    `progress` hears the share of the rows that were run, from several threads.
    """
    done, lock = 0, Lock()

    def fold(total: Any, rows: np.ndarray, values: ByPlace, seen: ByPlace) -> Any:
        nonlocal done
        sums: dict[tuple[int, Part], MomentSum] = {} if total is None else total
        flat = rows.reshape(-1)
        for k, own in signals.items():
            wired = [values[source][:, :, 0] for source in series.program.wires[k].forward]
            x = np.concatenate(wired, axis=-1) if len(wired) > 1 else wired[0]
            for stretch in range(rows.shape[1]):
                own.x[rows[0, stretch] : rows[-1, stretch] + 1] = x[:, stretch]
            x = x.reshape(len(flat), -1)
            for part in PARTS:
                inside = (flat >= own.rows[part].start) & (flat < own.rows[part].stop)
                if own.known is not None:
                    inside &= own.known[flat]
                if inside.any():
                    held = sums.setdefault((k, part), MomentSum(x.shape[1], targets[k].shape[1]))
                    held.add(x, targets[k][flat], None if inside.all() else inside)
        with lock:
            done += len(flat)
            progress(done / series.steps)
        return sums

    ran = run_side_by_side(series, start, fold, checkpoint)
    if ran is None:
        return None
    crosses: Crosses = {k: {} for k in signals}
    for (k, part), total in merged(ran.totals).items():
        crosses[k][part] = total.cross()
        signals[k].know(part, total.gram())
    return ran, crosses

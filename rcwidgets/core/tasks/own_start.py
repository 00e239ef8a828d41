"""What data of the user's own start with: a line through the last values, a reservoir beside it, and what the training part asks for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import NVAR, Delay, Difference, Input, LinearReadout, Reservoir, Scale, Sum


class OwnStart(NamedTuple):
    """The choices of a start on data of the user's own; by themselves what it is where no data can tell.

    `lags` are how many last values of each channel the readout gets. `season` is how many steps late the value of the season before
    arrives, 0 without one. `magnified` is what the changes from row to row are multiplied with where these are learned, not the values;
    None where it is the values.
    """

    units: int = 100
    input_scaling: float = 0.03
    lags: int = 1
    season: int = 0
    magnified: float | None = None

    def graph(self) -> Graph:
        """The model: the last values and a reservoir before one readout, so that without the reservoir it is a line, AR(12) with 12 lags.

        Of changes: both see changes, and the readout tells the next one, to which the value of now is added.
        """
        signal, readout = Input(), LinearReadout()
        changes = self.magnified is not None
        seen = signal >> Difference() >> Scale(factor=self.magnified) if self.magnified is not None else signal
        parts: list[Any] = [NVAR(self.lags, order=1)] if self.lags > 1 else []
        parts += [Delay(self.season)] if self.season else []
        parts += [Reservoir(self.units, leak_rate=1.0, input_scaling=self.input_scaling)]
        graph = seen >> parts >> readout
        if self.lags == 1:
            graph = graph & (seen >> readout)
        if not changes:
            return graph
        total = Sum()
        return graph & (readout >> total) & (signal >> total)


def starts_like(graph: Graph) -> Iterator[Graph]:
    """The start with the choices that a graph shows, where it has a reservoir; it is that start where both are the same."""
    kinds = {node.kind: node for node in graph.nodes.values()}
    reservoir, nvar, delay, scale = (kinds.get(kind) for kind in ("Reservoir", "NVAR", "Delay", "Scale"))
    if isinstance(reservoir, Reservoir):
        yield OwnStart(
            reservoir.units,
            reservoir.input_scaling,
            nvar.delay if isinstance(nvar, NVAR) else 1,
            delay.steps if isinstance(delay, Delay) else 0,
            scale.factor if isinstance(scale, Scale) else None,
        ).graph()

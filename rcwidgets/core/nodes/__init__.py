"""The nodes, each in a file of its own; the order is that of the palette."""

from rcwidgets.core.nodes.input import Input
from rcwidgets.core.nodes.reservoir import Reservoir

from rcwidgets.core.nodes.readout import LinearReadout  # isort: skip
from rcwidgets.core.nodes.concat import Concat  # isort: skip
from rcwidgets.core.nodes.last import Last
from rcwidgets.core.nodes.time_mean import TimeMean

__all__ = ["Concat", "Input", "Last", "LinearReadout", "Reservoir", "TimeMean"]

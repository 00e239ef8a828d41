"""The nodes, each in a file of its own; the order is that of the palette."""

from rcwidgets.core.nodes.input import Input
from rcwidgets.core.nodes.reservoir import Reservoir

from rcwidgets.core.nodes.readout import LinearReadout  # isort: skip
from rcwidgets.core.nodes.rnn import VanillaRNN  # isort: skip
from rcwidgets.core.nodes.gru import GRU  # isort: skip
from rcwidgets.core.nodes.lstm import LSTM  # isort: skip
from rcwidgets.core.nodes.dense import Dense  # isort: skip
from rcwidgets.core.nodes.concat import Concat  # isort: skip
from rcwidgets.core.nodes.last import Last
from rcwidgets.core.nodes.time_mean import TimeMean

__all__ = ["GRU", "LSTM", "Concat", "Dense", "Input", "Last", "LinearReadout", "Reservoir", "TimeMean", "VanillaRNN"]

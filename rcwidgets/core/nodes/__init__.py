"""The nodes, each in a file of its own, in the order of the palette."""

from rcwidgets.core.nodes.activation import Activation
from rcwidgets.core.nodes.concat import Concat
from rcwidgets.core.nodes.delay import Delay
from rcwidgets.core.nodes.dense import Dense
from rcwidgets.core.nodes.dropout import Dropout
from rcwidgets.core.nodes.gru import GRU
from rcwidgets.core.nodes.input import Input
from rcwidgets.core.nodes.last import Last
from rcwidgets.core.nodes.layer_norm import LayerNorm
from rcwidgets.core.nodes.lstm import LSTM
from rcwidgets.core.nodes.nvar import NVAR
from rcwidgets.core.nodes.readout import LinearReadout
from rcwidgets.core.nodes.reservoir import Reservoir
from rcwidgets.core.nodes.reshape import Reshape
from rcwidgets.core.nodes.rnn import VanillaRNN
from rcwidgets.core.nodes.select import Select
from rcwidgets.core.nodes.sum import Sum
from rcwidgets.core.nodes.time_mean import TimeMean
from rcwidgets.core.spec.registry import NODES, arrange

arrange(
    NODES,
    [
        Input,
        *(Reservoir, NVAR),
        *(VanillaRNN, GRU, LSTM),
        *(LinearReadout, Dense),
        *(Concat, Sum, Select, Reshape),
        *(Activation, LayerNorm, Dropout),
        *(Delay, Last, TimeMean),
    ],
)

__all__ = [
    "GRU",
    "LSTM",
    "NVAR",
    "Activation",
    "Concat",
    "Delay",
    "Dense",
    "Dropout",
    "Input",
    "Last",
    "LayerNorm",
    "LinearReadout",
    "Reservoir",
    "Reshape",
    "Select",
    "Sum",
    "TimeMean",
    "VanillaRNN",
]

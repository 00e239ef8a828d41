"""The nodes, in the order of the palette: each of its groups has a module, or each of its nodes."""

from rcwidgets.core.nodes.dropout import Dropout
from rcwidgets.core.nodes.gated import GRU, LSTM
from rcwidgets.core.nodes.input import Input
from rcwidgets.core.nodes.layers import Activation, LayerNorm, Scale
from rcwidgets.core.nodes.nvar import NVAR
from rcwidgets.core.nodes.readout import Dense, LinearReadout
from rcwidgets.core.nodes.recurrent import VanillaRNN
from rcwidgets.core.nodes.reservoir import Reservoir
from rcwidgets.core.nodes.reshape import Reshape
from rcwidgets.core.nodes.select import Select
from rcwidgets.core.nodes.shape import Concat, Sum
from rcwidgets.core.nodes.time import Delay, Difference, Last, TimeMean
from rcwidgets.core.spec.registry import NODES, arrange

arrange(
    NODES,
    [
        Input,
        *(Reservoir, NVAR),
        *(VanillaRNN, GRU, LSTM),
        *(LinearReadout, Dense),
        *(Concat, Sum, Select, Reshape),
        *(Activation, Scale, LayerNorm, Dropout),
        *(Delay, Difference, Last, TimeMean),
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
    "Difference",
    "Dropout",
    "Input",
    "Last",
    "LayerNorm",
    "LinearReadout",
    "Reservoir",
    "Reshape",
    "Scale",
    "Select",
    "Sum",
    "TimeMean",
    "VanillaRNN",
]

"""Models of other libraries, with the weights that they have, as runners of ours. None of these libraries is imported here."""

from rcwidgets.core.peers.orc import from_orc
from rcwidgets.core.peers.pyrcn import from_pyrcn
from rcwidgets.core.peers.resdag import from_resdag
from rcwidgets.core.peers.reservoirpy import from_reservoirpy

__all__ = ["from_orc", "from_pyrcn", "from_resdag", "from_reservoirpy"]

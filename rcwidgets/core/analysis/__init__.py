"""What a reservoir can do, measured: its spectrum, its memory, how it forgets its start, its chaos, and the rank of its states."""

from rcwidgets.core.analysis.capacity import MemoryCapacity, memory_capacity
from rcwidgets.core.analysis.rank import Rank, generalization_rank, kernel_rank
from rcwidgets.core.analysis.spectrum import spectral_radius, spectrum
from rcwidgets.core.analysis.stability import EchoState, Lyapunov, closed_loop_exponent, echo_state, lyapunov_exponent

__all__ = [
    "EchoState",
    "Lyapunov",
    "MemoryCapacity",
    "Rank",
    "closed_loop_exponent",
    "echo_state",
    "generalization_rank",
    "kernel_rank",
    "lyapunov_exponent",
    "memory_capacity",
    "spectral_radius",
    "spectrum",
]

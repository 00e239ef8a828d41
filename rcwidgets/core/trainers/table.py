"""The trainers, and what only runs a model, by kind: for files, and for experiments. A new trainer is its module and a line here."""

from typing import Any, NamedTuple

from rcwidgets.core.model.runner import RNNRunner, RunnerSettings
from rcwidgets.core.spec.registry import TRAINERS, arrange
from rcwidgets.core.trainers.closed_form.linear import LinearSettings, LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings, RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning
from rcwidgets.core.trainers.online.settings import FORCESettings, LMSSettings, RLSSettings


class Kind(NamedTuple):
    """What stands for a kind: the class of the runner or trainer, and that of its settings."""

    trainer: Any
    settings: Any


RUNNERS: dict[str, Kind] = {
    kind.settings.kind: kind
    for kind in (
        Kind(RNNRunner, RunnerSettings),
        Kind(RidgeTrainer, RidgeSettings),
        Kind(LinearTrainer, LinearSettings),
        Kind(RLS, RLSSettings),
        Kind(FORCELearning, FORCESettings),
        Kind(LMS, LMSSettings),
        Kind(BPTT, BPTTSettings),
    )
}
arrange(TRAINERS, (kind.settings for name, kind in RUNNERS.items() if name in TRAINERS))

__all__ = ["BPTT", "LMS", "RLS", "FORCELearning", "LinearTrainer", "RidgeTrainer"]  # the public names

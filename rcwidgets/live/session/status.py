"""What the experiment tells of itself while it works."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from rcwidgets.core.graph.sizing import Problem
from rcwidgets.core.short import short_repr
from rcwidgets.live.results.words import Metric

Activity = Literal["idle", "compiling", "running", "paused", "failed"]
NodeState = Literal["ok", "working", "waiting", "warning", "error", "unwired", "untrained"]


class NodeStatus(NamedTuple):
    """A node's state in a word, its text, the features that it gives, and how many of its numbers are fixed and trained.

    "unwired" and "untrained" are work that is not finished yet, "warning" is one that goes on, "error" is wrong.
    """

    state: NodeState
    text: str
    size: int | None = None
    fixed: int = 0
    trained: int = 0


@dataclass(frozen=True)
class Status:
    """The activity now, and what is known about the document `revision`; `pace` says how a long training goes, many times a second.

    Where `message` tells that something was trained, `outcome` is the error that came of it, in words. `old` says
    what the results are of where they are not, and will not soon be, of that document: "of the last model: Lorenz, 1 step".
    """

    activity: Activity = "idle"
    message: str = ""
    outcome: str = ""
    pace: str = ""
    progress: float | None = None
    nodes: dict[str, NodeStatus] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    metrics: tuple[Metric, ...] = ()
    revision: int = 0
    auto: bool = True
    old: str = ""

    def __repr__(self) -> str:
        return short_repr(self)

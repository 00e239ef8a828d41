"""What a run can use again: values by stage, each with the key of what it was made from."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from rcwidgets.core.tasks import Series
from rcwidgets.core.trainers.base import OWN

Value = TypeVar("Value")


class StageCache:
    """Keeps the newest value of each stage. Not for several threads at once.

    `own` is the user's series (other data need another cache), and `functions` are the user's own functions of the trainer, by the setting
    that they stand for.
    """

    def __init__(self, own: Series | None = None, functions: Mapping[str, Any] | None = None) -> None:
        self.own, self.functions = own, dict(functions or {})
        self.counts: Counter[str] = Counter()  # what was done, for tests: "steps" of the scan, "draws", "solves", "compiles"
        self._values: dict[str, tuple[Hashable, Any]] = {}
        self._compiled: set[Hashable] = set()

    def keep(self, stage: str, key: Hashable, make: Callable[[], Value], *, feeds: str = "") -> Value:
        """The stage's value for this key: the kept one, or made anew, after the old one and that of the stage it `feeds` are let go."""
        if stage not in self._values or self._values[stage][0] != key:
            self._values.pop(stage, None)
            self._values.pop(feeds, None)
            self._values[stage] = (key, make())
        return self._values[stage][1]

    def functions_of(self, settings: Any) -> dict[str, Any]:
        """The functions that these settings ask for; one that is not there, as after a document was read, is a ValueError."""
        wanted = [name for name, value in settings.knobs.items() if value == OWN]
        for name in wanted:
            if name not in self.functions:
                raise ValueError(
                    f"{settings.kind}.{name} is a function of your own, which a file cannot hold. Give it in Python, as "
                    f"trainer={settings.kind}(model, {name}=...), or choose another {name}."
                )
        return {name: self.functions[name] for name in wanted}

    def compiles(self, key: Hashable) -> bool:
        """True the first time that a program of this key runs."""
        new = key not in self._compiled
        self._compiled.add(key)
        self.counts["compiles"] += new
        return new

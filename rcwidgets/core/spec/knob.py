"""A knob: what is known about a hyperparameter, and how its values are checked, read and told. The kinds are in `kinds`."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal

from rcwidgets.core.spec.json_values import LONGEST_WORD, is_integer, shown
from rcwidgets.core.spec.refusal import Refusal, RefusedKind, RefusedValue, number_word

KnobKind = Literal["float", "int", "bool", "choice", "text", "ints", "columns"]
KnobValue = float | str | bool | list[float] | list[str] | None  # as JSON holds it


class Effect(StrEnum):
    """What a change of the knob costs."""

    LIVE = "live"  # changes at once
    REDRAW = "redraw"  # draws new weights
    REBUILD = "rebuild"  # compiles anew


@dataclass(frozen=True)
class Knob(ABC):
    """The metadata of one hyperparameter; its class says what values it has.

    `low` and `high` are the legal range; `slider` is the (low, high, step) that a slider shows, which may be narrower. A log slider's
    step counts decades. `optional` knobs may also be None, which means "by itself", and of columns "all"; `auto` is what None then stands
    for: in most uses, and where a trainer feeds the network's own output back while it learns. Texts and ints may have a rule of their
    own: `form(value)` gives the value as it is kept, or raises with the rule ("must be ...").

    A refusal has two wordings, both made here: Python's ("Reservoir.leak_rate must be in [0.001, 1.0], got 1.7.") and the page's ("Leak
    rate must lie between 0.001 and 1.").
    """

    kind: ClassVar[KnobKind]
    expected: ClassVar[str] = "one of its values"  # what a document holds for it
    nothing: ClassVar[str] = "automatic"  # what None stands for, in a word

    default: Any
    doc: str
    effect: Effect
    label: str = ""  # the name in words, where the field has none of its own
    low: float | None = None
    high: float | None = None
    slider: tuple[float, float, float] | None = None
    log: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    presets: tuple[float, ...] = ()
    optional: bool = False
    auto: tuple[float, float] | None = None
    form: Callable[[Any], Any] | None = None
    hidden: tuple[str, ...] = ()  # choices that Python alone can make: no page offers them
    per: str = ""  # what an array may have a number for each of, in Python: "units"
    per_low: float | None = None  # the least number of such an array, where that is not `low`

    def check(self, where: str, value: Any) -> Any:
        """The value as its plain Python type, or an error that names `where` ("Reservoir.leak_rate"), the rule and the value."""
        return None if value is None and self.optional else self._check(where, value)

    @abstractmethod
    def _check(self, where: str, value: Any) -> Any:
        """`check` of a value that is not left to itself."""

    def read(self, where: str, value: Any) -> Any:
        """The value that plain data from outside stand for, checked."""
        short = isinstance(value, str) and len(value) <= LONGEST_WORD
        if not (short or value is None or isinstance(value, bool | float) or is_integer(value)):
            raise self._unreadable(where, f"must be {self.expected}", value)
        return self.check(where, value)

    def _unreadable(self, where: str, rule: str, value: Any) -> Refusal:
        return RefusedValue(f"{where} {rule}, got {shown(value)}.", self.say(rule))

    def show(self, value: Any) -> str:
        """The value in words."""
        return self.nothing if value is None else str(value)

    def refused(self, where: str, rule: str, value: Any, *, said: str = "", kind: type[Refusal] = RefusedValue) -> Refusal:
        """The refusal of a value: Python's sentence by the rule ("must be ..."), the page's by the rule or, where it has one, by `said`."""
        return kind(f"{where} {rule}, got {value!r}.", self.say(said or rule))

    def say(self, rule: str) -> str:
        """The page's sentence of a rule: "Units must be a whole number."."""
        return f"{self.label} {rule}."

    @property
    def flows(self) -> bool:
        """Whether it is a number that a hand drags at no cost, and in which lanes may differ."""
        return self.effect is Effect.LIVE and self.kind == "float"

    @property
    def offered(self) -> tuple[str, ...]:
        """The choices that a page can make."""
        return tuple(word for word in self.choices if word not in self.hidden)

    @property
    def span(self) -> str:
        """The legal range in the page's words: "between 0.001 and 1"; empty where the knob is no number."""
        return "" if self.low is None or self.high is None else f"between {number_word(self.low)} and {number_word(self.high)}"

    def _formed(self, where: str, value: Any) -> Any:
        """The value as the knob's own rule keeps it."""
        if self.form is None:
            return value
        try:
            return self.form(value)
        except TypeError as error:
            raise self.refused(where, str(error), value, kind=RefusedKind) from error
        except ValueError as error:
            raise self.refused(where, str(error), value) from error

    @property
    def says(self) -> dict[str, str] | None:
        """What the page says of what was typed for a number: no number, no whole one, out of range; and the range. None for others."""
        return None

    def schema(self) -> dict[str, Any]:
        """The knob as plain JSON data, for the page."""
        return {
            "label": self.label,
            "doc": self.doc,
            "unit": self.unit,
            "effect": str(self.effect),
            "kind": self.kind,
            "default": plain(self.default),
            "low": self.low,
            "high": self.high,
            "slider": list(self.slider) if self.slider else None,
            "log": self.log,
            "choices": list(self.offered) or None,
            "presets": list(self.presets) or None,
            "optional": self.optional,
            "auto": list(self.auto) if self.auto else None,
            "says": self.says,
        }


def plain(value: Any) -> Any:
    """The value of a knob as JSON holds it: several whole numbers or names are a list."""
    return list(value) if isinstance(value, tuple) else value

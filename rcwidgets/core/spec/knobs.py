"""Knobs: the one home of what is known about a hyperparameter.

The range check, the sliders, the schema, the TypeScript types, the badges of cost and the parametrised tests are all made
from these objects.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar, Literal

import jax
import numpy as np

from rcwidgets.core.spec.refusal import Refusal, RefusedKind, RefusedValue, number_word

MOST_INTS = 16  # whole numbers in one knob: degrees of monomials, sizes of an array
MOST_COLUMNS = 500  # names of columns in one knob
LONGEST_COLUMN = 200  # characters of such a name


KnobKind = Literal["float", "int", "bool", "choice", "text", "ints", "columns"]
KnobValue = float | str | bool | list[float] | list[str] | None  # as JSON holds it


class Effect(StrEnum):
    """What a change of the knob costs."""

    LIVE = "live"  # changes at once
    REDRAW = "redraw"  # draws new weights
    REBUILD = "rebuild"  # compiles anew


@dataclass(frozen=True)
class Knob:
    """The metadata of one hyperparameter.

    `low` and `high` are the legal range; `slider` is the (low, high, step) that a slider shows, which may be narrower. A log slider's
    step counts decades. `kind` is "float", "int", "bool", "choice", "text", "ints" (a whole number or a tuple of them) or "columns" (a
    tuple of names); `optional` knobs may also be None, which means "by itself", and of columns "all"; `auto` is what None then stands for:
    in most uses, and where a trainer feeds the network's own output back while it learns. Texts and ints may have a rule of their own:
    `form(value)` gives the value as it is kept, or raises with the rule ("must be ...").

    A refusal has two wordings, both made here: Python's ("Reservoir.leak_rate must be in [0.001, 1.0], got 1.7.") and the page's ("Leak
    rate must lie between 0.001 and 1.").
    """

    kind: KnobKind
    default: Any
    doc: str
    effect: Effect
    label: str
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

    def check(self, where: str, value: Any) -> Any:
        """The value as its plain Python type, or an error that names `where` ("Reservoir.leak_rate"), the rule and the value."""
        if value is None and self.optional:
            return None
        if self.kind == "choice":
            if value not in self.choices:
                raise self.refused(where, f"must be one of {', '.join(self.choices)}", value)
            return str(value)
        if self.kind == "bool":
            if not isinstance(value, bool | np.bool_):
                raise self.refused(where, "must be True or False", value, said="must be on or off", kind=RefusedKind)
            return bool(value)
        if self.kind == "text":
            return self._check_text(where, value)
        if self.kind == "ints":
            return self._check_ints(where, value)
        if self.kind == "columns":
            return self._check_columns(where, value)
        if _is_array(value):
            if self.effect is not Effect.LIVE:
                words = f"{where} must be one number, got an array of shape {np.shape(value)}."
                raise RefusedKind(words, f"{self.label} must be one number.")
            return value
        return self._check_number(where, value)

    def refused(self, where: str, rule: str, value: Any, *, said: str = "", kind: type[Refusal] = RefusedValue) -> Refusal:
        """The refusal of a value: Python's sentence by the rule ("must be ..."), the page's by the rule or, where it has one, by `said`."""
        return kind(f"{where} {rule}, got {value!r}.", self.say(said or rule))

    def say(self, rule: str) -> str:
        """The page's sentence of a rule: "Units must be a whole number."."""
        return f"{self.label} {rule}."

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

    def _check_text(self, where: str, value: Any) -> str:
        kept = self._formed(where, value)
        if not isinstance(kept, str):
            raise self.refused(where, "must be a text", value, kind=RefusedKind)
        return kept

    def _check_ints(self, where: str, value: Any) -> int | tuple[int, ...]:
        given = list(value) if isinstance(value, list | tuple) else [value]
        if not 1 <= len(given) <= MOST_INTS:
            raise self.refused(where, f"must be 1 to {MOST_INTS} whole numbers", len(given))
        if any(isinstance(one, bool | np.bool_) or not isinstance(one, int | np.integer) for one in given):
            words = "must be a whole number or several, such as 2 or "
            raise self.refused(where, f"{words}(2, 3)", value, said=f"{words}2, 3", kind=RefusedKind)
        for one in given:
            if one < self.low or one > self.high:
                raise self.refused(where, f"must be in [{self.low}, {self.high}]", value, said=f"must lie {self.span}")
        kept = self._formed(where, tuple(int(one) for one in given))
        return kept[0] if len(kept) == 1 else kept

    def _check_columns(self, where: str, value: Any) -> tuple[str, ...]:
        given = [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else None
        if given is None or not all(isinstance(one, str) for one in given):
            raise self.refused(where, "must be names of columns", value, kind=RefusedKind)
        if len(given) > MOST_COLUMNS:
            raise self.refused(where, f"must be at most {MOST_COLUMNS} names", len(given))
        for place, one in enumerate(given):
            if not 1 <= len(one) <= LONGEST_COLUMN:
                raise self.refused(where, f"must be names of 1 to {LONGEST_COLUMN} characters", one[:40])
            if one in given[:place]:
                rule = "must name each column once"
                raise RefusedValue(f"{where} {rule}, got {one!r} twice.", self.say(f"{rule}: {one} is there twice"))
        return tuple(given)

    def _check_number(self, where: str, value: Any) -> float | int:
        plain = value.item() if isinstance(value, jax.Array | np.ndarray | np.generic) else value
        if isinstance(plain, bool) or not isinstance(plain, int | float):
            raise self.refused(where, "must be a number", value, said=f"must be a number {self.span}", kind=RefusedKind)
        try:
            number = float(plain)
        except OverflowError:
            number = math.inf
        if self.kind == "int" and math.isfinite(number):
            if not number.is_integer():
                raise self.refused(where, "must be a whole number", value, said=f"must be a whole number {self.span}")
            number = int(plain)
        if not math.isfinite(number) or not (self.low is None or number >= self.low) or not (self.high is None or number <= self.high):
            raise self.refused(where, f"must be in [{self.low}, {self.high}]", value, said=f"must lie {self.span}")
        return number

    @property
    def says(self) -> dict[str, str] | None:
        """What the page says of what was typed for a number: no number, no whole one, out of range; and the range."""
        if self.kind not in ("float", "int"):
            return None
        number = "must be a whole number" if self.kind == "int" else "must be a number"
        return {"number": self.say(f"{number} {self.span}"), "range": self.say(f"must lie {self.span}"), "span": self.span}

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
            "choices": list(self.choices) or None,
            "presets": list(self.presets) or None,
            "optional": self.optional,
            "auto": list(self.auto) if self.auto else None,
            "says": self.says,
        }


def plain(value: Any) -> Any:
    """The value of a knob as JSON holds it: several whole numbers or names are a list."""
    return list(value) if isinstance(value, tuple) else value


def _is_array(value: Any) -> bool:
    return isinstance(value, jax.Array | np.ndarray) and np.ndim(value) > 0


def knob(
    default: float | None,
    low: float,
    high: float,
    doc: str,
    *,
    label: str,
    effect: Effect = Effect.LIVE,
    slider: tuple[float, float, float] | None = None,
    log: bool = False,
    unit: str = "",
    presets: tuple[float, ...] = (),
    integer: bool = False,
    optional: bool = False,
    auto: tuple[float, float] | None = None,
) -> Any:
    """A dataclass field that holds a number with a legal range [low, high]."""
    kind: KnobKind = "int" if integer else "float"
    made = Knob(kind, default, doc, effect, label, low, high, slider, log, unit, (), presets, optional, auto)
    return field(default=default, metadata={"knob": made})


def choice(default: str, choices: tuple[str, ...], doc: str, *, label: str, effect: Effect = Effect.REBUILD) -> Any:
    """A dataclass field that holds one of a few words."""
    return field(default=default, metadata={"knob": Knob("choice", default, doc, effect, label, choices=choices)})


def toggle(default: bool, doc: str, *, label: str, effect: Effect = Effect.REBUILD) -> Any:
    """A dataclass field that is on or off."""
    return field(default=default, metadata={"knob": Knob("bool", default, doc, effect, label)})


def text(default: str, doc: str, *, label: str, form: Callable[[Any], str] | None = None, effect: Effect = Effect.REBUILD) -> Any:
    """A dataclass field that holds a short text; `form(value)` gives the text as it is kept, or raises with the rule ("must be ...")."""
    return field(default=default, metadata={"knob": Knob("text", default, doc, effect, label, form=form)})


def ints(
    default: int | tuple[int, ...],
    low: int,
    high: int,
    doc: str,
    *,
    label: str,
    form: Callable[[tuple[int, ...]], tuple[int, ...]] | None = None,
    effect: Effect = Effect.REBUILD,
) -> Any:
    """A dataclass field that holds a whole number or a tuple of them, each in [low, high]; one alone is kept as a plain int."""
    return field(default=default, metadata={"knob": Knob("ints", default, doc, effect, label, low, high, form=form)})


def columns(doc: str, *, label: str, effect: Effect = Effect.REBUILD) -> Any:
    """A dataclass field that holds names of columns of a table, or None for all of them."""
    return field(default=None, metadata={"knob": Knob("columns", None, doc, effect, label, optional=True)})


def knobs_of(cls: Any) -> Mapping[str, Knob]:
    """The knobs of a spec class by field name, in the order of their definition."""
    return {f.name: f.metadata["knob"] for f in fields(cls) if "knob" in f.metadata}


class Spec:
    """A frozen dataclass whose fields are knobs: node specs, task specs and trainer specs. Documents know it by its `kind`."""

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if "kind" not in vars(cls):
            cls.kind = cls.__name__

    def __post_init__(self) -> None:
        for name, made in knobs_of(type(self)).items():
            object.__setattr__(self, name, made.check(f"{self.kind}.{name}", getattr(self, name)))

    @property
    def knobs(self) -> dict[str, Any]:
        """The value of each knob by name."""
        return {name: getattr(self, name) for name in knobs_of(type(self))}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(arguments(self))})"


def knob_named(cls: type[Spec], name: str) -> Knob:
    """The knob `name` of a spec class, or an error that lists the valid names."""
    made = knobs_of(cls)
    if name not in made:
        raise ValueError(f"{cls.kind} has no knob {name!r}. Its knobs: {', '.join(made) or 'none'}.")
    return made[name]


def arguments(spec: Any, shown: Callable[[str, Any], str] = lambda name, array: repr(array)) -> list[str]:
    """The constructor arguments that differ from the defaults, as Python source: the first knob by position, the others by name.

    `shown(name, array)` is the text of an array of the user's own.
    """
    words = []
    for place, (name, known) in enumerate(knobs_of(type(spec)).items()):
        value = getattr(spec, name)
        if _is_array(value):
            words.append(f"{name}=<array of shape {np.shape(value)}>")
        elif place == 0 and known.effect is Effect.REBUILD and value is not None:
            words.append(repr(value))
        elif value != known.default:
            words.append(f"{name}={value!r}")
    words += [f"{name}={shown(name, array)}" for name, array in getattr(spec, "arrays", {}).items()]
    if getattr(spec, "name", None):
        words.append(f"name={spec.name!r}")
    return words

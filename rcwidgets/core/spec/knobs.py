"""Knobs as fields: the one home of what is known about a hyperparameter, and the specs that have them.

The range check, the sliders, the schema, the TypeScript types, the badges of cost and the parametrised tests are all made
from these objects.
"""

from collections.abc import Callable, Mapping
from dataclasses import field, fields, replace
from functools import cache
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.spec.kinds import BoolKnob, ChoiceKnob, ColumnsKnob, FloatKnob, IntKnob, IntsKnob, TextKnob, is_array
from rcwidgets.core.spec.knob import Effect, Knob
from rcwidgets.core.spec.own_arrays import CheckedArray

Setting: TypeAlias = ArrayLike | None  # a knob's value as Python takes it: a number, a word, several of them, or an array of lanes


def knob(
    default: float | None,
    low: float,
    high: float,
    doc: str,
    *,
    label: str = "",
    effect: Effect = Effect.LIVE,
    slider: tuple[float, float, float] | None = None,
    log: bool = False,
    unit: str = "",
    presets: tuple[float, ...] = (),
    optional: bool = False,
    auto: tuple[float, float] | None = None,
    per: str = "",
    per_low: float | None = None,
) -> Any:
    """A dataclass field that holds a number with a legal range [low, high]: a whole number where both of them are.

    In Python it may be an array with a number for each of what `per` says, such as "units".
    """
    kind = IntKnob if isinstance(low, int) and isinstance(high, int) else FloatKnob
    made = kind(default, doc, effect, label, low, high, slider, log, unit, (), presets, optional, auto, per=per, per_low=per_low)
    return field(default=default, metadata={"knob": made})


def choice(
    default: str, choices: tuple[str, ...], doc: str, *, label: str = "", effect: Effect = Effect.REBUILD, hidden: tuple[str, ...] = ()
) -> Any:
    """A dataclass field that holds one of a few words; those that are `hidden` are for Python alone."""
    return field(default=default, metadata={"knob": ChoiceKnob(default, doc, effect, label, choices=choices, hidden=hidden)})


def toggle(default: bool, doc: str, *, label: str = "", effect: Effect = Effect.REBUILD) -> Any:
    """A dataclass field that is on or off."""
    return field(default=default, metadata={"knob": BoolKnob(default, doc, effect, label)})


def text(default: str, doc: str, *, form: Callable[[Any], str] | None = None) -> Any:
    """A dataclass field that holds a short text; `form(value)` gives the text as it is kept, or raises with the rule ("must be ...")."""
    return field(default=default, metadata={"knob": TextKnob(default, doc, Effect.REBUILD, form=form)})


def ints(
    default: int | tuple[int, ...], low: int, high: int, doc: str, *, form: Callable[[tuple[int, ...]], tuple[int, ...]] | None = None
) -> Any:
    """A dataclass field that holds a whole number or a tuple of them, each in [low, high]; one alone is kept as a plain int."""
    return field(default=default, metadata={"knob": IntsKnob(default, doc, Effect.REBUILD, low=low, high=high, form=form)})


def columns(doc: str) -> Any:
    """A dataclass field that holds names of columns of a table, or None for all of them."""
    return field(default=None, metadata={"knob": ColumnsKnob(None, doc, Effect.REBUILD, optional=True)})


def seed_knob() -> int:
    """The seed of a model, as each runner and trainer has it."""
    made: int = knob(0, 0, 2**32 - 1, "Seed of all nodes that have none of their own.", effect=Effect.REDRAW)
    return made


def own_seed_knob() -> int | None:
    """The seed of a node of its own."""
    words = "Seed of the random weights; empty takes it from the trainer's seed and the name."
    made: int | None = knob(None, 0, 2**32 - 1, words, effect=Effect.REDRAW, optional=True)
    return made


def dtype_knob(words: str) -> str:
    """The precision; `words` say of what."""
    made: str = choice("auto", ("auto", "float32", "float64"), words, label="Precision")
    return made


def knobs_of(cls: Any) -> Mapping[str, Knob]:
    """The knobs of a spec class by field name, in the order of their definition; the label of one without is its name in words."""
    return _knobs_of(cls)


@cache
def _knobs_of(cls: Any) -> Mapping[str, Knob]:
    made = {f.name: f.metadata["knob"] for f in fields(cls) if "knob" in f.metadata}
    return {name: one if one.label else replace(one, label=name.replace("_", " ").capitalize()) for name, one in made.items()}


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
    def knobs(self) -> dict[str, Setting]:
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
        if isinstance(value, CheckedArray):
            continue  # stands among the arrays
        if is_array(value):
            words.append(f"{name}=<array of shape {np.shape(value)}>")
        elif place == 0 and known.effect is Effect.REBUILD and value is not None:
            words.append(repr(value))
        elif value != known.default:
            words.append(f"{name}={value!r}")
    words += [f"{name}={shown(name, array)}" for name, array in getattr(spec, "arrays", {}).items()]
    if getattr(spec, "name", None):
        words.append(f"name={spec.name!r}")
    return words

"""The kinds of knobs: numbers, words, and several of them."""

import math
import re
from typing import Any, ClassVar

import jax
import numpy as np

from rcwidgets.core.short import figure
from rcwidgets.core.spec.json_values import LONGEST_WORD, is_integer
from rcwidgets.core.spec.knob import Effect, Knob, KnobKind
from rcwidgets.core.spec.own_arrays import CheckedArray
from rcwidgets.core.spec.refusal import RefusedKind, RefusedValue

MOST_INTS = 16  # whole numbers in one knob: degrees of monomials, sizes of an array
MOST_COLUMNS = 500  # names of columns in one knob
LONGEST_COLUMN = 200  # characters of such a name


class FloatKnob(Knob):
    """A number; in lanes a live one is an array (rows, 1). Where there may be one for each unit, an array becomes a CheckedArray."""

    kind: ClassVar[KnobKind] = "float"
    expected = "a number"

    def _check(self, where: str, value: Any) -> Any:
        if isinstance(value, CheckedArray) and self.per:
            return value
        if self.per and isinstance(value, list | tuple | np.ndarray | jax.Array) and np.ndim(value) == 1:
            return self._each(where, value)
        if is_array(value):
            if self.effect is not Effect.LIVE or np.ndim(value) == 1:
                several = f", or an array ({self.per},)" if self.per else ""
                words = f"{where} must be one number{several}, got an array of shape {np.shape(value)}."
                raise RefusedKind(words, f"{self.label} must be one number.")
            return value
        number = self._number(where, value)
        if not math.isfinite(number) or not (self.low is None or number >= self.low) or not (self.high is None or number <= self.high):
            raise self.refused(where, f"must be in [{self.low}, {self.high}]", value, said=f"must lie {self.span}")
        return number

    def _each(self, where: str, value: Any) -> CheckedArray:
        """An array with one number for each unit or channel, each of them in the legal range."""
        array = CheckedArray(where, value, (self.per,))
        numbers, low, high = np.asarray(array), self.low if self.per_low is None else self.per_low, self.high
        outside = (numbers < (-math.inf if low is None else low)) | (numbers > (math.inf if high is None else high))
        if outside.any():
            k = int(np.argmax(outside))
            words = f"{where} must be in [{low}, {high}], got {numbers[k]:g} at [{k}] of the {self.per}."
            raise RefusedValue(words, f"{self.label} must lie {self.span}.")
        return array

    def _number(self, where: str, value: Any) -> float:
        plain = value.item() if isinstance(value, jax.Array | np.ndarray | np.generic) else value
        if isinstance(plain, bool) or not isinstance(plain, int | float):
            raise self.refused(where, "must be a number", value, said=f"must be a number {self.span}", kind=RefusedKind)
        try:
            return float(plain)
        except OverflowError:
            return math.inf

    def show(self, value: Any) -> str:
        return figure(value) if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else super().show(value)

    @property
    def says(self) -> dict[str, str] | None:
        return {"number": self.say(f"must be {self.expected} {self.span}"), "range": self.say(f"must lie {self.span}"), "span": self.span}


class IntKnob(FloatKnob):
    """A whole number."""

    kind = "int"

    def _number(self, where: str, value: Any) -> float:
        number = super()._number(where, value)
        if math.isfinite(number) and not number.is_integer():
            raise self.refused(where, "must be a whole number", value, said=f"must be a whole number {self.span}")
        return int(value) if math.isfinite(number) else number

    @property
    def says(self) -> dict[str, str] | None:
        return {**(super().says or {}), "number": self.say(f"must be a whole number {self.span}")}


class BoolKnob(Knob):
    """On or off."""

    kind = "bool"

    def _check(self, where: str, value: Any) -> bool:
        if not isinstance(value, bool | np.bool_):
            raise self.refused(where, "must be True or False", value, said="must be on or off", kind=RefusedKind)
        return bool(value)

    def show(self, value: Any) -> str:
        return "on" if value else "off"


class ChoiceKnob(Knob):
    """One of a few words."""

    kind = "choice"

    def _check(self, where: str, value: Any) -> str:
        if value not in self.choices:
            raise self.refused(where, f"must be one of {', '.join(self.choices)}", value)
        return str(value)


class TextKnob(Knob):
    """A short text."""

    kind = "text"
    expected = "a short text"

    def _check(self, where: str, value: Any) -> str:
        kept = self._formed(where, value)
        if not isinstance(kept, str):
            raise self.refused(where, "must be a text", value, kind=RefusedKind)
        return kept


class IntsKnob(Knob):
    """A whole number or several; one alone is kept as a plain int."""

    kind = "ints"

    def _check(self, where: str, value: Any) -> int | tuple[int, ...]:
        several = list(value) if isinstance(value, list | tuple) else [value]
        if not 1 <= len(several) <= MOST_INTS:
            raise self.refused(where, f"must be 1 to {MOST_INTS} whole numbers", len(several))
        if any(isinstance(one, bool | np.bool_) or not isinstance(one, int | np.integer) for one in several):
            words = "must be a whole number or several, such as 2 or "
            raise self.refused(where, f"{words}(2, 3)", value, said=f"{words}2, 3", kind=RefusedKind)
        for one in several:
            if one < self.low or one > self.high:
                raise self.refused(where, f"must be in [{self.low}, {self.high}]", value, said=f"must lie {self.span}")
        kept: tuple[int, ...] = self._formed(where, tuple(int(one) for one in several))
        return kept[0] if len(kept) == 1 else kept

    def read(self, where: str, value: Any) -> Any:
        """One, a list of them, or a text of them with commas between, such as "2, 3"."""
        if isinstance(value, str):
            words = value.strip().strip("()[]").split(",")
            words = words[:-1] if len(words) > 1 and not words[-1].strip() else words
            if len(value) > LONGEST_WORD or not all(re.fullmatch(r"\s*[+-]?\d{1,9}\s*", word, re.ASCII) for word in words):
                raise self._unreadable(where, "must be whole numbers with commas between, such as 2, 3", value)
            value = [int(word) for word in words]
        if not all(is_integer(one) for one in (value if isinstance(value, list | tuple) else [value])):
            raise self._unreadable(where, "must be a whole number or a list of them", value)
        return self.check(where, value)


class ColumnsKnob(Knob):
    """Names of columns of a table, or None for all of them."""

    kind = "columns"
    expected = "names of columns"
    nothing = "all"

    def _check(self, where: str, value: Any) -> tuple[str, ...]:
        names = [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else None
        if names is None or not all(isinstance(one, str) for one in names):
            raise self.refused(where, "must be names of columns", value, kind=RefusedKind)
        if len(names) > MOST_COLUMNS:
            raise self.refused(where, f"must be at most {MOST_COLUMNS} names", len(names))
        for place, one in enumerate(names):
            if not 1 <= len(one) <= LONGEST_COLUMN:
                raise self.refused(where, f"must be names of 1 to {LONGEST_COLUMN} characters", one[:40])
            if one in names[:place]:
                rule = "must name each column once"
                raise RefusedValue(f"{where} {rule}, got {one!r} twice.", self.say(f"{rule}: {one} is there twice"))
        return tuple(names)

    def read(self, where: str, value: Any) -> Any:
        return self.check(where, value) if isinstance(value, list | tuple) else super().read(where, value)

    def show(self, value: Any) -> str:
        return super().show(None if value is None else ", ".join(value) or "none")


def is_array(value: Any) -> bool:
    """Whether it is an array of NumPy or JAX with axes."""
    return isinstance(value, jax.Array | np.ndarray) and np.ndim(value) > 0

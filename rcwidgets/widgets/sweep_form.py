"""The form of a sweep: what can be chosen, what stands in it at first, and what a person wrote, checked field by field."""

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.spec.knobs import Knob
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.core.trainers.lanes.settings import live_knobs
from rcwidgets.core.trainers.sweep.sweep import METRICS
from rcwidgets.live.sweep.plan import SweepError

VALUES = (2, 40)  # of one knob, fewest and most
SEEDS = (1, 10)
USUAL = 9  # values of a knob at first, and seeds:
USUAL_SEEDS = 3
DECADES = 10  # a log range has about that many values, one for each decade or every second, third, ...
DIGITS = 4  # of the values between the ends, so that a slider is set to a number that can be read
FAVOURITE = "spectral_radius"  # the knob that is chosen first


def form_of(document: Document) -> dict[str, Any]:
    """The form of a document for the page: the knobs to choose from, the two chosen first, and why nothing can be swept."""
    graph = document.graph.used()
    choices = [_choice(name, known) for name, (_, known) in live_knobs(graph, document.trainer).items()]
    names = [choice["name"] for choice in choices]
    favourite = next((name for name in names if name.endswith(f".{FAVOURITE}")), names[0] if names else "")
    second = next((name for name in names if "." not in name and name != favourite), "")
    own = any(getattr(node, "seed", None) is not None for node in graph.nodes.values())
    slow = document.trainer.gradient  # each setting trains for long: a person adds the second knob and more seeds
    return {
        "choices": choices,
        "first": [favourite, "" if slow else second],
        "seeds": 1 if own or slow else USUAL_SEEDS,
        "metrics": [[name, name.upper()] for name in METRICS],
        "refused": "" if names else "The model has no live knob to sweep. Wire a reservoir to a readout.",
    }


def _choice(name: str, known: Knob) -> dict[str, Any]:
    """A knob with the range of its slider."""
    low, high = known.slider[:2] if known.slider else (known.low, known.high)
    log = known.log and bool(low) and low > 0  # type: ignore[operator]  # a live number has a range
    owner = name.rpartition(".")[0]
    return {
        "name": name,
        "label": known.label,
        "owner": owner,
        "from": low,
        "to": high,
        "log": log,
        "count": _usual(low, high) if log else USUAL,  # type: ignore[arg-type]
        "title": f"{known.doc} May lie {known.span}.",
    }


def _usual(low: float, high: float) -> int:
    """How many values a log range has at first."""
    decades = round(math.log10(high / low))
    if decades <= DECADES // 2:
        return USUAL
    return decades // math.ceil(decades / DECADES) + 1


def read_form(document: Document, message: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], range, str]:
    """The values by knob, the seeds and the metric of what a person wrote; what is wrong is a SweepError that names its field."""
    live = live_knobs(document.graph.used(), document.trainer)
    knobs: dict[str, np.ndarray] = {}
    for axis in ("x", "y"):
        given = message.get(axis)
        if axis == "y" and given is None:
            continue
        if not isinstance(given, Mapping):
            raise SweepError(f"The form's {axis} must be an object, got {type(given).__name__}.", f"{axis}.knob")
        name = given.get("knob")
        if not isinstance(name, str) or name not in live:
            raise SweepError("This knob is not there any more. Choose another one.", f"{axis}.knob")
        if name in knobs:
            raise SweepError("This is the first knob already. Choose another one, or none.", f"{axis}.knob")
        knobs[name] = _read_values(axis, given, *live[name])
    count, start = _whole(message.get("seeds"), "The number of seeds", SEEDS, "seeds"), cast(int, document.trainer.knobs["seed"])
    metric = message.get("metric")
    if not isinstance(metric, str) or metric not in METRICS:
        raise SweepError(f"The error must be one of {', '.join(METRICS)}, got {str(metric)[:40]!r}.", "metric")
    return knobs, range(start, start + count), metric


def _read_values(axis: str, given: Mapping[str, Any], where: str, known: Knob) -> np.ndarray:
    log = given.get("log") is True
    low, high = (_number(given.get(end), where, known, f"{axis}.{end}") for end in ("from", "to"))
    if log and low <= 0:
        raise SweepError(f"A log scale starts above 0, got {low:g}. Start higher, or take the linear scale.", f"{axis}.from")
    if high <= low:
        raise SweepError(f"The range must end above its start {low:g}, got {high:g}.", f"{axis}.to")
    count = _whole(given.get("count"), "The number of values", VALUES, f"{axis}.count")
    return span(low, high, count, log=log)


def span(low: float, high: float, count: int, *, log: bool) -> np.ndarray:
    """Values (count,) from low to high, evenly apart or, with `log`, by one factor; those between the ends have four digits."""
    exact = np.geomspace(low, high, count) if log else np.linspace(low, high, count)
    values = np.array([low, *(float(f"{value:.{DIGITS}g}") for value in exact[1:-1]), high])
    return values if (np.diff(values) > 0).all() else exact


def _number(given: Any, where: str, known: Knob, field: str) -> float:
    """A number that the knob may have."""
    text = str(given).strip().replace(",", ".").replace("−", "-")
    try:
        number = float(text)
    except ValueError:
        raise SweepError(known.say(f"must be a number {known.span}"), field) from None
    try:
        return float(known.check(where, number))
    except ValueError as error:
        raise SweepError(said_of(error), field) from error


def _whole(given: Any, what: str, limits: tuple[int, int], field: str) -> int:
    """A whole number within limits."""
    text = str(given).strip()
    if not text.isdecimal() or not limits[0] <= int(text) <= limits[1]:
        raise SweepError(f"{what} must be a whole number from {limits[0]} to {limits[1]}, got {str(given)[:40]!r}.", field)
    return int(text)

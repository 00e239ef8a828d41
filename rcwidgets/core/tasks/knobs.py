"""The knobs that tasks share: horizon, split and normalisation."""

from typing import Any

from rcwidgets.core.spec.knobs import Effect, knob, toggle

HORIZON = "How many steps ahead the network forecasts."
WARMUP = "Rows at the start that only wash out the network's initial state."
TRAIN = "Rows after the warm-up that the readout is trained on; the rest tests it."


def ahead(default: int, *presets: int, doc: str = HORIZON) -> int:
    """The knob of the horizon; where 0 is among its presets, input and target may be of the same step."""
    made: int = knob(default, min(1, *presets), 10_000, doc, unit="steps ahead", presets=presets)
    return made


def rows(default: int | None, doc: str, label: str) -> Any:
    """The knob of a number of rows; without a default it is optional."""
    return knob(default, 0, 10_000_000, doc, label=label, unit="rows", optional=default is None, effect=Effect.LIVE)


def series_count() -> Any:
    """The knob of how many of several series train."""
    words = "Of several series, how many train; the others test. Empty: seven tenths."
    return knob(None, 1, 1_000_000, words, label="Training series", unit="series", optional=True, effect=Effect.LIVE)


def standardise(default: bool) -> bool:
    """The knob that says whether the data are normalised."""
    words = "Whether each channel is scaled to mean 0 and standard deviation 1 of the rows before the test part."
    made: bool = toggle(default, words, label="Standardise", effect=Effect.LIVE)
    return made

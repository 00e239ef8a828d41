"""What went wrong in a run, in a sentence that says what to do."""

import re
from typing import Any

import jax

from rcwidgets.core.spec.refusal import said_of

_SIZE = re.compile(r"([\d.]+ [KMGTP]i?B)\b|(\d+) bytes")


def sentence_of(error: Exception, settings: Any, what: str = "The run") -> str:
    """The sentence for the page; `settings` are those of the trainer, and `what` is what failed, where the error itself is no sentence."""
    if isinstance(error, MemoryError) or (isinstance(error, jax.errors.JaxRuntimeError) and "RESOURCE_EXHAUSTED" in str(error)):
        fewer = "Take fewer units, a smaller batch or a shorter window" if settings.gradient else "Take fewer units, or fewer rows"
        return f"The memory of the device is used up{_asked_for(str(error))}. {fewer}. The last results stay."
    words = f"{type(error).__name__}: {error}".removesuffix(": ")
    told = said_of(error) if isinstance(error, ValueError | FloatingPointError) else f"{what} failed: {words}"
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith("The loss ")]
    return " ".join([told if told.endswith((".", "!", "?")) else f"{told}.", *notes])


def _asked_for(words: str) -> str:
    """How much memory was asked for, where the error tells."""
    found = _SIZE.search(words)
    if found is None:
        return ""
    size, count = found.groups()
    return f": {size or f'{int(count) / 1e9:.3g} GB'} more could not be had"

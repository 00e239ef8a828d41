"""Messages of the page: what all models check about them, and how they are answered."""

from collections.abc import Callable
from typing import Any

import anywidget

from rcwidgets.core.document.edits import EditError
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.live.sweep.plan import SweepError


def gesture_of(message: dict[str, Any]) -> str | None:
    """The message's gesture id, checked."""
    gesture = message.get("gesture")
    if gesture is not None and not (isinstance(gesture, str) and len(gesture) <= 64):
        raise ValueError(f"Message gesture must be a text of at most 64 characters, got {gesture!r}.")
    return gesture


def answer(widget: anywidget.AnyWidget, message: Any, do: Callable[[dict[str, Any]], dict[str, Any] | bytes | None]) -> None:
    """Does what a message of the page asks and answers {id, ok, result} or {id, ok, error: {text, ...}}, with the place of the error.

    What `do` gives is the result; bytes travel beside the answer, as its one buffer.
    """
    if not isinstance(message, dict):
        widget.send({"id": None, "ok": False, "error": {"text": f"A message must be an object, got {type(message).__name__}."}})
        return
    reply: dict[str, Any] = {"id": message.get("id"), "ok": True}
    buffers: list[bytes] = []
    try:
        result = do(message)
        if isinstance(result, bytes):
            buffers.append(result)
        elif result is not None:
            reply["result"] = result
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        reply |= {"ok": False, "error": {"text": said_of(error)}}
        if isinstance(error, EditError):
            reply["error"] |= {"owner": error.owner, "knob": error.knob}
        if isinstance(error, SweepError):
            reply["error"] |= {"field": error.field}
    except Exception as error:  # a fault of ours: the page must not wait for ever, and the log shows where
        widget.send(reply | {"ok": False, "error": {"text": f"The kernel failed: {type(error).__name__}: {error}"}})
        raise
    widget.send(reply, buffers=buffers)

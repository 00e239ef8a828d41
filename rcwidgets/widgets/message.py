"""Messages of the page: one record each. Here is how all models read and answer them."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, NotRequired, TypedDict

import anywidget
from traitlets import Unicode

from rcwidgets.core.document.edits import EditError
from rcwidgets.core.spec.json_values import read_record
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.live.session.locks import by_hand
from rcwidgets.live.sweep.plan import SweepError
from rcwidgets.widgets.code import Code, takes_code

STATIC = Path(__file__).parents[1] / "static"  # the built page side
LOAD = "load"  # what the loader on the page asks for its code by


class Result(TypedDict, total=False):
    """What an answer brings: what its message asks for."""

    revision: int
    done: bool
    label: str | None
    code: str
    csv: str
    words: str


class Failure(TypedDict):
    """Why a message was refused: the words, the owner and the knob that they belong to, or the field of a form."""

    text: str
    owner: NotRequired[str | None]
    knob: NotRequired[str | None]
    field: NotRequired[str]


class Answer(TypedDict):
    """The answer to the message with this id."""

    id: int
    ok: bool
    result: NotRequired[Result]
    error: NotRequired[Failure]


@dataclass(frozen=True)
class Csv:
    """The data as a CSV file."""


def read_whole(path: str, value: Any) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{path} must be a whole number, got {str(value)[:40]!r}.")
    return value


def read_text(path: str, value: Any) -> str:
    """A text, whatever was given."""
    return str(value)


def _read_gesture(path: str, value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and len(value) <= 64):
        raise ValueError(f"Message gesture must be a text of at most 64 characters, got {value!r}.")
    return value


Whole = Annotated[int, read_whole]
Text = Annotated[str, read_text]
Gesture = Annotated[str | None, _read_gesture]  # changes of one gesture are one entry of the history


def read_message(message: Mapping[str, Any], kinds: Mapping[str, type], owner: str = "") -> Any:
    """The record of a message, by its `type`; `owner` leads the sentences of what it may not hold."""
    word = message.get("type")
    if isinstance(word, str) and word in kinds:
        return read_record(kinds[word], owner or f"Message {word}", message)
    if owner:
        raise ValueError(f"{owner}.type must be one of {', '.join(kinds)}, got {str(word)[:40]!r}.")
    raise ValueError(f"Unknown message {repr(word)[:60]}. Known: {', '.join(kinds)}.")


class Told(anywidget.AnyWidget):
    """A model that the kernel writes. The page only reads its traits, and sends messages: one of the `kinds` each.

    An answer is {id, ok, result} or {id, ok, error: {text, ...}}, with the place of the error; bytes travel as its buffer. A message
    without an id gets no answer where it is done.

    `script` and `style` are its view. What the state holds is a loader that asks for them (`frontend/src/loader.ts`), so that a notebook
    that is saved with its widgets holds no code; they go with the new model where a page runs the cell, which so does not have to ask.
    """

    _esm: Path | str = STATIC / "loader.js"
    _bundle = Unicode().tag(sync=True)
    script: ClassVar[Path | None] = None
    style: ClassVar[Path | None] = None
    kinds: ClassVar[Mapping[str, type]]
    owner: ClassVar[str] = ""  # see `read_message`
    _leave: tuple[Callable[[], None], ...] = ()

    def __init__(self, **traits: object) -> None:
        self._code = None if self.script is None or self.style is None else Code.of(self.script, self.style, self._facts())
        self._opening = False
        super().__init__(_bundle="" if self._code is None else self._code.name, **traits)
        self.on_msg(self._receive)

    def _facts(self) -> str:
        """What its view needs and what never changes, as JSON: it comes with the code and is in no state."""
        return "null"

    def open(self) -> None:
        """Opens its model on the page, with its code where a page runs the cell."""
        self._opening = True
        try:
            super().open()
        finally:
            self._opening = False

    def get_state(self, key: str | Iterable[str] | None = None, drop_defaults: bool = False) -> dict[str, object]:
        """The state, without code but for a model that a page opens now."""
        state: dict[str, object] = super().get_state(key, drop_defaults)
        if self._opening and self._code is not None and takes_code(self._code):
            state["_code"] = [self._code.script, self._code.style, self._code.facts]
        return state

    @abstractmethod
    def _do(self, asked: Any, buffers: Any) -> Result | bytes | None:
        """Does what a message asks, and gives the result."""

    def close(self) -> None:
        """Closes the model, which then follows its experiment no more."""
        for leave in self._leave:
            leave()
        self._leave = ()
        super().close()

    def set_state(self, sync_data: dict[str, object]) -> None:
        """Ignores what the page writes: its traits are the kernel's, and changes come as checked messages."""

    def _receive(self, _: Any, message: Any, buffers: Any) -> None:
        if self._code is not None and message == {"type": LOAD}:
            self.send({"type": "loaded"}, buffers=[part.encode() for part in self._code[1:]])
            return
        if not isinstance(message, dict):
            self.send({"id": None, "ok": False, "error": {"text": f"A message must be an object, got {type(message).__name__}."}})
            return
        reply: dict[str, Any] = {"id": message.get("id"), "ok": True}
        sent = []
        try:
            with by_hand():
                result = self._do(read_message(message, self.kinds, self.owner), buffers)
            if isinstance(result, bytes):
                sent = [result]
            elif result is not None:
                reply["result"] = result
        except (ValueError, TypeError, OSError, RuntimeError) as error:
            reply |= {"ok": False, "error": {"text": said_of(error)}}
            if isinstance(error, EditError):
                reply["error"] |= {"owner": error.owner, "knob": error.knob}
            if isinstance(error, SweepError):
                reply["error"] |= {"field": error.field}
        except Exception as error:  # a fault of ours: the page must not wait for ever, and the log shows where
            self.send(reply | {"ok": False, "error": {"text": f"The kernel failed: {type(error).__name__}: {error}"}})
            raise
        if "id" in message or not reply["ok"]:
            self.send(reply, buffers=sent)

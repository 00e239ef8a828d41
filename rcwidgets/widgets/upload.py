"""A file that the page sends in pieces: one message of a comm may not be larger than the server lets through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Annotated, Any, TypedDict

from rcwidgets.core.datasets.preview import COLUMNS, first_lines
from rcwidgets.core.datasets.reader.notes import Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.source import Source
from rcwidgets.core.datasets.reader.text import read_text
from rcwidgets.core.datasets.reading import read_file
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.edits import EditError
from rcwidgets.widgets.file_words import LABELS, on_the_page
from rcwidgets.widgets.message import Whole

MOST_PIECES = 20_000  # of one megabyte each
_LONGEST = 200  # characters of a file's name


def _read_file_name(path: str, name: Any) -> str:
    if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST or not name.isprintable():
        raise EditError(f"{path} must be a text of 1 to {_LONGEST} characters.", "task")
    return name


@dataclass(frozen=True)
class Upload:
    """A piece of a CSV file, as the one buffer of the message; the answer to the last one tells whether the file could be read."""

    name: Annotated[str, _read_file_name]
    piece: Whole
    pieces: Whole


Option = str | float | bool | list[str]


def _read_options(path: str, value: Any) -> dict[str, Option]:
    """Options of `from_csv` by name; what they may be, the options themselves say."""
    if not isinstance(value, dict) or not set(value) <= set(LABELS):
        raise EditError(f"{path} must be options by name. Known: {', '.join(LABELS)}.", "task")
    for one in value.values():
        if isinstance(one, list) and len(one) <= 10 and all(isinstance(word, str) and len(word) <= _LONGEST for word in one):
            continue
        if not isinstance(one, str | int | float) or (isinstance(one, str) and len(one) > _LONGEST):
            raise EditError(f"{path} must hold short texts, numbers, true or false.", "task")
    return value


@dataclass(frozen=True)
class Read:
    """Reads the file again under `options` of `from_csv`; those that are left out are found out."""

    options: Annotated[dict[str, Option], _read_options]


class FileRead(TypedDict):
    """A file as it was read, or why it was not.

    `rows` are the first ones as they stand in it, below the `names` of their columns and what these were `taken` for; `columns` counts them
    all. `found` is what was found out by the option's name, `options` what the user chose, `notes` what is to be said. Where it cannot be
    read, `error` says why, and `lines` are its first ones. It can be read `again` under other options where the kernel has it still.
    """

    name: str
    options: dict[str, Option]
    found: dict[str, str]
    names: list[str]
    taken: list[str]
    rows: list[list[str]]
    columns: int
    notes: list[str]
    error: str | None
    lines: list[str]
    again: bool


class Pieces:
    """Puts one file together on disk, piece by piece in order; a first piece begins anew. Errors are EditErrors at the task.

    The file stays, until another one comes, so that it can be read again under other options. `progress` is told the share that was read,
    and None at the end.
    """

    def __init__(self, progress: Callable[[float | None], None] = lambda share: None) -> None:
        self._name = ""
        self._file: IO[bytes] | None = None
        self._taken = 0
        self._progress = progress
        self._last: tuple[IO[bytes] | str, str] | None = None  # what was read last, and its name
        self._read: Series | None = None  # what came of it
        self._refused: FileRead | None = None
        self._beside: Series | None = None  # the data that stay where it was refused

    def take(self, asked: Upload, buffers: Any, data: Series | None) -> Series | None:
        """Takes a piece with its buffer; with the last one the file is read, as a table, in the place of the `data` until then."""
        name, piece, pieces = asked.name, asked.piece, asked.pieces
        if not 0 <= piece < pieces <= MOST_PIECES:
            raise EditError(f"Message upload.piece must be one of at most {MOST_PIECES:,} pieces, got {piece} of {pieces}.", "task")
        if not isinstance(buffers, list | tuple) or len(buffers) != 1:
            raise EditError("Message upload must have one buffer.", "task")
        if piece == 0:
            self.forget()
            self._name, self._file = name, TemporaryFile()  # noqa: SIM115  # closed when it is read, or forgotten
        if self._file is None or name != self._name or piece != self._taken:
            raise EditError(f"The pieces of {name} came in another order. Load the file again.", "task")
        try:
            self._file.write(buffers[0])
        except OSError as error:
            self.forget()
            raise EditError(f"{name} cannot be kept on disk: {error}. Make room there, or read it in Python by its path.", "task") from None
        self._taken += 1
        if self._taken < pieces:
            return None
        return self._series(self._file, name, {}, data)

    def again(self, data: Series | None, options: dict[str, Option]) -> Series:
        """Reads the file that was refused, or that of the `data`, under other options."""
        if self._last is not None and (self._refused is not None or data is self._read):
            return self._series(*self._last, options, data)
        if data is None or not data.path:
            raise EditError("The file is not there to be read again. Load it anew.", "task")
        return self._series(data.path, data.name, options, data)

    def shown(self, data: Series | None, notes: Sequence[str]) -> FileRead | None:
        """The file that was refused, or that of the `data`, of which the `notes` are said; None where they came as no file."""
        if data is not self._beside:
            self._refused = None
        if self._refused is not None:
            return self._refused
        preview = None if data is None else data.preview
        if data is None or preview is None:
            return None
        return {
            "name": data.name,
            "options": {name: value for name, value in data.options if isinstance(value, str | int | float | list)},
            "found": {**dict(preview.found), "time": data.time_label if data.time_label != "row" else "none"},
            "names": list(preview.names),
            "taken": list(preview.taken),
            "rows": [list(row) for row in preview.rows],
            "columns": preview.columns,
            "notes": [on_the_page(note) for note in notes],
            "error": None,
            "lines": [],
            "again": bool(data.path) or (self._last is not None and data is self._read),
        }

    def _series(self, file: IO[bytes] | str, name: str, options: dict[str, Option], data: Series | None) -> Series:
        self._refused, self._beside, self._last = None, data, (file, name)
        try:
            self._read = read_file(file, Options(**options), name, progress=self._progress)  # type: ignore[arg-type]
        except (ValueError, ImportError, OSError) as error:
            words = on_the_page(str(error))
            self._refused = _refused(file, name, options, words)
            raise EditError(f"{name}: {words}", "task") from error
        finally:
            self._progress(None)
        return self._read

    def forget(self) -> None:
        """Drops what has come of a file."""
        if self._file is not None:
            self._file.close()
        self._file, self._taken, self._last, self._read, self._refused = None, 0, None, None, None


def columns_in(file: IO[bytes] | str, options: dict[str, Option]) -> list[str]:
    """The names of the columns of a text that could not be put in order, so that one of them can be chosen; none of another file."""
    told = {name: value for name, value in options.items() if name not in ("id", "label", "order", "resample")}
    try:
        table, _ = read_text(Source(file), Options(**told), Notes())  # type: ignore[arg-type]
    except (ValueError, OSError):
        return []
    return [one.name for one in table.columns][:COLUMNS]


def _refused(file: IO[bytes] | str, name: str, options: dict[str, Option], words: str) -> FileRead:
    encoding = options.get("encoding")
    lines = first_lines(Source(file), encoding if isinstance(encoding, str) else None)
    names = columns_in(file, options) if lines else []
    return {
        "name": name, "options": options, "found": {}, "names": names, "taken": [""] * len(names), "rows": [], "columns": 0, "notes": [],
        "error": words, "lines": lines, "again": True,
    }  # fmt: skip

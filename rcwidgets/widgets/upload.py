"""A file that the page sends in pieces: one message of a comm may not be larger than the server lets through."""

from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Annotated, Any

from rcwidgets.core.datasets.reading import read_file
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.edits import EditError
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


class Pieces:
    """Puts one file together on disk, piece by piece in order; a first piece begins anew. Errors are EditErrors at the task."""

    def __init__(self) -> None:
        self._name = ""
        self._file: IO[bytes] | None = None
        self._taken = 0

    def take(self, asked: Upload, buffers: Any) -> Series | None:
        """Takes a piece with its buffer; with the last one the file is read, as a table."""
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
        try:
            return read_file(self._file, name=name)
        except (ValueError, ImportError) as error:
            raise EditError(f"{name}: {error}", "task") from error
        finally:
            self.forget()

    def forget(self) -> None:
        """Drops what has come of a file."""
        if self._file is not None:
            self._file.close()
        self._file, self._taken = None, 0

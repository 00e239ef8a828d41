"""A file that the page sends in pieces: one message of a comm may not be larger than the server lets through."""

from dataclasses import dataclass
from typing import Annotated, Any

from rcwidgets.core.datasets.csv_file import MOST_BYTES, read_csv
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.edits import EditError
from rcwidgets.widgets.message import Whole

MOST_PIECES = 200
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
    """Puts one file together, piece by piece in order; a first piece begins anew. Errors are EditErrors at the task."""

    def __init__(self) -> None:
        self._name = ""
        self._pieces: list[bytes] = []

    def take(self, asked: Upload, buffers: Any) -> Series | None:
        """Takes a piece with its buffer; with the last one the file is read, as a table."""
        name, piece, pieces = asked.name, asked.piece, asked.pieces
        if not 0 <= piece < pieces <= MOST_PIECES:
            raise EditError(f"Message upload.piece must be one of at most {MOST_PIECES} pieces, got {piece} of {pieces}.", "task")
        if not isinstance(buffers, list | tuple) or len(buffers) != 1:
            raise EditError("Message upload must have one buffer.", "task")
        if piece == 0:
            self._name, self._pieces = name, []
        if name != self._name or piece != len(self._pieces):
            raise EditError(f"The pieces of {name} came in another order. Load the file again.", "task")
        self._pieces.append(bytes(buffers[0]))
        if sum(map(len, self._pieces)) > MOST_BYTES:
            self._pieces = []
            raise EditError(f"{name} is too large: a file may have {MOST_BYTES // 1_000_000} MB. Take fewer rows or columns.", "task")
        if piece + 1 < pieces:
            return None
        whole, self._pieces = b"".join(self._pieces), []
        try:
            return read_csv(whole, name)
        except ValueError as error:
            raise EditError(f"{name}: {error}", "task") from error

"""A file that the page sends in pieces: one message of a comm may not be larger than the server lets through."""

from collections.abc import Mapping
from typing import Any

from rcwidgets.core.datasets.csv_file import MOST_BYTES, read_csv
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.edits import EditError

MOST_PIECES = 200
_LONGEST = 200  # characters of a file's name


class Upload:
    """Puts one file together, piece by piece in order; a first piece begins anew. Errors are EditErrors at the task."""

    def __init__(self) -> None:
        self._name = ""
        self._pieces: list[bytes] = []

    def take(self, message: Mapping[str, Any], buffers: Any) -> Series | None:
        """Takes {type: "upload", name, piece, pieces} with one buffer; with the last piece it is read, as the table of a CSV file."""
        name: Any = message.get("name")
        piece, pieces = _whole(message.get("piece")), _whole(message.get("pieces"))
        if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST or not name.isprintable():
            raise EditError(f"Message upload.name must be a text of 1 to {_LONGEST} characters.", "task")
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


def _whole(value: Any) -> int:
    """A whole number, or -1 in the place of anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1

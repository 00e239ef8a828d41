"""The document on disk: a whole file or none, whatever happens, and nobody else's work overwritten."""

import os
from pathlib import Path

from rcwidgets.core.document.document import Document
from rcwidgets.core.files import write_whole

Stamp = tuple[int, int, int]  # what tells one content of a file from the next: its inode, its size, and when it was written


class DocumentFile:
    """One experiment's file. What it has read or written last is its own; what else comes to stand there is not, and is left alone."""

    def __init__(self, file: "str | os.PathLike[str]") -> None:
        self.file = Path(file).resolve()
        self._stamp: Stamp | None = None

    def read(self) -> Document | None:
        """The document of the file, None where there is no file; one that cannot be read is a ValueError that names it."""
        self._stamp = self._now()
        if self._stamp is None:
            return None
        try:
            return Document.from_json(self.file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{self.file} cannot be read: {error} The file is left as it is.") from error

    def write(self, document: Document) -> None:
        """Writes the document beside the file and moves it into its place, so that a crash leaves the old one or the new one.

        A file that something else has written since, and a disk that refuses, are an OSError in words.
        """
        if self._now() not in (None, self._stamp):
            raise OSError(
                f"{self.file} was changed by something else, maybe by a second playground with this file. "
                "The change is made, but it is not kept on disk. Run the cell again to take up the file, or delete it to keep this drawing."
            )
        try:
            write_whole(self.file, lambda file: file.write(document.to_json().encode()))
        except OSError as error:
            words = f"{self.file} cannot be written: {error.strerror}. The change is made, but it is not kept on disk."
            raise OSError(f"{words} Make room, or take another file.") from error
        self._stamp = self._now()

    def _now(self) -> Stamp | None:
        """The stamp of what stands there, None where nothing does."""
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

"""The document on disk: a whole file or none, whatever happens."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from rcwidgets.core.document import Document


def read_file(file: Path) -> Document:
    """The document of a file; one that cannot be read is a ValueError that names it."""
    try:
        return Document.from_json(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} cannot be read: {error} The file is left as it is.") from error


def write_file(file: Path, document: Document) -> None:
    """Writes the document beside the file and moves it into its place, so that a crash leaves the old one or the new one."""
    beside = file.with_name(f"{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        beside.write_text(document.to_json(), encoding="utf-8")
        if file.exists():
            shutil.copymode(file, beside)
        os.replace(beside, file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        words = f"{file} cannot be written: {error.strerror}. The change is made, but it is not kept on disk."
        raise OSError(f"{words} Make room, or take another file.") from error

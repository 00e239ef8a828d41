"""Files on disk, whole or not there; and models as one .npz file: a JSON text, the entry `model`, and arrays beside it. No pickle."""

import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from rcwidgets.core.graph.needs import MOST_MEMORY
from rcwidgets.core.spec.json_values import LONGEST_JSON, fail, shown

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, NotImplementedError)


def write_whole(target: Path, write: Callable[[BinaryIO], object]) -> None:
    """Has `write` fill a new file, which then takes the place of `target` and its rights: a crash leaves the old one or the new one."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            write(file)
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def target_of(path: str | os.PathLike[str]) -> Path:
    """The path, where a file can be: in a folder that is there."""
    target = Path(path)
    if not target.parent.is_dir():
        raise ValueError(f"There is no folder {str(target.parent)!r} to save {target.name!r} in. Make it first.")
    if target.is_dir():
        raise ValueError(f"{str(target)!r} is a folder. Name a file in it, such as {str(target / 'model.npz')!r}.")
    return target


def write_archive(target: Path, text: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes the file in one go: an older one stays whole until the new one is."""
    write_whole(target, lambda file: np.savez(file, model=np.array(text), **arrays))  # type: ignore[arg-type]


def read_archive(file: Path) -> tuple[str, dict[str, np.ndarray]]:
    """The text and the arrays of a file by entry; pickled, broken and very large ones are refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = {info.filename.removesuffix(".npy"): info.file_size for info in archive.infolist()}
    except _BROKEN:
        raise ValueError("It is no model that was saved by rcwidgets: it is not an .npz file, or only a part of one.") from None
    if "model" not in sizes:
        raise ValueError("It is no model that was saved by rcwidgets: it has no entry 'model'.")
    if sum(sizes.values()) > MOST_MEMORY or sizes["model"] > 5 * LONGEST_JSON:
        raise ValueError(f"It needs more than {MOST_MEMORY / 1e9:.0f} GB of memory. It may be damaged.")
    found = {}
    with np.load(file, allow_pickle=False) as entries:
        for name in entries.files:
            try:
                found[name] = entries[name]
            except _BROKEN as error:
                raise ValueError(f"The entry {shown(name)} cannot be read: {error}") from error
    for name, array in found.items():
        if not isinstance(array, np.ndarray) or (name == "model") != (array.dtype.kind == "U") or array.dtype.kind not in "Uifu":
            fail(shown(name), f"must be {'text' if name == 'model' else 'numbers'}, got {getattr(array, 'dtype', 'bytes')}.")
    return str(found.pop("model")), found

"""Compiled programs on disk, so that the first run of the next kernel need not compile them again.

JAX's own cache is used, in a folder of the user's: `~/.cache/rcwidgets` on Linux (or below `XDG_CACHE_HOME`),
`~/Library/Caches/rcwidgets` on macOS, `%LOCALAPPDATA%\\rcwidgets\\Cache` on Windows. The environment variable `RCWIDGETS_CACHE` names
another folder, or turns it off with "off". Where the user has set up JAX's cache, that one is left as it is. The first `Experiment` or
`Playground` of a process switches it on; programs of the user's own that are compiled after it are then kept too.
"""

import hashlib
import logging
import os
import platform
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import jax
import jaxlib
from platformdirs import user_cache_path

VARIABLE = "RCWIDGETS_CACHE"
QUICK = 0.0  # seconds of a compile from which a program is kept: all of them, since even a small one is read faster than it is compiled
OFF = ("off", "0", "no", "false")  # values of the variable
LARGEST = 300e6  # bytes that are kept; the oldest files go first
_log = logging.getLogger(__name__)
_lock = Lock()
_asked = False


def keep_compiled() -> None:
    """Switches JAX's cache on, once in a process, unless the user has set it up or off. A folder that refuses is logged, no more."""
    global _asked
    with _lock:
        if _asked:
            return
        _asked = True
    config: Any = jax.config
    wanted = os.environ.get(VARIABLE, "")
    if wanted.lower() in OFF or config.jax_compilation_cache_dir or not config.jax_enable_compilation_cache:
        return
    folder = (Path(wanted) if wanted else usual_folder()) / machine()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # whoever may write here may run code in this process
        tempfile.TemporaryFile(dir=folder).close()
        prune(folder, LARGEST)
    except OSError as error:
        _log.info("Compiled programs are not kept on disk: %s", error)
        return
    config.update("jax_compilation_cache_dir", str(folder))
    if config.jax_persistent_cache_min_compile_time_secs == 1.0:  # as JAX has it by itself
        config.update("jax_persistent_cache_min_compile_time_secs", QUICK)


def usual_folder() -> Path:
    """The folder for what can be made again, of this user and system."""
    return user_cache_path("rcwidgets", appauthor=False)


def machine() -> str:
    """A word for this version of jaxlib and the instructions of this processor: code compiled for another one may crash here."""
    told = platform.processor()
    with suppress(OSError):
        told = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("flags", "Features")))
    return f"jaxlib-{jaxlib.__version__}-{hashlib.sha256(f'{platform.machine()} {told}'.encode()).hexdigest()[:12]}"


def prune(folder: Path, largest: float) -> None:
    """Deletes the oldest files until the others are at most `largest` bytes; another process may delete them at the same time."""
    found = []
    for file in folder.iterdir():
        with suppress(OSError):
            about = file.stat()
            found.append((about.st_mtime, about.st_size, file))
    total = sum(size for _, size, _ in found)
    for _, size, file in sorted(found):
        if total <= largest:
            break
        total -= size
        with suppress(OSError):
            file.unlink()

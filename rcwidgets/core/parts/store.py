"""Results on disk, each under a key: one file of SQLite, which several processes may write and which a kill at any moment leaves whole."""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any, Self

APPLICATION = 0x72637731  # "rcw1", in the head of the file
VERSION = 1
PATIENCE = 60.0  # seconds to wait while another process writes
_AT_ONCE = 500  # keys in one question


def key_of(told: Any) -> str:
    """The key of a result: a digest of the plain values that it depends on."""
    return blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()


class Store:
    """A file of results by key; values are what JSON can hold, numbers come back to the last bit (inf and NaN too).

    Each `put` is whole or not there, and is on the disk when it returns. `path` may have any suffix; a file that is not there is made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "sweep.store")) as store:
    ...     store.put({"a": 0.1})
    ...     store.get(["a", "b"]), len(store)
    ({'a': 0.1}, 1)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise ValueError(f"There is no folder {str(self.path.parent)!r} for the store {self.path.name!r}. Make it first.")
        if self.path.is_dir():
            raise ValueError(f"The store must be a file, and {str(self.path)!r} is a folder. Name a file in it.")
        self._lock = Lock()
        self._file = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._file.close()
            raise self._refused(error, reading=True) from error
        except ValueError:
            self._file.close()
            raise

    def _open(self) -> None:
        (application,) = self._file.execute("PRAGMA application_id").fetchone()
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        (tables,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION and (tables or application):
            raise ValueError(f"{str(self.path)!r} is no store of rcwidgets but another database. Name another file.")
        if version > VERSION:
            raise ValueError(f"The store {str(self.path)!r} is of version {version}; this rcwidgets reads up to version {VERSION}.")
        if not tables:
            self._file.execute("BEGIN IMMEDIATE")  # another process may make it at the same moment
            self._file.execute("CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
            self._file.execute(f"PRAGMA application_id = {APPLICATION}")
            self._file.execute(f"PRAGMA user_version = {VERSION}")
            self._file.execute("COMMIT")

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """The results that are there, by key."""
        wanted, found = list(keys), dict[str, Any]()
        with self._lock:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                try:
                    found |= dict(self._file.execute(f"SELECT key, value FROM results WHERE key IN ({marks})", some))
                except sqlite3.DatabaseError as error:
                    raise self._refused(error, reading=True) from error
        return {key: json.loads(value) for key, value in found.items()}

    def put(self, results: Mapping[str, Any]) -> None:
        """Adds results, all or none; a disk that is full is an OSError in words, and what was there before stays."""
        rows = [(key, json.dumps(value)) for key, value in results.items()]
        with self._lock:
            try:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", rows)
                self._file.execute("COMMIT")
            except sqlite3.Error as error:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise self._refused(error) from error

    def __len__(self) -> int:
        (count,) = self._file.execute("SELECT count(*) FROM results").fetchone()
        return int(count)

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _refused(self, error: sqlite3.Error, *, reading: bool = False) -> Exception:
        """What SQLite refuses, in words."""
        name = str(self.path)
        if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
            return ValueError(f"{name!r} is no store of rcwidgets. Name another file, or one that is not there yet.")
        if reading:
            return OSError(f"The store {name!r} cannot be read: {error}. It must be a file that this process may read and write.")
        return OSError(
            f"The store {name!r} takes no more results: {error}. What is in it stays. Make room on the disk (or let this process write "
            "there), and call again with the same store: only what is missing is computed."
        )

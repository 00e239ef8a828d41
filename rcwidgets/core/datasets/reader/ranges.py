"""A large file in ranges of whole lines, which threads read at the same time, where nothing is amiss.

The reader of pandas lets go of Python's lock, best where a thread reads many rows on end. What a range alone cannot tell, such as the line
in which something stands, it does not try to: whatever is out of the ordinary is `Irregular`, and the file is read from its start, one part
after the other.
"""

import codecs
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import IO, Any, NamedTuple

import numpy as np

from rcwidgets.core.cores import cores
from rcwidgets.core.datasets.reader.layout import Layout
from rcwidgets.core.datasets.reader.parts import mark_of
from rcwidgets.core.datasets.reader.source import BLOCK, LONGEST_LINE, Text

LENGTH = 1 << 23  # bytes of a range, at least
MOST_WORKERS = 8
MORE = 1.25  # times the lines that a range has by its first ones: space for so many rows is set aside


class Irregular(Exception):
    """A file, or a range of it, that is no plain text of rows and lines."""


class Range(NamedTuple):
    """Bytes of a file, from `start` up to `stop`, and how many lines these are at most."""

    start: int
    stop: int
    most: int


def ranges_of(text: Text, layout: Layout) -> tuple[Path, int, list[Range]]:
    """The file, how many threads may read it, and its ranges from the first line of data on; Irregular where there is but one."""
    path, workers = text.splittable, min(cores(), MOST_WORKERS)
    if path is None or workers < 2:
        raise Irregular
    size = os.path.getsize(path)
    with path.open("rb") as file:
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        for _ in range(layout.first - 1):
            _line(file)
        bounds = [file.tell()]
        length = max(-(-(size - bounds[0]) // workers), LENGTH)
        while bounds[-1] + 1.5 * length < size:
            file.seek(bounds[-1] + length)
            _line(file)
            if file.tell() == size:
                break
            bounds.append(file.tell())
        if len(bounds) < 2:
            raise Irregular
        bounds.append(size)
        made = [Range(start, stop, _most(file, start, stop)) for start, stop in itertools.pairwise(bounds)]
    return path, workers, made


class Checked:
    """A range of a file for the reader of pandas, whose bytes are looked at as they go by: UTF-8, in which no quote, comment or carriage
    return hides or makes a line end. `ends` counts these, `stopped` ends the reading.
    """

    def __init__(self, file: IO[bytes], one: Range, layout: Layout, stopped: Event) -> None:
        self._file, self._left, self._layout, self._stopped = file, one.stop - one.start, layout, stopped
        file.seek(one.start)
        self._odd = [b"\0", b'"', *([layout.comment.encode()[:1]] if layout.comment else []), *([] if layout.blanks else [b" "])]
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._last, self._endless, self._pending, self._started = b"\n", 0, False, False
        self._ends = 0

    @property
    def ends(self) -> int:
        """How many line ends there were, with that of the last line, which may have none."""
        return self._ends + (self._last != b"\n")

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")

    def read(self, size: int = -1) -> bytes:
        """The next block, empty at the end of the range."""
        data = self._file.read(min(BLOCK, self._left))
        if self._stopped.is_set() or (not data and (self._left or self._pending)) or any(mark in data for mark in self._odd):
            raise Irregular
        if not data:
            return data
        if not self._started:
            _check_first(data, self._layout)
        if b"\r" in data or self._last == b"\r":
            _check_returns(self._last + data)
        if self._pending or not data.isascii():
            self._decode(data)
        ends = int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n")))  # five times as fast as bytes.count
        self._endless = 0 if ends else self._endless + len(data)
        if self._endless + 2 * BLOCK > LONGEST_LINE:
            raise Irregular
        self._ends, self._left, self._last, self._started = self._ends + ends, self._left - len(data), data[-1:], True
        return data

    def _decode(self, data: bytes) -> None:
        try:
            self._decoder.decode(data)
        except UnicodeDecodeError:
            raise Irregular from None
        self._pending = bool(self._decoder.getstate()[0])


def _check_returns(data: bytes) -> None:
    """Raises where a carriage return is followed by something else than a line end."""
    if data.count(b"\r") != data.count(b"\r\n") + data.endswith(b"\r"):
        raise Irregular


def _check_first(data: bytes, layout: Layout) -> None:
    """Raises where the first row is too long: pandas takes it for the measure of those that follow, and cuts it off."""
    line = data.lstrip().partition(b"\n")[0]
    cells = len(line.split()) if layout.separator == " " else line.count(mark_of(layout).encode()) + 1
    if cells > layout.width:
        raise Irregular


def _line(file: Any) -> None:
    if len(file.readline(LONGEST_LINE + 1)) > LONGEST_LINE:
        raise Irregular


def _most(file: IO[bytes], start: int, stop: int) -> int:
    """How many lines a range may have, by its first ones."""
    file.seek(start)
    head = file.read(min(BLOCK, stop - start))
    return int(MORE * (stop - start) / len(head) * (head.count(b"\n") + 1)) + 1

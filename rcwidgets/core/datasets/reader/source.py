"""A file as a stream of UTF-8 lines that can be read again and again, in blocks, whatever its size."""

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.notes import DataError

BLOCK = 1 << 18  # bytes: as much as the reader of pandas asks for, which the processor's cache holds
LONGEST_LINE = 4_000_000  # bytes
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PACKED: tuple[tuple[bytes, Callable[[Any], Any]], ...] = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))
_BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError)


Progress = Callable[[float], None]  # told the share of a file that has been read


class NotInEncoding(Exception):
    """A block that is not in the encoding that was taken for that of the file; `line` is the first such line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Source:
    """The bytes of a file: a path, bytes, or an open file of bytes; packed ones (.gz, .bz2, .xz) are unpacked as they are read."""

    def __init__(self, source: str | PathLike[str] | bytes | bytearray | memoryview | IO[Any], progress: Progress | None = None) -> None:
        self.progress = progress
        self.path: Path | None = None
        self._data: bytes | None = None
        self._file: IO[Any] | None = None
        if isinstance(source, bytes | bytearray | memoryview):
            self._data = bytes(source)
        elif isinstance(source, str | PathLike):
            self.path = Path(fspath(source))
            if isinstance(source, str) and ("\n" in source or "\r" in source):
                raise DataError("from_csv.source must be a path, got the text of a table. Give its bytes: text.encode().")
        elif hasattr(source, "read"):
            self._file = source
            if not getattr(source, "seekable", lambda: False)() or isinstance(source, io.TextIOBase):
                self._data, self._file = _as_bytes(source.read()), None
        else:
            raise TypeError(
                f"from_csv.source must be a path or the bytes of a CSV file, got {type(source).__name__}. from_frame reads data frames."
            )

    @property
    def name(self) -> str:
        """The file's name; empty where there is none."""
        return self.path.name if self.path is not None else ""

    def open(self) -> IO[bytes]:
        """The file from its start, unpacked."""
        raw = self.raw()
        head = raw.read(6)
        for magic, unpacked in _PACKED:
            if head.startswith(magic):
                if self.path is None:
                    raw.seek(0)
                    return unpacked(raw)
                raw.close()
                return unpacked(self.path)
        raw.seek(0)
        return raw

    def raw(self) -> IO[bytes]:
        """The file from its start, as it lies on disk."""
        if self.path is not None:
            return self.path.open("rb")
        if self._data is not None:
            return io.BytesIO(self._data)
        assert self._file is not None
        self._file.seek(0)
        return io.BufferedReader(_Unclosed(self._file))

    @property
    def size(self) -> int:
        """How many bytes it has, as it lies on disk."""
        with self.raw() as file:
            return file.seek(0, io.SEEK_END)

    def head(self, size: int = BLOCK) -> bytes:
        """The first bytes, unpacked."""
        with self.open() as file:
            return read_some(file, size)


class _Unclosed(io.RawIOBase):
    """A file that is not closed with its reader, since it is somebody else's."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        read = self._file.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


def _as_bytes(read: str | bytes) -> bytes:
    return read.encode() if isinstance(read, str) else read


def read_some(file: IO[bytes], size: int) -> bytes:
    """Up to `size` bytes; a packed file that is broken is a DataError."""
    try:
        return file.read(size)
    except _BROKEN as error:
        raise DataError(f"The packed file cannot be unpacked: {error}. Pack it anew.") from None


def _line(file: IO[bytes]) -> bytes:
    """The rest of a line, and no more of it than tells that it is too long."""
    try:
        return file.readline(LONGEST_LINE + 1)
    except _BROKEN as error:
        raise DataError(f"The packed file cannot be unpacked: {error}. Pack it anew.") from None


def encoding_of(head: bytes, asked: str | None) -> str:
    """The encoding of a text by its first bytes: that which was asked for, that of a byte order mark, UTF-16 without one, else UTF-8."""
    if asked is not None:
        bom = next((name for mark, name in _BOMS if head.startswith(mark)), None)
        plain = asked.lower().replace("_", "-").replace("-", "")
        return bom if bom is not None and (plain.startswith(("utf16", "utf32")) or plain == "utf8") else asked
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if len(head) >= 4:
        sample = head[: 2 * (min(len(head), 2000) // 2)]
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        if odd > 0.6 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.6 * half and odd < 0.05 * half:
            return "utf-16-be"
    return "utf-8"


class Block(NamedTuple):
    """Whole lines of a text in UTF-8; the first is line number `line` of the file, and `ends` line ends are in it."""

    line: int
    ends: int
    data: bytes


def blocks(source: Source, encoding: str, *, old_ends: bool = False) -> Iterator[Block]:
    """The text in UTF-8, block by block, checked: a zero byte or a line without end is a DataError, bytes that are not of the encoding are
    NotInEncoding. `old_ends` where a carriage return alone ends a line.
    """
    plain = _is_utf8(encoding) and not old_ends
    decoder = None if plain else codecs.getincrementaldecoder(encoding)()
    rest, line, taken = b"", 1, 0
    size = source.size if source.progress is not None else 0
    with source.open() as file:
        while True:
            block = read_some(file, BLOCK)
            last = not block
            if plain and not last and not block.endswith(b"\n"):
                block += _line(file)
            taken += len(block)
            if source.progress is not None:
                source.progress(min(taken / max(size, 1), 1.0))
            if line == 1 and not rest and plain:
                block = block.removeprefix(codecs.BOM_UTF8)
            if decoder is not None:
                block = _encoded(decoder, block, line, last)
                if old_ends:
                    block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            whole = rest + block if rest else block
            cut = len(whole) if last else whole.rfind(b"\n") + 1
            ready, rest = whole[:cut], whole[cut:]
            if b"\0" in whole:
                at = line + whole[: whole.index(b"\0")].count(b"\n")
                raise DataError(f"The file is not a text: line {at:,} has a zero byte. Save it as CSV.")
            if len(rest) > LONGEST_LINE or (cut > LONGEST_LINE and whole.find(b"\n", 0, LONGEST_LINE) < 0):
                at = line + ready.count(b"\n")
                raise DataError(f"Line {at:,} has more than {LONGEST_LINE:,} bytes. Look whether the file has line ends.")
            if ready:
                if plain and not ready.isascii():
                    _check(ready, line)
                ends = int(np.count_nonzero(np.frombuffer(ready, np.uint8) == ord("\n")))  # five times as fast as bytes.count
                yield Block(line, ends, ready)
                line += ends
            if last:
                return


def _is_utf8(encoding: str) -> bool:
    return encoding.replace("_", "-").lower() in ("utf-8", "utf8", "utf-8-sig")


def _encoded(decoder: codecs.IncrementalDecoder, block: bytes, line: int, last: bool) -> bytes:
    try:
        return decoder.decode(block, last).encode()
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        raise NotInEncoding(line + block[:start].count(b"\n")) from None


def _check(block: bytes, line: int) -> None:
    try:
        block.decode()
    except UnicodeDecodeError as error:
        raise NotInEncoding(line + block[: error.start].count(b"\n")) from None


class Text:
    """A file in an encoding; called, it gives the blocks of its text anew. `old_ends` where a carriage return alone ends a line."""

    def __init__(self, source: Source, encoding: str, *, old_ends: bool = False) -> None:
        self._source, self._encoding, self._old_ends = source, encoding, old_ends

    def __call__(self) -> Iterator[Block]:
        return blocks(self._source, self._encoding, old_ends=self._old_ends)

    @property
    def splittable(self) -> Path | None:
        """Its path where the file has one and its bytes are those of the text in UTF-8; None otherwise."""
        path = self._source.path
        if path is None or self._old_ends or not _is_utf8(self._encoding):
            return None
        with path.open("rb") as file:
            return None if file.read(6).startswith(tuple(magic for magic, _ in _PACKED)) else path

    def tell(self, share: float) -> None:
        """Tells how much of it has been read."""
        if self._source.progress is not None:
            self._source.progress(share)


class Stream:
    """Blocks as a file, for the reader of pandas; counts the line ends that went by.

    It is no `io.RawIOBase`, of which pandas would decode each block to encode it again: its bytes are taken as they are.
    """

    def __init__(self, made: Iterator[Block]) -> None:
        self._made, self.ends, self.ended = made, 0, True

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")

    def read(self, size: int = -1) -> bytes:
        """The next block as it is, whatever its size, and empty at the end."""
        block = next(self._made, None)
        if block is None:
            return b""
        self.ends += block.ends
        self.ended = block.data.endswith(b"\n")
        return block.data

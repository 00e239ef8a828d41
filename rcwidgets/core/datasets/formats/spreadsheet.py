"""Excel workbooks: the cells of the first sheet that has some, as lines of text, so that they are read like those of a file of text."""

import csv
import datetime
import io
import zipfile
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from rcwidgets.core.datasets.formats.extra import needed
from rcwidgets.core.datasets.reader.layout import MOST_COLUMNS
from rcwidgets.core.datasets.reader.notes import DataError, Notes

SEPARATOR = "\t"
MOST_UNPACKED = 1_000_000_000  # bytes
MOST_TIMES = 100  # how much larger than its file a workbook may unpack to, from 50 MB on
IN_MEMORY = 20_000_000


def check_packed(archive: zipfile.ZipFile, size: int) -> None:
    """A DataError where an archive of `size` bytes unpacks to far more than a table needs, or holds definitions of XML entities."""
    total = sum(entry.file_size for entry in archive.infolist())
    if total > MOST_UNPACKED or (total > 50_000_000 and total > MOST_TIMES * max(size, 1)):
        raise DataError(f"The file would unpack from {size:,} to {total:,} bytes, which no table needs. It was not opened.")
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                if b"<!DOCTYPE" in part.read(4096):
                    raise DataError(f"The workbook's {entry.filename} defines entities of its own. It was not opened.")


def text_of_xlsx(file: IO[bytes], size: int, notes: Notes) -> IO[bytes]:
    """The first sheet with cells as lines of text, a line for each row of the sheet, with tabs between the cells."""
    openpyxl = needed("openpyxl")
    try:
        with zipfile.ZipFile(file) as archive:
            check_packed(archive, size)
        file.seek(0)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (DataError, ImportError):
        raise
    except Exception as error:  # a workbook can be broken in many ways
        raise DataError(f"The workbook cannot be read: {str(error)[:200]}. Save it anew, or as CSV.") from None
    try:
        return _first(book, file, openpyxl, notes)
    except (DataError, ImportError):
        raise
    except Exception as error:
        raise DataError(f"The workbook cannot be read: {str(error)[:200]}. Save it anew, or as CSV.") from None
    finally:
        book.close()


def _first(book: Any, file: IO[bytes], openpyxl: Any, notes: Notes) -> IO[bytes]:
    sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
    for place, sheet in enumerate(sheets):
        sheet.reset_dimensions()
        text, empty, gaps = _text(sheet)
        if empty:
            text.close()
            continue
        try:
            if gaps:
                _check_formulas(openpyxl, file, sheet.title)
        except DataError:
            text.close()
            raise
        if len(sheets) > 1 and (place or any(map(_is_filled, sheets[1:]))):
            notes.add(f"The sheet {sheet.title!r} was read; the workbook has {len(sheets) - 1} more.")
        return text
    raise DataError("The workbook has no cells. It needs a row for each time, with numbers.")


def _text(sheet: Any) -> tuple[IO[bytes], bool, bool]:
    """A sheet as text, whether it is empty, and whether rows have cells without a value."""
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    lines = io.TextIOWrapper(io.BufferedWriter(_Kept(file)), encoding="utf-8", newline="")
    writer = csv.writer(lines, delimiter=SEPARATOR, lineterminator="\n")
    empty, gaps, written = True, False, 0
    for row in sheet.iter_rows(values_only=True):
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise DataError(f"A table may have {MOST_COLUMNS} columns, row {written + 1:,} has {len(cells):,}. Leave some out.")
        written += 1
        if not cells:
            lines.write("\n")
            continue
        empty = False
        gaps = gaps or None in row
        writer.writerow([_cell(cell) for cell in cells])
    lines.flush()
    file.seek(0)
    return file, empty, gaps


def _is_filled(sheet: Any) -> bool:
    return any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)


class _Kept(io.RawIOBase):
    """Writes to a file and leaves it open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._file.write(data)


def _cell(value: Any) -> str:
    """A cell as text that is read back as the same value: decimals have an exponent, so that no point is taken for a grouping."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        text = repr(value)
        return text if "e" in text or text in ("nan", "inf", "-inf") else f"{text}e0"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)


def _check_formulas(openpyxl: Any, file: IO[bytes], title: str) -> None:
    """A DataError where a formula has no value in the file: nothing computes it here."""
    file.seek(0)
    book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    values = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        pairs = zip(book[title].iter_rows(), values[title].iter_rows(values_only=True), strict=False)
        for row, known in pairs:
            for cell, value in zip(row, known, strict=False):
                if value is None and getattr(cell, "data_type", "") == "f":
                    raise DataError(
                        f"Cell {cell.coordinate} holds a formula without its value. Open the workbook in a spreadsheet and save it."
                    )
    finally:
        book.close()
        values.close()

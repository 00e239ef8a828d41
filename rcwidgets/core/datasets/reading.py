"""A file of any format as one series: told apart, read by its library, and put together by the one reader."""

import io
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import IO, TypeAlias

from rcwidgets.core.datasets.formats.arff import columns_of_arff
from rcwidgets.core.datasets.formats.array_columns import columns_of_arrays
from rcwidgets.core.datasets.formats.cases import Cases, cases_of, series_of_cases
from rcwidgets.core.datasets.formats.columnar import table_of
from rcwidgets.core.datasets.formats.folder import read_folder
from rcwidgets.core.datasets.formats.kinds import format_of
from rcwidgets.core.datasets.formats.matlab import arrays_of_hdf5, arrays_of_mat
from rcwidgets.core.datasets.formats.numpy_file import arrays_of_npy, arrays_of_npz
from rcwidgets.core.datasets.formats.recording import columns_of_edf, columns_of_wfdb
from rcwidgets.core.datasets.formats.spreadsheet import SEPARATOR, check_packed, text_of_xlsx
from rcwidgets.core.datasets.frame_columns import columns_of_frame
from rcwidgets.core.datasets.preview import preview_of_cells, preview_of_values
from rcwidgets.core.datasets.reader.apart import assembled
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.source import Progress, Source
from rcwidgets.core.datasets.reader.text import read_text
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import Series

Readable: TypeAlias = str | PathLike[str] | bytes | IO[bytes] | IO[str]
MOST_LOADED = 500_000_000  # bytes of a file that is read whole


def read_file(
    source: Readable, options: Options | None = None, name: str = "", *, identified: bool = True, progress: Progress | None = None
) -> Series:
    """The table of a file of any format; gaps are NaN. `name` is that of a file that comes as bytes or as an open file;
    the series has a digest where it is to be `identified`. `progress` is told the share of a text that has been read, again and again.

    A file that cannot be read is a DataError (a ValueError) that names the place, and the option that mends it.
    """
    told = options or Options()
    if isinstance(source, str | PathLike) and Path(source).is_dir():
        return read_folder(Path(source), told, read_file)
    opened = Source(source, progress)
    called = name or opened.name
    series = _read(opened, told, called, identified=identified)
    if isinstance(series, Cases):
        series = series_of_cases(series)
    path = fspath(source) if isinstance(source, str | PathLike) else ""
    preview = series.preview or preview_of_values(series.values, series.time, series.channels, series.time_label)
    return series._replace(name=called, path=str(path), preview=preview)


def read_cases(source: Readable) -> Cases | None:
    """The cases of a .ts file that holds more than one; None where a file is something else."""
    if isinstance(source, str | PathLike) and Path(source).is_dir():
        return None
    opened = Source(source)
    if format_of(opened.head(20_000), opened.name) != "ts":
        return None
    made = cases_of(_whole(opened))
    return made if len(made.series) > 1 or made.labels else None


def _read(source: Source, options: Options, name: str, *, identified: bool) -> Series | Cases:
    notes = Notes()
    head = source.head(20_000)
    if not head:
        raise DataError("The file has no rows. It needs a line for each time, with numbers.")
    kind = format_of(head, name)
    if kind == "text":
        return _text(source, options, notes, identified=identified)
    if kind in ("xls", "pdf", "zip"):
        what = {"xls": "an Excel file of the old kind (.xls)", "pdf": "a PDF", "zip": "a zip archive"}[kind]
        advice = {"xls": "Save it as .xlsx or CSV.", "pdf": "Export its table as CSV.", "zip": "Take the table out of it."}[kind]
        raise DataError(f"The file is {what}. {advice}")
    if kind == "xlsx":
        with source.open() as file:
            text = text_of_xlsx(_seekable(file), source.size, notes)
        with text:
            return _text(
                Source(text), replace(options, separator=SEPARATOR, encoding="utf-8", comment=options.comment), notes, identified=identified
            )
    if kind == "ts":
        made = cases_of(_whole(source))
        if len(made.series) > 1:
            return made
        return assembled(columns_of_arrays({"channel": made.series[0]}, notes), options, notes, "file")
    with source.open() as file:
        return assembled(_columns(kind, source, _seekable(file), notes, options), options, notes, "file")


def _text(source: Source, options: Options, notes: Notes, *, identified: bool) -> Series:
    table, unnamed = read_text(source, options, notes)
    series = assembled(table.columns, options, notes, "file", lines=table.lines, unnamed=unnamed, identified=identified)
    return series._replace(preview=preview_of_cells(table.columns, table.head, series.channels, series.left_out, table.found))


def _columns(kind: str, source: Source, file: IO[bytes], notes: Notes, options: Options) -> list[Typed]:
    """The columns of a file that is no text."""
    if kind == "npy":
        return columns_of_arrays(arrays_of_npy(file, _length(file)), notes)
    if kind == "npz":
        import zipfile

        with zipfile.ZipFile(file) as archive:
            check_packed(archive, _length(file))
        file.seek(0)
        return columns_of_arrays(arrays_of_npz(file), notes)
    if kind == "mat":
        return columns_of_arrays(arrays_of_mat(file, notes), notes)
    if kind == "hdf5":
        return columns_of_arrays(arrays_of_hdf5(file, notes), notes)
    if kind in ("parquet", "feather"):
        return columns_of_frame(table_of(file, kind), options, notes)
    if kind in ("edf", "bdf"):
        return columns_of_edf(file, notes, bdf=kind == "bdf")
    if kind == "arff":
        return columns_of_arff(_whole(source))
    if source.path is None:
        raise DataError("A WFDB record is two files, a header (.hea) and its data (.dat). Give the path of one of them.")
    return columns_of_wfdb(Path(source.path))


def _seekable(file: IO[bytes]) -> IO[bytes]:
    """A file that libraries can go back in."""
    return file if file.seekable() else io.BytesIO(file.read(MOST_LOADED))


def _length(file: IO[bytes]) -> int:
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    return end


def _whole(source: Source) -> bytes:
    data = source.head(MOST_LOADED + 1)
    if len(data) > MOST_LOADED:
        raise DataError(f"A file of this kind may have {MOST_LOADED:,} bytes, this one has more. Save it as CSV or Parquet.")
    return data

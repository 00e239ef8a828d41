"""Parquet and Feather files, read by pyarrow as one table."""

from typing import IO, Any

from rcwidgets.core.datasets.formats.array_columns import check_size
from rcwidgets.core.datasets.formats.extra import needed
from rcwidgets.core.datasets.reader.layout import MOST_COLUMNS
from rcwidgets.core.datasets.reader.notes import DataError


def table_of(file: IO[bytes], kind: str) -> Any:
    """The table of a Parquet or Feather file, as pyarrow's; its size is looked at before it is read."""
    if kind == "parquet":
        parquet = needed("pyarrow", "pyarrow.parquet")
        try:
            opened = parquet.ParquetFile(file)
            _check(opened.metadata.num_rows, opened.schema_arrow.names)
            return opened.read()
        except DataError:
            raise
        except Exception as error:  # pyarrow's errors are of many kinds
            raise DataError(f"The Parquet file cannot be read: {str(error)[:200]}.") from None
    ipc = needed("pyarrow", "pyarrow.ipc")
    try:
        opened = ipc.open_file(file)
        _check(0, opened.schema.names)
        return opened.read_all()
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"The Feather file cannot be read: {str(error)[:200]}.") from None


def _check(rows: int, names: list[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise DataError(f"A file may have {MOST_COLUMNS} columns, this one has {len(names):,}. Leave some out.")
    check_size("table", (rows, len(names)))

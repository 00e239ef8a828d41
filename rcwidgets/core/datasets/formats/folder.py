"""A folder of files, each of which is a series; the folders in it, or a file of labels, are their classes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.table import Series, joined

MOST = 20_000  # files
LABELS = ("labels.csv", "labels.txt", "labels.tsv")


def read_folder(folder: Path, options: Options, read: Callable[[Path, Options], Series]) -> Series:
    """All files of a folder as several series, named as the files are, in the order of their names.

    Where the files lie in folders of this folder, these are their classes; else a file "labels.csv" may tell them, a line for each file,
    with its name and its class. `read` reads one file. One that cannot be read, or has other columns, is a DataError with its name.
    """
    if options.id is not None or options.label is not None:
        raise DataError("from_csv.id and label are of one table, got a folder, in which each file is a series. Leave them out.")
    files = [path for path in sorted(folder.rglob("*"), key=_natural) if path.is_file() and not _hidden(path, folder)]
    told = next((path for path in files if path.parent == folder and path.name.lower() in LABELS), None)
    files = [path for path in files if path != told]
    if not files:
        raise DataError(f"The folder {folder.name} has no files. Each file in it is to be a series.")
    if len(files) > MOST:
        raise DataError(f"A folder may have {MOST:,} files, {folder.name} has {len(files):,}. Take some of them.")
    depths = {len(path.relative_to(folder).parts) for path in files}
    if depths not in ({1}, {2}):
        raise DataError(
            f"The files of {folder.name} must all lie in it, or all in folders of it, one for each class. Move those that do not."
        )
    if told is not None and depths == {2}:
        raise DataError(f"{told.name} and folders of {folder.name} both tell classes. Take one of them away.")
    notes, series = Notes(), list[Series]()
    for path in files:
        try:
            one = read(path, options)
        except DataError as error:
            raise DataError(f"{path.relative_to(folder)}: {error}") from None
        if one.parts is not None:
            raise DataError(f"{path.relative_to(folder)} holds {len(one.parts.names):,} series, and in a folder each file is one.")
        if series and (one.channels != series[0].channels or (one.time_label == "row") != (series[0].time_label == "row")):
            raise DataError(
                f"All files must have the same columns, got {', '.join(series[0].channels)} in {files[0].name} and "
                f"{', '.join(one.channels)} in {path.relative_to(folder)}."
            )
        series.append(one)
        for note in one.notes:
            notes.add(f"{path.name}: {note}")
    names = [path.stem if depths == {1} else f"{path.parent.name}/{path.stem}" for path in files]
    labels = [path.parent.name for path in files] if depths == {2} else [] if told is None else _labels(told, files)
    made = joined(series, names, labels)
    return made._replace(name=folder.name, path=str(folder), lines=None, notes=notes.said[:12], options=replace(options).given)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """The order in which a person counts: trial2 before trial10."""
    parts, digits = list[tuple[int, int, str]](), ""
    for letter in f"{path.as_posix()}\0":
        if letter.isdecimal():
            digits += letter
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        parts.append((1, 0, letter))
    return parts


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _labels(told: Path, files: list[Path]) -> list[str]:
    """The class of each file, by a table of two columns with a line for each."""
    lines = [line.replace(";", ",").replace("\t", ",").split(",") for line in told.read_text("utf-8-sig").splitlines() if line.strip()]
    known = {cells[0].strip().strip('"'): cells[1].strip().strip('"') for cells in lines if len(cells) > 1}
    missing = [path.name for path in files if path.name not in known and path.stem not in known]
    if missing:
        raise DataError(f"{told.name} must have a line for each file, name and class, and has none for {missing[0]}. Add it.")
    return [known[path.name] if path.name in known else known[path.stem] for path in files]

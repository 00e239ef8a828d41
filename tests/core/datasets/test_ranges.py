"""A file that threads read in ranges gives what it gives when it is read from its start: the same arrays, the same words."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rcwidgets.core.datasets import DataWarning, from_csv
from rcwidgets.core.datasets.reader import bulk, ranges
from rcwidgets.core.datasets.reader import text as text_module
from tests.core.datasets.dialects import Dialect, forty, tables, written
from tests.core.datasets.test_dialects import TABLES

CLEAN = b"a,b\n" + b"".join(b"%d.5,%d\n" % (k, 7 * k % 11) for k in range(40))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample and ranges of a few lines, in blocks that cut lines and letters."""
    monkeypatch.setattr(text_module, "SAMPLE", 20)
    monkeypatch.setattr(ranges, "LENGTH", 30)
    monkeypatch.setattr(ranges, "BLOCK", 7)
    monkeypatch.setattr(ranges, "cores", lambda: 3)


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails where a file is read from its start after all."""
    with monkeypatch.context() as patch:
        patch.setattr(bulk, "read_in_order", lambda *_: pytest.fail("read in order"))
        yield


def told(source: bytes | Path) -> tuple[Any, list[str]]:
    """What a file gives, or its error, and the words of its warnings without its name."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found: Any = from_csv(source)
        except ValueError as error:
            found = str(error)
    assert {one.category for one in caught} <= {DataWarning}
    name = source.name if isinstance(source, Path) else ""
    return found, [str(one.message).removeprefix(f"{name}: ") for one in caught]


def assert_alike(text: bytes, path: Path) -> None:
    path.write_bytes(text)
    (ranged, words), (plain, plain_words) = told(path), told(text)
    assert words == plain_words
    assert type(ranged) is type(plain)
    if isinstance(plain, str):
        assert ranged == plain
    else:
        assert isinstance(ranged, dict)
        for name, values in plain.items():
            np.testing.assert_array_equal(ranged[name], values, err_msg=repr(text))


@pytest.mark.parametrize("dialect", forty(), ids=str)
@settings(
    max_examples=max(TABLES // 40, 1),
    deadline=None,
    derandomize=TABLES <= 400,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(data=st.data())
def test_a_table_in_ranges_is_the_table(dialect: Dialect, tmp_path: Path, data: st.DataObject):
    assert_alike(written(data.draw(tables(dialect)), dialect), tmp_path / "table.csv")


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        CLEAN.removesuffix(b"\n"),
        CLEAN.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + CLEAN,
        CLEAN.replace(b",", b"\t"),
        CLEAN.replace(b",", b" "),
        CLEAN.replace(b",", b", "),
        CLEAN.replace(b"a,b", "größe,µ".encode()),
        b"t,x\n" + b"".join(b"2024-01-%02d,%d\n" % (k, k * k) for k in range(1, 31)),
        "x,où\n".encode() + "".join(f"{k},était {k % 3}\n" for k in range(40)).encode(),
    ],
)
def test_a_plain_file_is_read_at_once(text: bytes, tmp_path: Path):
    path = tmp_path / "plain.csv"
    path.write_bytes(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        assert len(from_csv(path)["inputs"]) == text.count(b"\n") - text.endswith(b"\n")


@pytest.mark.parametrize("line", range(24, 40))
@pytest.mark.parametrize(
    "odd",
    [b"1,2,3", b"1", b"", b"  ", b'"1","2"', b'"1\n",2', b"# no", b"1,\0", b"x,2", b"1,off", b"1\r1,2", b"1,\xff", b" 1,2", b",", b"1,"],
)
def test_what_is_amiss_further_down_is_told_alike(odd: bytes, line: int, tmp_path: Path):
    lines = CLEAN.splitlines(keepends=True)
    assert_alike(b"".join([*lines[:line], odd, b"\n", *lines[line:]]), tmp_path / "odd.csv")


def test_a_line_that_is_too_long_is_told_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ranges, "BLOCK", 1 << 18)
    assert_alike(CLEAN + b"1" * 4_500_000 + b",2\n" + CLEAN[4:], tmp_path / "long.csv")


def test_the_share_that_was_read_goes_up_to_one(tmp_path: Path):
    from rcwidgets.core.datasets.reading import read_file

    path = tmp_path / "plain.csv"
    path.write_bytes(CLEAN)
    shares: list[float] = []
    read_file(path, progress=shares.append)
    assert shares[-1] == 1.0 and len(set(shares)) > 2

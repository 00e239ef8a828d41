"""Results on disk."""

import json
import sqlite3
import subprocess
import sys

import pytest

from rcwidgets.core.parts.store import Store, key_of


def test_results_come_back_to_the_last_bit_whatever_the_suffix_of_the_file(tmp_path):
    values = {"a": 0.1 + 0.2, "b": float("inf"), "c": [1, "x", None], "d": 5e-324}
    for name in ("sweep.store", "sweep", "sweep.db.txt"):
        with Store(tmp_path / name) as store:
            store.put(values)
        with Store(tmp_path / name) as store:
            assert store.get([*values, "none"]) == values and len(store) == 4


def test_many_keys_are_read_at_once(tmp_path):
    with Store(tmp_path / "s") as store:
        store.put({str(k): k for k in range(2500)})
        assert store.get(map(str, range(1000, 3000))) == {str(k): k for k in range(1000, 2500)}


def test_keys_are_of_the_content_and_not_of_the_order():
    assert key_of({"a": 1.0, "b": [2]}) == key_of({"b": [2], "a": 1.0}) != key_of({"a": 1.0, "b": [3]})


def test_two_who_write_one_store_lose_nothing(tmp_path):
    code = (
        "import sys\nfrom rcwidgets.core.parts.store import Store\n"
        "with Store(sys.argv[1]) as store:\n    for k in range(50): store.put({f'{sys.argv[2]} {k}': k})"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "s"), name]) for name in "ab"]
    assert [one.wait(120) for one in both] == [0, 0]
    with Store(tmp_path / "s") as store:
        assert len(store) == 100


def test_what_is_no_store_is_refused_and_stays_as_it_is(tmp_path):
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("my notes, of more than a hundred bytes " * 10)
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for path, words in (
        (text, "is no store of rcwidgets"),
        (other, "another database"),
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "s", "There is no folder"),
    ):
        before = path.read_bytes() if path.is_file() else None
        with pytest.raises(ValueError, match=words):
            Store(path)
        assert before is None or path.read_bytes() == before


FILLS = """
import json, resource, sys
from rcwidgets.core.parts.store import Store
store, kept = Store(sys.argv[1]), 0
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    while True:
        store.put({f"{kept} {k}": "x" * 500 for k in range(4)})
        kept += 1
except OSError as error:
    print(json.dumps([kept, str(error)]))
"""


def test_a_full_disk_is_said_and_what_was_stored_stays(tmp_path):
    path = tmp_path / "s"
    told = subprocess.run([sys.executable, "-c", FILLS, str(path)], capture_output=True, text=True, timeout=120, check=True)
    kept, words = json.loads(told.stdout)
    assert "takes no more results" in words and "only what is missing is computed" in words
    with Store(path) as store:
        assert kept > 3 and len(store) == 4 * kept
        store.put({"more": 1.0})
        assert store.get(["more", f"{kept - 1} 3"]) == {"more": 1.0, f"{kept - 1} 3": "x" * 500}

"""Tables written in forty dialects and read back: equal, or an error that names the place; never another number.

`RCWIDGETS_TABLES=10000 pytest tests/core/datasets/test_dialects.py` reads as many.
"""

import os
import re
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rcwidgets.core.datasets import DataWarning, from_csv
from tests.core.datasets.dialects import Dialect, forty, tables, written

TABLES = int(os.environ.get("RCWIDGETS_TABLES", "400"))
PLACED = re.compile(r"[Ll]ine \d|[Cc]olumn '")


def test_there_are_forty_dialects_and_all_are_different():
    assert len(set(forty())) == 40
    assert {one.separator for one in forty()} == {",", ";", "\t", "|", " "} and {one.decimal for one in forty()} == {".", ","}


@pytest.mark.parametrize("dialect", forty(), ids=str)
@settings(
    max_examples=max(TABLES // 40, 1),
    deadline=None,
    derandomize=TABLES <= 400,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a table that fails is small enough, and making it smaller takes long
)
@given(data=st.data())
def test_a_table_is_read_back_or_refused_with_the_place(dialect: Dialect, data: st.DataObject):
    table = data.draw(tables(dialect))
    text = written(table, dialect)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        try:
            read = from_csv(text)
        except ValueError as error:
            assert PLACED.search(str(error)), f"{error}: {text!r}"
            return
    np.testing.assert_array_equal(read["inputs"], table.numbers, err_msg=repr(text))
    if dialect.dates:
        np.testing.assert_array_equal(read["time"], table.dates(dialect.dates), err_msg=repr(text))

"""The threads end before the interpreter does, whatever the exit: `python -m scripts.check_exits` tries it two hundred times."""

import pytest

from scripts.check_exits import check

pytestmark = pytest.mark.optimised  # as are its processes


def test_a_process_that_trains_ends_as_it_was_told_to():
    assert check(12) == 0  # each way to end twice, with other work each time

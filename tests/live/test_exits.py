"""The threads end before the interpreter does, whatever the exit: `python -m scripts.check_exits` tries it two hundred times."""

from scripts.check_exits import check


def test_a_process_that_trains_ends_as_it_was_told_to():
    assert check(12) == 0  # each way to end twice, with other work each time

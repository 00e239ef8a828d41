"""How far a training is, in numbers and in words."""

import pytest

from rcwidgets.live.trainings.base import AbstractTraining


class Counting(AbstractTraining):
    unit = "step"
    standing = "best so far after 3"

    def __init__(self, total):
        super().__init__(None)
        self.total = total

    def advance(self):
        self.done += 10

    def results(self, revision, checkpoint=None):
        return None


@pytest.mark.parametrize(
    ("total", "share", "count", "pace"),
    [
        (2000, 0.005, "10 of 2,000 steps", "10 of 2,000 steps, 20/s, 99.5 s left"),
        (None, None, "10 steps", "10 steps, 20/s, best so far after 3"),
    ],
)
def test_it_tells_what_it_knows(total, share, count, pace):
    training = Counting(total)
    assert training.pace(0, 1.0) == training.count  # nothing is known of the pace yet
    training.advance()
    assert (training.share, training.count, training.pace(0, 0.5)) == (share, count, pace)
    assert not training.finished and training.outcome == ""


def test_it_is_finished_when_all_steps_are_made():
    training = Counting(20)
    training.advance()
    training.advance()
    assert training.finished and training.share == 1.0

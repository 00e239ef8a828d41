"""What a job was asked for, in words."""

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.live.engine.job import TrainingJob


@pytest.mark.parametrize(
    ("label", "change", "words"),
    [
        ("Set Leak rate of reservoir", "Leak rate 0.5, reservoir", "Leak rate 0.5, reservoir"),
        ("Reset Leak rate of reservoir", "Leak rate 0.3, reservoir", "Leak rate 0.3, reservoir"),
        ("Set Leak rate of reservoir", "", "Set Leak rate of reservoir"),
        ("Add reservoir", "Add reservoir", "Add reservoir"),
        ("Undo", "Leak rate 0.5, reservoir", "Undo"),
    ],
)
def test_knobs_that_were_turned_are_told_with_their_values(model, label, change, words):
    assert TrainingJob(Document(model), 3, "key", label, change).words == words

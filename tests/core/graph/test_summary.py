"""The table of a model: sizes, numbers of weights, and what is not known yet."""

import numpy as np

from rcwidgets.core.graph.summary import Row
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def looped():
    r, o = Reservoir(5), LinearReadout(2)
    return (Input(3) >> r >> o) & (r << o)


def test_weights_are_counted_by_hand():
    summary = looped().summary()
    assert summary.rows == (
        Row("input", "Input(3)", 0, 3, 0, 0),
        Row("reservoir", "Reservoir(5)", 3 + 2, 5, 25 + 15 + 5 + 10, 0),
        Row("readout", "LinearReadout(2)", 5, 2, 0, 12),
    )
    assert (summary.fixed, summary.trained) == (55, 12)
    assert repr(summary).splitlines()[-1].split() == ["total", "55", "12"]


def test_a_readout_that_is_not_trainable_counts_as_fixed():
    summary = (Input(1) >> LinearReadout(2, trainable=False)).summary()
    assert (summary.fixed, summary.trained) == (4, 0)


def test_what_only_the_data_can_tell_is_a_question_mark():
    model = Input() >> Reservoir(5) >> LinearReadout()
    summary = model.summary()
    assert [(row.takes, row.gives) for row in summary.rows] == [(0, None), (None, 5), (5, None)]
    assert summary.fixed is None and "?" in repr(summary)
    assert model.summary(3, 2).trained == 12


def test_a_model_that_cannot_run_still_has_a_table():
    assert (Input(1) >> Reservoir(5)).without().summary().rows[1].gives == 5
    assert Reservoir(5).__and__(Input(2)).summary().fixed is None


def test_a_trainer_shows_the_sizes_that_the_data_gave(generator):
    x = generator.normal(size=(30, 3))
    trainer = RidgeTrainer(Input() >> Reservoir(5) >> LinearReadout()).fit([x, x])
    assert trainer.summary().trained == 18
    assert "<td" in trainer.summary()._repr_html_()


def test_names_are_escaped_in_a_notebook():
    shown = (Input(1) >> Reservoir(5, name="a-b"))._repr_html_()
    assert "<svg" in shown and "input &gt;&gt; a-b" in shown
    assert np.char.find(shown, "input >> a-b") == -1

"""Several series side by side: what is kept is what each has by itself, at the rows that are asked for."""

import numpy as np
import pytest

from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.live.stages.each import rows_of_each

LENGTHS = np.array([30, 12, 21])
MODEL = (Input(2) >> Reservoir(8, seed=0) >> LinearReadout(3)).sized(2, 3)
AT = (np.array([0, 0, 1, 2, 2, 0]), np.array([0, 29, 11, 5, 20, 3]))  # of which series, and which step


@pytest.mark.parametrize("outputs", [False, True])
def test_each_row_is_that_of_its_own_series_run_alone(outputs):
    program = programs.compile_graph(MODEL)
    params = drawing.draw(program, 0, np.dtype("float64"))
    series = np.random.default_rng(0).normal(size=(30, 3, 2))
    heard = []
    place = program.names.index("readout")
    found = rows_of_each(
        program,
        params,
        {program.inputs[0]: series},
        AT,
        LENGTHS,
        [place],
        np.dtype("float64"),
        lambda: None,
        lambda share, steps: heard.append((share, steps)),
        outputs=outputs,
    )
    assert list(found) == [place] and found[place].shape == (6, 3 if outputs else 8)
    for at, (owner, step) in enumerate(zip(*AT, strict=True)):
        runner = RNNRunner(MODEL, params=params, dtype="float64", parallel="off")
        y = runner.predict(series[: LENGTHS[owner], owner], monitors=["reservoir.state"])
        expected = y if outputs else runner.mon["reservoir.state"]
        np.testing.assert_allclose(found[place][at], np.reshape(expected, (LENGTHS[owner], -1))[step], rtol=1e-10)
    assert heard[-1][0] == 1.0 and sum(steps for _, steps in heard) == 30


def test_it_can_be_given_up():
    program = programs.compile_graph(MODEL)

    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        rows_of_each(
            program,
            drawing.draw(program, 0, np.dtype("float64")),
            {program.inputs[0]: np.random.default_rng(0).normal(size=(30, 3, 2))},
            AT,
            LENGTHS,
            [program.names.index("readout")],
            np.dtype("float64"),
            stop,
            lambda share, steps: None,
        )

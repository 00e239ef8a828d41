"""The dense layer against NumPy, with and without feedback."""

import numpy as np
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Concat, Dense, Input, Reservoir


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("fed", [False, True])
def test_it_follows_its_equation(fed, batch, dtype, generator):
    layer = Dense(4, activation="tanh")
    graph = Input(3) >> layer
    program = programs.compile_graph(graph & (layer << layer) if fed else graph)
    drawn = drawing.draw(program, 0, np.float64)["dense"]
    own = {key: generator.normal(0, 0.5, value.shape) for key, value in drawn.items()}
    params = {"input": {}, "dense": drawing.cast(own, dtype)}
    u = generator.normal(size=(15, batch, 3)).astype(dtype)
    with precision(dtype):
        _, values, _ = programs.run(program, params, programs.init(program, params, batch, dtype), {0: u}, [1])
    y = np.zeros((batch, 4))
    for t in range(15):
        y = np.tanh(u[t] @ own["W"] + own["b"] + (y @ own["W_fb"] if fed else 0))
        np.testing.assert_allclose(values[1][t], y, atol=1e-5 if dtype == np.float32 else 1e-12)
    assert values[1].dtype == dtype


def test_between_feedback_wires_it_is_stepped(generator):
    i, hidden, r, out = Input(2), Dense(5, activation="tanh", name="hidden"), Reservoir(10), Dense(1)
    graph = (i >> hidden >> r >> out) & (hidden << out)
    runner, x = RNNRunner(graph, dtype="float64"), generator.normal(size=(12, 2))
    y = runner.predict(x, monitors=["hidden.output"])
    own = runner.params["hidden"]
    late = np.vstack([np.zeros((1, 1)), y[:-1]])
    np.testing.assert_allclose(runner.mon["hidden.output"][0], np.tanh(x @ own["W"] + late @ own["W_fb"] + own["b"]), atol=1e-12)


def test_it_takes_its_size_from_the_target_and_waits_until_then():
    runner = RNNRunner(Input() >> Reservoir(10) >> Dense())
    assert runner.predict(np.ones((5, 2))) is None
    with pytest.raises(ValueError, match=r"The size of dense is not known before it sees data. Give it one, such as Dense\(3\)"):
        programs.compile_graph(Input(1) >> Dense() >> Concat())


def test_what_is_drawn_and_learned():
    layer = Dense(100)
    own = drawing.draw(programs.compile_graph(Input(300) >> layer), 0, np.float64)["dense"]
    assert own["W"].std() == pytest.approx(np.sqrt(2 / 400), rel=0.02) and not own["b"].any()
    assert set(layer.learned) == {"W", "W_fb", "b"} and Dense(100, trainable=False).learned == ()
    assert layer.counts(own) == (0, 300 * 100 + 100)
    assert not layer.trains

"""LayerNorm against NumPy."""

import numpy as np

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LayerNorm


def test_mean_and_variance_of_each_step_are_taken_out(bench, signal, kinds, close):
    u = 3 * signal + 5
    rig = bench(LayerNorm(), 6, *kinds)
    u64 = u.astype(np.float64)
    expected = (u64 - u64.mean(-1, keepdims=True)) / np.sqrt(u64.var(-1, keepdims=True) + 1e-5)
    close(rig.series(u)[1], expected)
    rig.params = {"scale": np.arange(6, dtype=kinds[1]), "offset": np.ones(6, kinds[1])}
    close(rig.series(u)[1], expected * np.arange(6) + 1)
    close(rig.steps(u)[1], expected * np.arange(6) + 1)


def test_equal_features_give_zeros():
    assert RNNRunner(Input(4) >> LayerNorm()).predict(np.full((3, 4), 7.0)).tolist() == np.zeros((3, 4)).tolist()


def test_scale_and_offset_are_learned_by_gradient():
    runner = RNNRunner(Input(4) >> LayerNorm())
    runner.predict(np.zeros((3, 4)))
    own = runner.params["layer_norm"]
    assert (own["scale"].tolist(), own["offset"].tolist()) == ([1.0] * 4, [0.0] * 4)
    assert set(LayerNorm().learned) == set(own)
    assert LayerNorm().counts(own) == (0, 8)

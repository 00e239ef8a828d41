"""A document made ready: its weights drawn once, the readout that is shown, and the sentences for what cannot be run."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.live.stages.prepared import Prepared, StageCache


@pytest.fixture
def cache(series):
    return StageCache(own_series(series))


def test_weights_are_drawn_once_also_for_another_live_knob(cache, model):
    document = Document(model, DataTask())
    first = Prepared(cache, document).params()
    turned = replace(document, graph=document.graph.replace("reservoir", spectral_radius=0.1))
    assert cache.counts["draws"] == 3 and Prepared(cache, turned).params()["reservoir"]["W"] is first["reservoir"]["W"]
    Prepared(cache, replace(document, graph=document.graph.replace("reservoir", seed=5))).params()
    assert cache.counts["draws"] == 4


def test_the_last_readout_is_shown_and_those_that_feed_back_are_forced(cache):
    reservoir, readout = Reservoir(5), LinearReadout()
    prepared = Prepared(cache, Document((Input() >> reservoir >> readout) & (reservoir << readout), DataTask()))
    assert prepared.program.names[prepared.shown] == "readout" and prepared.forced == (prepared.shown,)


def test_rows_are_inputs_in_the_dtype_of_the_run(cache, model):
    prepared = Prepared(cache, Document(model, DataTask()))
    (given,) = prepared.inputs(slice(3, 8)).values()
    assert given.shape == (5, 1, 2) and given.dtype == prepared.dtype
    np.testing.assert_allclose(given[:, 0], prepared.data.inputs[3:8], rtol=1e-6)


@pytest.mark.parametrize(
    ("graph", "settings", "words"),
    [
        (Input() >> Reservoir(5), None, "There is nothing to train. Add a LinearReadout and wire the reservoir to it."),
        (Input() >> Reservoir(5), BPTTSettings(), "There is nothing to train. Add a node that learns"),
        (Input() >> Dense(3), BPTTSettings(), "dense gives 3 features, the target has 2. Put a Dense or a LinearReadout after it."),
    ],
)
def test_what_cannot_be_run_is_a_sentence(cache, graph, settings, words):
    document = Document(graph, DataTask()) if settings is None else Document(graph, DataTask(), settings)
    with pytest.raises(ValueError, match=words):
        Prepared(cache, document)


def test_a_value_is_made_once_for_a_key():
    cache, made = StageCache(), []

    def make():
        made.append(1)
        return len(made)

    assert [cache.keep("states", key, make) for key in ("a", "a", "b", "a")] == [1, 1, 2, 3]


def test_a_new_value_lets_go_of_the_old_one_and_of_what_it_fed_first():
    cache = StageCache()
    cache.keep("fits", 1, lambda: "fits of 1")
    cache.keep("states", 1, lambda: "states of 1", feeds="fits")
    assert cache.keep("fits", 1, lambda: "made anew") == "made anew"

    def fails():
        raise MemoryError

    with pytest.raises(MemoryError):
        cache.keep("states", 2, fails, feeds="fits")
    assert cache.keep("states", 1, lambda: "nothing was there") == "nothing was there"
    assert cache.keep("fits", 1, lambda: "nor here") == "nor here"


def test_a_program_compiles_the_first_time():
    cache = StageCache()
    assert [cache.compiles(key) for key in ("one", "one", "two")] == [True, False, True] and cache.counts["compiles"] == 2


def test_a_function_of_ones_own_that_is_not_there_is_a_sentence():
    settings = BPTTSettings(loss="own")
    assert StageCache(functions={"loss": abs}).functions_of(settings) == {"loss": abs}
    assert StageCache(functions={"loss": abs}).functions_of(BPTTSettings()) == {}
    with pytest.raises(ValueError, match=r"BPTT\.loss is a function of your own, which a file cannot hold\. Give it in Python"):
        StageCache().functions_of(settings)

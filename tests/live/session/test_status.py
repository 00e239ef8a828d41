"""The status: what it starts with, a text of one line, the state of each node in words, and what is in the way of a run."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.live.session.status import NodeStatus, Status, node_statuses, problems_of


@pytest.fixture
def own(series):
    return own_series(series)


@pytest.fixture
def document(model):
    return Document(model, DataTask())


def by_name(document, own, problems=(), params=(), **more):
    return {document.graph.names[id]: status for id, status in node_statuses(document, own, problems, params, **more).items()}


def test_a_whole_model_is_ok_with_its_sizes_and_awaits_its_training(document, own):
    assert problems_of(document, own) == ()
    statuses = by_name(document, own)
    assert {name: (one.state, one.size) for name, one in statuses.items()} == {
        "input": ("ok", 2),
        "reservoir": ("ok", 20),
        "readout": ("ok", 2),
    }
    assert statuses["input"].text == "channel 1, channel 2"
    awaiting = by_name(document, own, awaiting=True)
    assert (awaiting["readout"].state, awaiting["readout"].text) == ("untrained", "not trained yet") and awaiting["reservoir"].state == "ok"


def test_the_counts_are_those_of_the_params(document, own):
    params = {"readout": {"W": np.zeros((20, 2)), "b": np.zeros(2)}}
    statuses = by_name(document, own, params=params)
    assert (statuses["readout"].fixed, statuses["readout"].trained) == (0, 42) and statuses["reservoir"].trained == 0


def test_a_node_beside_the_way_and_a_radius_that_is_chaotic_say_so(document, own):
    graph = document.graph.replace("reservoir", spectral_radius=1.8).add(Reservoir(5))
    statuses = by_name(replace(document, graph=graph), own)
    assert (statuses["reservoir"].state, statuses["reservoir"].text) == ("warning", "not reproducible in float32")
    assert (statuses["reservoir_2"].state, statuses["reservoir_2"].text) == ("unwired", "leads to no readout")


def test_what_is_in_the_way_is_told_by_task_graph_and_trainer(document, own):
    (missing,) = problems_of(document, None, "")
    assert missing.owner == "task" and missing.unfinished
    open_end = replace(document, graph=Input() >> Reservoir(5))
    (nothing,) = problems_of(open_end, own, "There is nothing to train.")
    assert (nothing.owner, nothing.words, nothing.unfinished) == ("trainer", "There is nothing to train.", True)
    loose = Document(Reservoir(5) >> LinearReadout(), DataTask())
    found = problems_of(loose, own, "never said")
    assert found == problems_of(loose, own) and "The model has no Input" in found[0].words
    statuses = by_name(loose, own, found)
    assert statuses["reservoir"].state == "unwired" and statuses["readout"].state == "waiting"


def test_it_starts_at_rest_with_nothing_to_say():
    status = Status()
    assert (status.activity, status.message, status.progress, status.auto, status.old) == ("idle", "", None, True, "")


def test_its_text_stays_short():
    told = repr(Status(nodes={str(k): NodeStatus("ok", "word " * 20) for k in range(100)}, message="training"))
    assert len(told) <= 300 and "\n" not in told and "training" in told

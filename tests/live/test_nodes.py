"""Models of other nodes than reservoirs, as the live stages run them."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import apply
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import NVAR, Activation, Delay, Dropout, Input, LayerNorm, LinearReadout, Reservoir, Reshape, Select, Sum
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings, RidgeTrainer
from rcwidgets.live.session.status import node_statuses


def compute(stages, document):
    """The last results, with the path."""
    return list(stages.compute(document, 1, lambda: None, lambda *_: None))[-1]


def products():
    return Input() >> NVAR(2, order=(2, 3), stride=3, constant=True) >> LinearReadout()


def glue():
    """Every node between others: taps beside a reservoir, some of them delayed, normalised, squashed and added."""
    i, r, o = Input(), Reservoir(12, seed=0), LinearReadout()
    left = i >> Reshape((2, -1)) >> Delay(2) >> Activation("softplus") >> Dropout(rate=0.3)
    right = i >> r >> Select("0:2") >> LayerNorm()
    return [[left, right] >> Sum(), r] >> o


def looped():
    i, n, r, o = Input(), NVAR(2), Reservoir(12, seed=0, feedback_scaling=0.3), LinearReadout()
    return (i >> n >> r >> o) & (r << o)


@pytest.mark.parametrize("beta", [1e-2, 1e-9])
@pytest.mark.parametrize("model", [products, glue, looped])
def test_results_equal_those_of_the_trainer(stages, model, beta):
    document = Document(model(), DataTask(), RidgeSettings(beta=beta))
    results = compute(stages, document)
    data = document.task.prepare(stages.own)
    x, border, horizon = data.inputs, data.test_start, data.horizon
    trainer = RidgeTrainer(document.graph.sized(2, 2), beta=beta)
    if model is looped:  # the warm-up is taught too
        trainer.fit([x[: data.warmup], x[horizon : data.warmup + horizon]])
    else:
        trainer.predict(x[: data.warmup])
    trainer.fit([x[data.warmup : border], x[data.warmup + horizon : border + horizon]])
    expected = trainer.predict(x[border:-horizon]) * data.scale + data.mean
    exact = model is not glue
    assert trainer.dtype == (np.float64 if exact else np.float32)
    np.testing.assert_allclose(results.forecast, expected, atol=1e-6 if exact else 1e-3)


def test_products_run_in_float64_and_other_nodes_in_float32(stages):
    assert compute(stages, Document(products(), DataTask())).params["readout"]["W"].dtype == np.float64
    assert compute(stages, Document(glue(), DataTask())).params["readout"]["W"].dtype == np.float32
    forced = Document(products(), DataTask(), RidgeSettings(dtype="float32"))
    assert compute(stages, forced).params["readout"]["W"].dtype == np.float32


def test_a_move_of_beta_makes_no_step(stages):
    document = Document(products(), DataTask(), RidgeSettings(beta=1e-4))
    first, steps = compute(stages, document), stages.counts["steps"]
    assert compute(stages, replace(document, trainer=RidgeSettings(beta=1.0))).test_nrmse != first.test_nrmse
    assert stages.counts["steps"] == steps


def test_the_rate_of_dropout_changes_nothing_without_gradients(stages):
    document = Document(glue(), DataTask())
    first, traced = compute(stages, document), programs.TRACES["run"]
    moved = compute(stages, replace(document, graph=document.graph.replace("dropout", rate=0.9)))
    np.testing.assert_array_equal(moved.forecast, first.forecast)
    assert programs.TRACES["run"] == traced


def test_an_order_typed_on_the_page_trains_the_larger_model(stages):
    document = Document(Input() >> NVAR() >> LinearReadout(), DataTask())
    before = compute(stages, document)
    edit = {"op": "set", "owner": document.graph.id_of("nvar"), "knob": "order", "value": "2, 3"}
    after = compute(stages, apply(document, edit)[0])
    assert before.params["readout"]["W"].shape == (4 + 10, 2)
    assert after.params["readout"]["W"].shape == (4 + 10 + 20, 2)


def test_a_feature_that_is_not_there_is_said_at_its_knob(stages):
    document = Document(Input() >> Select("5") >> LinearReadout(), DataTask())
    words = "select: Select.features must be among the 2 features that arrive, got 5."
    with pytest.raises(ValueError, match=words):
        compute(stages, document)


def test_a_node_without_an_input_shows_no_size(series):
    document = Document((Input() >> LinearReadout()) & Sum() & NVAR() & Reservoir(7), DataTask())
    found = {document.graph.names[id]: status.size for id, status in node_statuses(document, own_series(series), (), {}).items()}
    assert found == {"input": 2, "readout": 2, "sum": None, "nvar": None, "reservoir": 7}


@pytest.mark.parametrize("model", [products, glue])
def test_the_exported_script_trains_the_same_model(stages, model, series, capsys):
    document = Document(model(), DataTask(), RidgeSettings(beta=1e-4))
    results = compute(stages, document)
    scope = {"data": np.asarray(series)}
    exec(to_code(document), scope)
    assert f"{float(capsys.readouterr().out.split()[-1]):.2g}" == f"{results.test_nrmse:.2g}"

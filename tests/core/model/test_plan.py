"""The plan of a run side by side: fixed, and none where there is too little to gain."""

import pytest

from rcwidgets.core.model import drawing, plan
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import NVAR, Input, LinearReadout, Reservoir, weights


def planned(model, steps=10_000, *, probed=300, washout=200, batch=1):
    program = programs.compile_graph(model)
    return plan.plan_of(program, drawing.draw(program, 0, "float32"), batch, steps, probed, washout)


@pytest.fixture(autouse=True)
def _cores(monkeypatch):
    monkeypatch.setattr(plan, "cores", lambda: 2)


def chain(units=400, **knobs):
    return Input(3) >> Reservoir(units, **knobs) >> LinearReadout(3)


@pytest.mark.parametrize(
    ("washout", "expected"), [(200, plan.Plan(2, 5)), (700, plan.Plan(2, 1)), (1000, plan.Plan(2, 1)), (6000, None)], ids=str
)
def test_a_long_wash_out_is_for_fewer_stretches(washout, expected):
    assert planned(chain(), washout=washout) == expected


def test_rows_of_a_sparse_reservoir_share_what_is_read_of_them_in_eights():
    model = chain(1000, connectivity=0.01)
    assert planned(model) == plan.Plan(2, 8) and planned(model, batch=2) == plan.Plan(2, 4)
    assert planned(model, washout=1000) == plan.Plan(2, 1)
    program = programs.compile_graph(model)
    assert plan.probing_rows(program, drawing.draw(program, 0, "float32"), 1) == 8


def test_of_large_sparse_weights_each_row_costs_as_much_as_one_alone(monkeypatch):
    monkeypatch.setattr(weights, "TERMS", 1000)
    model = chain(1000, connectivity=0.01)
    program = programs.compile_graph(model)
    assert planned(model) == plan.Plan(2, 1)
    assert plan.probing_rows(program, drawing.draw(program, 0, "float32"), 1) == 3


def test_more_cores_take_more_stretches_and_one_core_little(monkeypatch):
    monkeypatch.setattr(plan, "cores", lambda: 4)
    assert planned(chain()).stretches >= 4
    monkeypatch.setattr(plan, "cores", lambda: 100)
    assert planned(chain(), 100_000).threads == plan.MOST
    monkeypatch.setattr(plan, "cores", lambda: 1)
    assert planned(chain()) is None and planned(chain(), 100_000) == plan.Plan(1, 5)


@pytest.mark.parametrize(
    ("model", "batch", "steps", "forced", "parallel", "expected"),
    [
        (chain(), 1, 10_000, [], "auto", True),
        (chain(), 1, 10_000, [], "off", False),
        (chain(), 1, 1_000, [], "auto", False),
        (chain(20), 1, 10_000, [], "auto", False),
        (chain(20), 1, 100_000, [], "auto", True),
        (chain(), 20, 10_000, [], "auto", False),
        (Input(3) >> NVAR() >> LinearReadout(3), 1, 100_000, [], "auto", False),
    ],
)
def test_what_may_run_side_by_side(model, batch, steps, forced, parallel, expected):
    assert plan.may_run_in_stretches(programs.compile_graph(model), batch, steps, forced, parallel) == expected


def test_feedback_has_to_be_forced():
    reservoir, readout = Reservoir(400), LinearReadout(3)
    program = programs.compile_graph((Input(3) >> reservoir >> readout) & (reservoir << readout))
    assert not plan.may_run_in_stretches(program, 1, 10_000, [], "auto")
    assert plan.may_run_in_stretches(program, 1, 10_000, program.fed_back, "auto")

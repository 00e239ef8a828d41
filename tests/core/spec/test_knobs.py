"""Each knob of each spec: range, coercion and the words of refusal."""

import math
from typing import get_args

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Reservoir
from rcwidgets.core.spec.kinds import BoolKnob, ChoiceKnob, ColumnsKnob, FloatKnob, IntKnob, IntsKnob, TextKnob
from rcwidgets.core.spec.knob import KnobKind
from rcwidgets.core.spec.knobs import Effect, knobs_of
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS
from rcwidgets.core.tasks import DataTask

KNOBS = [(cls, name, made) for kinds in (NODES, TASKS, TRAINERS) for cls in kinds.values() for name, made in knobs_of(cls).items()]
NUMBERS = [entry for entry in KNOBS if entry[2].kind in ("int", "float")]


def named(entry):
    return f"{entry[0].__name__}.{entry[1]}"


@pytest.mark.parametrize("entry", KNOBS, ids=named)
def test_the_default_is_legal_and_the_texts_are_there(entry):
    made = entry[2]
    assert made.check("x", made.default) == made.default
    assert made.label and made.doc.endswith(".")


@pytest.mark.parametrize("entry", NUMBERS, ids=named)
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_number_outside_the_legal_range_is_refused_in_words(entry, side):
    cls, name, made = entry
    wrong = made.low - 1 if side == "low" else made.high + 1
    with pytest.raises(ValueError, match=rf"{cls.kind}.{name} must be in \["):
        cls(**{name: wrong})


@pytest.mark.parametrize("entry", NUMBERS, ids=named)
@pytest.mark.parametrize("wrong", [math.nan, math.inf, 10**400, "1", True, [1.0]])
def test_what_is_not_a_finite_number_is_refused(entry, wrong):
    cls, name, made = entry
    wrong = [[1.0]] if made.per and isinstance(wrong, list) else wrong  # which may be an array of one axis
    with pytest.raises((ValueError, TypeError), match=rf"{cls.kind}.{name} must be"):
        cls(**{name: wrong})


@pytest.mark.parametrize("entry", NUMBERS, ids=named)
def test_the_slider_lies_within_the_legal_range(entry):
    made = entry[2]
    if made.slider:
        low, high, step = made.slider
        assert made.low <= low < high <= made.high and step > 0
        assert not made.log or low > 0


@pytest.mark.parametrize("value", [1, np.float32(1), np.float64(1), np.array(1.0)])
def test_numbers_of_any_kind_become_plain_floats(value):
    assert type(Reservoir(3, spectral_radius=value).spectral_radius) is float


def test_a_live_knob_may_be_lanes_and_a_structural_one_may_not():
    lanes = np.linspace(0.5, 1.5, 4)[:, None]
    assert Reservoir(3, spectral_radius=lanes).spectral_radius is lanes
    with pytest.raises(TypeError, match="Reservoir.units must be one number, got an array"):
        Reservoir(np.array([1, 2]))


def test_every_effect_is_used_by_the_reservoir():
    assert {made.effect for made in knobs_of(Reservoir).values()} == set(Effect)


def test_columns_are_names_or_none_for_all():
    made = knobs_of(DataTask)["inputs"]
    assert made.check("data.inputs", None) is None
    assert made.check("data.inputs", "a") == ("a",) and made.check("data.inputs", ["b", "a"]) == ("b", "a")
    assert DataTask(inputs=["b"]).inputs == ("b",) and repr(DataTask(targets=["b"])) == "DataTask(targets=('b',))"
    assert made.schema()["kind"] == "columns" and made.schema()["default"] is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3, "data.inputs must be names of columns, got 3."),
        ([1], r"data.inputs must be names of columns, got \[1\]."),
        (["a", "a"], "data.inputs must name each column once, got 'a' twice."),
        ([""], "data.inputs must be names of 1 to 200 characters, got ''."),
        ([str(k) for k in range(501)], "data.inputs must be at most 500 names, got 501."),
    ],
)
def test_what_is_no_list_of_columns_is_refused(value, words):
    with pytest.raises((TypeError, ValueError), match=words):
        DataTask(inputs=value)


def test_columns_come_back_from_a_document():
    document = Document(Graph(), DataTask(horizon=0, inputs=("a", "b"), targets=()))
    read = Document.from_json(document.to_json()).task
    assert isinstance(read, DataTask) and (read.inputs, read.targets, read.horizon) == (("a", "b"), (), 0)
    data = document.to_data()
    data["task"]["knobs"]["inputs"] = [{"a": 1}]
    with pytest.raises(ValueError, match="data.inputs must be names of columns"):
        Document.from_data(data)
    data["task"]["knobs"]["inputs"] = {"a": 1}
    with pytest.raises(ValueError, match="data.inputs must be names of columns, got an object"):
        Document.from_data(data)


SHOWN = {
    FloatKnob: {0.25: "0.25", 1e-6: "1e-6", None: "automatic"},
    IntKnob: {4000: "4,000", None: "automatic"},
    BoolKnob: {True: "on", False: "off"},
    ChoiceKnob: {"tanh": "tanh"},
    TextKnob: {"0, 2": "0, 2"},
    IntsKnob: {2: "2", (2, 3): "(2, 3)"},
    ColumnsKnob: {("a", "b"): "a, b", (): "none", None: "all"},
}


def test_each_kind_is_one_that_the_page_knows_and_tells_its_values_in_words():
    assert [kind.kind for kind in SHOWN] == list(get_args(KnobKind))
    for kind, words in SHOWN.items():
        knob = kind(None, "", Effect.LIVE, "Some")
        assert {value: knob.show(value) for value in words} == words
        assert knob.flows == (kind is FloatKnob) and not kind(None, "", Effect.REBUILD, "Some").flows

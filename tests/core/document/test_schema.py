"""The schema: every kind and knob of the registries, as JSON."""

import json

import pytest

from rcwidgets.core.document.schema import schema
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS

KNOB = [
    "label",
    "doc",
    "unit",
    "effect",
    "kind",
    "default",
    "low",
    "high",
    "slider",
    "log",
    "choices",
    "presets",
    "optional",
    "auto",
    "says",
]


def test_all_kinds_are_there_in_the_order_of_the_registries():
    made = schema()
    assert list(made) == ["nodes", "tasks", "trainers", "order", "words", "limits"]
    assert list(made["nodes"]) == list(NODES)
    assert list(made["tasks"]) == list(TASKS)
    assert list(made["trainers"]) == list(TRAINERS)
    assert made["limits"] == {"nodes": 200, "edges": 500}


def test_every_order_is_kept_where_the_keys_are_sorted():
    """As a notebook is, when it is saved with the state of its widgets."""
    kept = json.loads(json.dumps(schema(), sort_keys=True))
    assert list(kept["nodes"]) != list(NODES)
    for group, kinds in (("nodes", NODES), ("tasks", TASKS), ("trainers", TRAINERS)):
        assert kept["order"][group] == list(kinds)
        for kind, cls in kinds.items():
            assert kept[group][kind]["order"] == list(knobs_of(cls))


def test_it_is_plain_json():
    made = schema()
    assert json.loads(json.dumps(made, allow_nan=False)) == made


@pytest.mark.parametrize("group", ["nodes", "tasks", "trainers"])
def test_each_knob_says_all_that_a_control_needs(group):
    for kind, entry in schema()[group].items():
        assert entry["kind"] == kind
        assert entry["label"]
        assert entry["doc"].endswith(".") or entry["doc"].endswith("]")
        assert "\n" not in entry["doc"]
        for name, knob in entry["knobs"].items():
            assert list(knob) == KNOB, name
            assert knob["label"], name
            assert knob["doc"].endswith("."), name


def test_the_card_shows_knobs_that_the_kind_has():
    for group in ("nodes", "trainers"):
        for entry in schema()[group].values():
            assert set(entry["card"]) <= set(entry["knobs"])


def test_a_reservoir_by_hand():
    made = schema()["nodes"]["Reservoir"]
    assert (made["family"], made["group"], made["refuses"]) == ("state", "Reservoirs", {"forward": None, "feedback": None})
    assert made["doc"].startswith("Leaky units with fixed random recurrent weights.")
    assert made["card"] == ["spectral_radius", "leak_rate", "input_scaling"]
    radius = made["knobs"]["spectral_radius"]
    assert (radius["label"], radius["effect"], radius["kind"], radius["default"], radius["low"], radius["high"], radius["slider"]) == (
        "Spectral radius", "live", "float", 0.9, 0.0, 10.0, [0.0, 2.0, 0.01],
    )  # fmt: skip
    assert schema()["nodes"]["Input"]["refuses"] == {"forward": "no_input", "feedback": "no_feedback"}
    assert schema()["nodes"]["LinearReadout"]["refuses"] == {"forward": None, "feedback": "no_feedback"}
    assert schema()["nodes"]["Input"]["knobs"]["features"]["optional"] is True
    assert schema()["tasks"]["lorenz"]["knobs"]["horizon"]["presets"] == [1, 10, 30]
    assert schema()["trainers"]["RidgeTrainer"]["knobs"]["beta"]["log"] is True


def test_the_sentences_have_the_holes_that_the_page_fills():
    words = schema()["words"]
    for name in ("no_input", "no_feedback", "duplicate", "too_many_edges"):
        holes = words[name].format(source="SOURCE", target="TARGET")
        assert "{" not in holes


def test_every_default_is_legal():
    for kinds in (NODES, TASKS, TRAINERS):
        for cls in kinds.values():
            for name, knob in knobs_of(cls).items():
                assert knob.check(name, knob.default) == knob.default

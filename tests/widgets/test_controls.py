"""Controls of ipywidgets for the knobs: they follow, refuse in words, and write one entry of the history."""

import ipywidgets
import optax

import rcwidgets as rc
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.trainers.base import OWN
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.widgets.controls import stock_widget


def test_controls_follow_and_refuse_in_words(page, play):
    box = rc.controls(play.experiment)
    radius = box.knobs["reservoir", "spectral_radius"]
    assert isinstance(radius, ipywidgets.FloatSlider) and (radius.min, radius.max) == (0.0, 2.0)
    play.set("reservoir", spectral_radius=1.5)
    assert radius.value == 1.5
    seed = box.knobs["reservoir", "seed"]
    assert seed.value == "0"
    seed.value = "many"
    assert box.children[1].children[-1].value == "Seed must be a number or empty, got 'many'."
    assert play.model["reservoir"].seed == 0
    seed.value = ""
    assert play.model["reservoir"].seed is None and box.children[1].children[-1].value == ""


def test_columns_are_written_with_commas_between(page, play):
    targets = rc.controls(play.experiment).knobs["task", "targets"]
    assert targets.value == "" and targets.placeholder == "all"
    targets.value = "channel 2, channel 1"
    assert play.experiment.task.targets == ("channel 2", "channel 1")
    play.set("task", targets=["channel 1"])
    assert targets.value == "channel 1"
    targets.value = ""
    assert play.experiment.task.targets is None


def test_controls_are_built_anew_when_nodes_come_and_go(page, play):
    box = rc.controls(play.experiment)
    play.experiment.edit([{"op": "add", "kind": "Reservoir", "position": [0, 0]}])
    assert "reservoir_2" in box.titles and ("reservoir_2", "units") in box.knobs


def test_a_drag_of_a_stock_slider_is_one_undo(page, play):
    radius = rc.controls(play.experiment).knobs["reservoir", "spectral_radius"]
    for value in (0.5, 0.6, 0.7):
        radius.value = value
    assert play.undo() and play.model["reservoir"].spectral_radius == 0.9 and play.experiment.history[0] is None


def test_stock_controls_say_what_the_disk_or_a_closed_experiment_refuse(page, play):
    box = rc.controls(play.experiment)
    play.experiment.close()
    box.knobs["reservoir", "leak_rate"].value = 0.7
    assert box.children[1].children[-1].value == "The experiment is closed. Make a new one."


def test_stock_controls_write_texts_and_whole_numbers(page, play):
    play.experiment.edit([{"op": "add", "kind": kind, "position": [0, 0]} for kind in ("NVAR", "Select")])
    box = rc.controls(play.experiment)
    order, features = box.knobs["nvar", "order"], box.knobs["select", "features"]
    assert (type(order), order.value, features.value) == (ipywidgets.Text, "2", "0")
    order.value = "3, 2"
    assert play.model["nvar"].order == (3, 2)
    play.set("nvar", order=(2, 3))
    play.set("select", features="::2")
    assert (order.value, features.value) == ("2, 3", "::2")
    order.value = "two"
    refusal = box.children[box.titles.index("nvar")].children[-1].value
    assert refusal == "Order must be whole numbers with commas between, such as 2, 3."
    assert play.model["nvar"].order == (2, 3)


def network():
    return rc.Input() >> rc.VanillaRNN(5, seed=0) >> rc.Dense()


def test_a_function_of_ones_own_is_offered_by_no_page_and_taken_in_python():
    for name in ("loss", "optimizer"):
        known = knobs_of(BPTTSettings)[name]
        assert OWN not in known.schema()["choices"] and known.check(f"BPTT.{name}", OWN) == OWN
        assert OWN not in stock_widget(known, known.default).options
    own = rc.BPTT(network(), optimizer=optax.sgd(0.1))
    experiment = rc.Experiment(network(), task="sunspots", trainer=own, auto=False)
    assert experiment.document.trainer.knobs["optimizer"] == OWN


def test_the_choice_that_stands_there_is_shown_though_it_is_not_offered():
    experiment = rc.Experiment(network(), task="sunspots", trainer=rc.BPTT(network(), optimizer=optax.sgd(0.1)), auto=False)
    controls = rc.controls(experiment)
    optimizer = controls.knobs["trainer", "optimizer"]
    assert optimizer.value == OWN and optimizer.options == ("adam", OWN)
    optimizer.value = "adam"
    assert experiment.document.trainer.knobs["optimizer"] == "adam"
    experiment.undo()
    assert optimizer.value == OWN
    controls.close()


def test_a_choice_that_python_makes_later_is_shown():
    experiment = rc.Experiment(network(), task="sunspots", trainer=rc.BPTT(network(), optimizer=optax.sgd(0.1)), auto=False)
    experiment.set("trainer", optimizer="adam")
    controls = rc.controls(experiment)
    optimizer = controls.knobs["trainer", "optimizer"]
    assert optimizer.options == ("adam",)
    experiment.undo()
    assert optimizer.value == OWN
    controls.close()

"""The sweep on the page: what it may ask, the words at its fields, what travels, and what a click on a cell sets."""

import csv
from dataclasses import replace

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.short import figure

X = {"knob": "reservoir.spectral_radius", "from": "0.3", "to": "0.9", "count": "3", "log": False}
Y = {"knob": "beta", "from": "1e-6", "to": "1e-2", "count": "2", "log": True}
ASK = {"type": "sweep", "x": X, "y": Y, "seeds": "2", "metric": "nrmse", "executor": ""}


@pytest.fixture
def model():
    """A chain that is drawn by the trainer's seed."""
    return rc.Input() >> rc.Reservoir(20, input_scaling=0.3) >> rc.LinearReadout()


@pytest.fixture
def view(play):
    return play.children[3]


def swept(page, play, view, **changes):
    assert page.say(view, {"id": 1, **ASK, **changes}) == {"id": 1, "ok": True, "result": {}}
    found = play.wait_sweep(60)
    play.wait(60)
    return found


def at_best(found):
    return " and ".join(
        f"{label} {figure(value)}" for label, value in zip(("Spectral radius", "Ridge beta"), found.best.values(), strict=True)
    )


def numbers(trait):
    return np.frombuffer(trait, "<f8")


def test_it_stands_folded_under_the_runs_and_offers_the_live_knobs(play, view):
    assert isinstance(view, rc.SweepView) and view.folded and view.map == view.progress == {}
    form = view.form
    assert form["first"] == ["reservoir.spectral_radius", "beta"] and form["seeds"] == 3 and form["refused"] == ""
    radius, beta = (next(choice for choice in form["choices"] if choice["name"] == name) for name in form["first"])
    assert (radius["label"], radius["owner"], radius["from"], radius["to"], radius["log"]) == ("Spectral radius", "reservoir", 0, 2, False)
    assert (beta["owner"], beta["from"], beta["to"], beta["log"], beta["count"]) == ("", 1e-12, 100, True, 8)
    assert "reservoir.units" not in [choice["name"] for choice in form["choices"]]


def test_a_sweep_travels_with_its_axes_errors_and_words(page, play, view):
    found = swept(page, play, view)
    np.testing.assert_array_equal(found.sweep.knobs["beta"], [1e-6, 1e-2])
    assert found.sweep.seeds == (0, 1)
    np.testing.assert_array_equal(numbers(view.errors), found.sweep.errors.reshape(-1))
    np.testing.assert_array_equal(numbers(view.medians), found.medians.reshape(-1))
    assert [axis["label"] for axis in view.map["axes"]] == ["Spectral radius", "Ridge beta"]
    assert view.map["axes"][0]["words"] == ["0.3", "0.6", "0.9"] and view.map["axes"][1]["words"] == ["1e-6", "0.01"]
    assert (view.map["metric"], view.map["best"], view.map["note"]) == ("NRMSE", found.best_place, "")
    assert view.map["summary"].startswith(
        "Held-out error (NRMSE), the median of 2 seeds, over Spectral radius, 3 values from 0.3 to 0.9 and Ridge beta, 2 values from 1e-6 to "
        "0.01. 6 of 6 settings are known, 0 diverged. Errors from"
    )
    tested = view.map["test"]
    assert tested == f"NRMSE {figure(found.sweep.test_error)}, the median of 2 seeds ({', '.join(map(figure, found.sweep.test_errors))})."
    assert view.map["summary"].endswith(f"; the least at {at_best(found)}. Test error of that setting: {tested}")
    assert view.progress["activity"] == "done" and view.progress["share"] == 1 and view.progress["words"].startswith("12 models in ")


def test_a_cell_sets_the_knobs_as_one_entry_of_the_history(page, play, view):
    found = swept(page, play, view)
    answer = page.say(view, {"id": 2, "type": "take", "number": found.number, "place": 2})
    assert answer == {"id": 2, "ok": True, "result": {"words": "Set Spectral radius to 0.6 and Ridge beta to 1e-6."}}
    assert play.model["reservoir"].spectral_radius == 0.6 and play.experiment.document.trainer.beta == 1e-6
    play.wait(60)
    assert view.map["now"] == {"reservoir.spectral_radius": 0.6, "beta": 1e-6}
    play.set("reservoir", leak_rate=0.9)
    play.wait(60)
    assert view.map["note"] == f"Swept with Leak rate {rc.Reservoir().leak_rate:g}, now 0.9."
    assert play.undo() and play.undo() and not play.undo()


def test_a_knob_that_is_gone_is_left_out_and_said(page, play, view):
    found = swept(page, play, view)
    play.choose(trainer="RLS")
    play.wait(60)
    assert view.map["note"].startswith("The model has changed since") and list(view.map["now"]) == ["reservoir.spectral_radius"]
    answer = page.say(view, {"id": 2, "type": "take", "number": found.number, "place": 0})
    assert answer["result"]["words"] == "Set Spectral radius to 0.3. Ridge beta is not there any more."
    play.experiment.edit([{"op": "remove", "nodes": [play.experiment.document.graph.id_of("reservoir")]}])
    answer = page.say(view, {"id": 3, "type": "take", "number": found.number, "place": 0})
    words = "The model has no Spectral radius and Ridge beta any more, so there is nothing to set. Sweep anew."
    assert answer == {"id": 3, "ok": False, "error": {"text": words}}


def test_bad_messages_are_answered_in_words(page, play, view):
    assert page.say(view, {"id": 1, "type": "jump"})["error"]["text"] == "Unknown message 'jump'. Known: sweep, stop, look, take, csv."
    assert page.say(view, "sweep")["error"]["text"] == "A message must be an object, got str."
    assert page.say(view, {"id": 2, "type": "stop"})["ok"]
    gone = "This map is not there any more: a newer sweep has taken its place."
    assert page.say(view, {"id": 3, "type": "take", "number": 1, "place": 0})["error"]["text"] == gone
    found = swept(page, play, view)
    for place in (-1, 6, "0", None, True):
        answer = page.say(view, {"id": 4, "type": "take", "number": found.number, "place": place})
        assert answer["error"]["text"] == f"The sweep has settings 0 to 5, got {place!r}."
    page.write(view, map={}, medians=b"")
    assert view.map["number"] == found.number


def test_a_failed_sweep_says_why_and_one_knob_is_enough(page, play, view):
    found = swept(page, play, view, y=None, seeds="1", metric="mse")
    assert found.sweep.errors.shape == (3, 1) and view.map["metric"] == "MSE" and len(view.map["axes"]) == 1
    assert view.map["test"] == f"MSE {figure(found.sweep.test_error)}."
    assert view.map["summary"].startswith("Held-out error (MSE), one seed, over Spectral radius, 3 values")

    def fail(predictions, targets):
        raise ValueError("no such number")

    play.sweep({"beta": [1.0]}, metric=fail)
    play.wait_sweep(60)
    play.wait(60)
    assert view.progress["activity"] == "failed" and view.progress["problem"] == "no such number"
    assert view.map["number"] == found.number


def test_the_table_has_a_row_for_each_setting_and_seed(page, play, view):
    found = swept(page, play, view)
    before = len(view.comm.sent)
    page.say(view, {"id": 9, "type": "csv"})
    assert view.comm.sent[before]["content"] == {"id": 9, "ok": True}
    header, rows = view.table()
    rows = list(csv.reader([",".join(map(str, row)) for row in rows]))
    assert header == ["reservoir.spectral_radius", "beta", "seed", "nrmse", "test_nrmse"] and len(rows) == 12
    assert [float(value) for value in rows[3][:4]] == [0.3, 1e-2, 1, found.sweep.errors[0, 1, 1]]
    tested = {place // 2 for place, row in enumerate(rows) if row[4]}
    assert tested == {found.best_place}
    assert [float(row[4]) for row in rows if row[4]] == found.sweep.test_errors.tolist()


def test_where_there_is_no_test_error_the_place_says_why(page, play, view):
    stopped = {"activity": "stopped"}
    found = swept(page, play, view)
    unknown = replace(found.sweep, test_errors=np.full(2, np.nan))
    cases = [
        (replace(found, sweep=unknown, activity="running"), "measured at the end, when all settings are known."),
        (replace(found, sweep=replace(unknown, errors=np.full((3, 2, 2), np.nan)), **stopped), "not measured: the sweep did not end."),
        (replace(found, sweep=replace(unknown, errors=np.full((3, 2, 2), np.inf))), "not measured: no setting is left."),
        (
            replace(found, sweep=replace(unknown, test_errors=np.full(2, np.inf))),
            "NRMSE diverged, the median of 2 seeds (diverged, diverged).",
        ),
    ]
    for sweeping, words in cases:
        play.experiment._sweeper.newest = sweeping
        view._draw()
        assert view.map["test"] == words
    play.experiment._sweeper.newest = cases[0][0]
    view._draw()
    assert view.progress["words"] == "12 models, tests the best setting"


def test_a_view_of_its_own_is_open_and_closes_without_the_others(page, series):
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20) >> rc.LinearReadout(), data=series)
    view, other = rc.SweepView(experiment), rc.SweepView(experiment)
    assert not view.folded and view.experiment is experiment
    view.close()
    experiment.sweep({"beta": [1e-3, 1.0]})
    experiment.wait_sweep(60)
    other._publisher.flush()
    assert view.map == {} and other.map["axes"][0]["words"] == ["0.001", "1"]
    other.close()
    experiment.close()
    with pytest.raises(TypeError, match="SweepView takes an Experiment or a model, got int"):
        rc.SweepView(3)


def test_closing_a_playground_ends_its_sweep(page, series):
    play = rc.Playground(rc.Input() >> rc.Reservoir(20) >> rc.LinearReadout(), data=series)
    play.sweep({"reservoir.leak_rate": np.linspace(0.1, 1, 50)}, seeds=range(2000))
    view = play.children[3]
    play.close()
    assert view.comm is None and not play.experiment.sweeping.under_way

"""What the hand on the page may not change."""

from collections.abc import Callable

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.document.edits import EditError
from rcwidgets.core.document.ops import Add, Choose, Connect, Remove, Rename, Set
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.comparison import specs_by_name
from rcwidgets.live.session.locks import by_hand


def experiment(locked: list[str], hide: list[str] | None = None) -> Experiment:
    """One that trains nothing, so that only the document changes."""
    made = Experiment(auto=False)
    made.lock(locked, hide or [])
    return made


def knob(made: Experiment, owner: str, name: str) -> object:
    """The value of a knob of a node or of the trainer."""
    return specs_by_name(made.document)[owner].knobs[name]


def ids(made: Experiment) -> dict[str, str]:
    """The ids of the nodes by name."""
    return {name: id for id, name in made.document.graph.names.items()}


def refused(made: Experiment, change: Callable[[], object]) -> EditError:
    """The refusal of a change by hand, after which all is as it was; in Python the same change is done."""
    before = made.document.key()
    with by_hand(), pytest.raises(EditError) as caught:
        change()
    assert made.document.key() == before
    change()
    assert made.document.key() != before
    return caught.value


def test_a_locked_knob_is_refused_where_it_stands_and_another_is_free() -> None:
    made = experiment(["reservoir.units"])
    error = refused(made, lambda: made.set("reservoir", units=50))
    assert str(error) == "Units of reservoir is locked in this lesson."
    assert (error.owner, error.knob) == (ids(made)["reservoir"], "units")
    with by_hand():
        made.set("reservoir", spectral_radius=0.5)
    assert knob(made, "reservoir", "spectral_radius") == 0.5


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.set("reservoir", leak_rate=0.5),
        lambda made: made.edit([Rename(ids(made)["reservoir"], "other")]),
        lambda made: made.edit([Remove((ids(made)["reservoir"],))]),
        lambda made: made.edit([Connect(ids(made)["readout"], ids(made)["reservoir"], feedback=True)]),
        lambda made: made.turn({"reservoir.leak_rate": 0.5}),
        lambda made: made.choose(trainer="BPTT"),  # which starts with another model
    ],
)
def test_a_locked_node_keeps_knobs_name_and_wires(change: Callable[[Experiment], object]) -> None:
    made = experiment(["reservoir"])
    assert "locked in this lesson" in str(refused(made, lambda: change(made)))


def test_a_node_with_a_locked_knob_stays() -> None:
    made = experiment(["reservoir.units"])
    error = refused(made, lambda: made.edit([Remove((ids(made)["reservoir"],))]))
    assert str(error) == "reservoir is locked in this lesson."


def test_a_locked_task_keeps_its_kind_its_knobs_and_the_data() -> None:
    made = experiment(["task"])
    assert str(refused(made, lambda: made.set("task", horizon=5))) == "Horizon of the task is locked in this lesson."
    assert str(refused(made, lambda: made.choose(task="sunspots"))) == "The task is locked in this lesson."
    error = refused(made, lambda: made.bring(np.sin(np.arange(500) / 9)))
    assert str(error) == "The data are locked in this lesson." and error.owner == "task"
    with by_hand():
        made.set("trainer", beta=1e-3)


def test_the_border_of_a_locked_split_stays() -> None:
    made = experiment(["task.train"])
    refused(made, lambda: made.move_border(1, 4000))


def test_the_drawing_can_be_locked_while_its_knobs_are_free() -> None:
    made = experiment(["model"])
    error = refused(made, lambda: made.edit([Add("Reservoir")]))
    assert str(error) == "The nodes and wires are locked in this lesson." and error.owner is None
    made = experiment(["model"])
    refused(made, lambda: made.edit([Remove(edges=(made.document.graph.edges[0],))]))
    made = experiment(["model"])
    with by_hand():
        made.set("reservoir", leak_rate=0.5)
    assert knob(made, "reservoir", "leak_rate") == 0.5


def test_undo_and_redo_by_hand_leave_what_is_locked() -> None:
    made = experiment(["reservoir.units"])
    made.set("reservoir", units=50)
    with by_hand(), pytest.raises(EditError, match="Units of reservoir is locked"):
        made.undo()
    assert knob(made, "reservoir", "units") == 50 and made.history == ("Set Units of reservoir", None)
    assert made.undo()
    with by_hand(), pytest.raises(EditError, match="Units of reservoir is locked"):
        made.redo()
    assert made.redo() and knob(made, "reservoir", "units") == 50


def test_what_is_hidden_is_locked_too_but_parts_of_the_page_hold_nothing() -> None:
    made = experiment([], ["reservoir.units", "palette"])
    assert "Units of reservoir" in str(refused(made, lambda: made.set("reservoir", units=50)))
    with by_hand():
        made.edit([Add("Reservoir")])
    assert made.locks.shown == {"locked": [], "hidden": sorted(["palette", f"{ids(made)['reservoir']}.units"])}


def test_a_later_lock_takes_the_place_of_the_one_before() -> None:
    made = experiment(["task"])
    made.lock()
    with by_hand():
        made.set("task", horizon=5)
    assert made.task.horizon == 5


@pytest.mark.parametrize(
    ("locked", "hide", "words"),
    [
        (["resevoir"], [], r"Playground\.locked must name a node, .*input, reservoir, readout, task, trainer, model.*got 'resevoir'"),
        (["reservoir.unit"], [], r"Playground\.locked must name a knob of reservoir, one of units, .*got 'reservoir\.unit'"),
        ([], ["canvas"], r"Playground\.hide must name .*palette, inspector, data, code, loss, runs, sweep.*got 'canvas'"),
        (["palette"], [], r"Playground\.locked must name"),
    ],
)
def test_a_word_that_names_nothing_is_refused(locked: list[str], hide: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Experiment(auto=False).lock(locked, hide)


@pytest.mark.parametrize("given", ["task", [3]])
def test_what_is_no_list_of_names_is_refused(given: object) -> None:
    with pytest.raises(TypeError, match=r"Playground\.locked must be a list of names"):
        Experiment(auto=False).lock(given)  # type: ignore[arg-type]


def test_an_edit_of_the_page_goes_through_the_locks() -> None:
    play = rc.Playground(locked=["trainer.beta"])
    try:
        app = play.children[0]
        sent: list[dict[str, object]] = []
        app.send = lambda content, buffers=None: sent.append(content)
        app._receive(app, {"id": 1, "type": "edit", "edits": [{"op": "set", "owner": "trainer", "knob": "beta", "value": 0.5}]}, [])
        text = "Ridge beta of the trainer is locked in this lesson."
        assert sent == [{"id": 1, "ok": False, "error": {"text": text, "owner": "trainer", "knob": "beta"}}]
        play.set("trainer", beta=0.5)
        assert knob(play.experiment, "trainer", "beta") == 0.5
    finally:
        play.close()


def test_a_set_by_hand_of_a_node_by_its_id_is_bound() -> None:
    made = experiment(["reservoir.leak_rate"])
    refused(made, lambda: made.edit([Set(ids(made)["reservoir"], "leak_rate", 0.5)]))


def test_a_choice_of_a_trainer_is_free_where_it_is_not_locked() -> None:
    made = experiment(["task"])
    with by_hand():
        made.edit([Choose("trainer", "LMS")])
    assert made.document.trainer.kind == "LMS"

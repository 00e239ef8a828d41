"""The session: edits without a trace until they are recorded, data that are brought, keys, and a model that stays the user's own."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import EditError
from rcwidgets.core.document.ops import Choose
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, LorenzTask, own_series
from rcwidgets.live.session.document_file import DocumentFile
from rcwidgets.live.session.first_document import start_document
from rcwidgets.live.session.session import MOST_ENTRIES, Events, History, Session


def session_of(document, own=None, *, users_model=True, file=None):
    return Session(document, own, users_model=users_model, file=file)


def test_edits_give_the_next_document_and_leave_that_of_now(model):
    session = session_of(Document(model))
    beta = {"op": "set", "owner": "trainer", "knob": "beta"}
    document, label = session.edited([{**beta, "value": 0.5}, {**beta, "value": 0.25}])
    assert document.trainer.beta == 0.25 and label == "Set Ridge beta of the trainer" and session.document.trainer.beta != 0.25
    with pytest.raises(EditError):
        session.edited([{**beta, "value": 0.5}, {**beta, "value": -1.0}])
    assert session.edited([]) == (session.document, "")


@pytest.mark.parametrize(
    "edit", [{"op": "choose", "owner": "task", "kind": "sunspots"}, Choose("task", "sunspots")], ids=["data", "record"]
)
@pytest.mark.parametrize("users", [True, False])
def test_a_choice_keeps_the_model_that_was_given(users, edit):
    start = start_document(None, "lorenz", None)
    session = session_of(start, users_model=users)
    chosen, _ = session.edited([edit])
    assert (chosen.graph is start.graph) == users


def test_data_choose_the_task_on_them_and_columns_that_are_gone_are_let_go(series, model):
    session = session_of(Document(model, LorenzTask()))
    assert session.bring(own_series(series)) == "Bring data"
    assert isinstance(session.document.task, DataTask) and session.history.undo_label == "Bring data"
    document, _ = session.edited([{"op": "set", "owner": "task", "knob": "targets", "value": ["channel 2"]}])
    session.history.record(document, "Choose targets")
    first = session.own
    session.bring(own_series(series[:, :1]))
    assert session.document.task.targets is None and session.own is not first


def test_what_was_brought_is_the_change_until_the_next_one(series, model):
    session = session_of(Document(model, DataTask()), own_series(series))
    session.revise("Bring waves")
    assert (session.change, session.revision) == ("Bring waves", 2)
    session.revise()
    assert (session.change, session.revision) == ("Start", 3)


def test_a_key_is_of_document_and_data(series, model):
    document = Document(model, DataTask())
    one, other = (session_of(document, own_series(data)) for data in (series, series + 1))
    assert one.key(document) == session_of(document, own_series(series.copy())).key(document) != other.key(document)
    one.bring(own_series(series + 1))
    assert one.key(document) == other.key(document)


def test_a_graph_is_sized_where_it_can_be(series):
    model = Input() >> Reservoir(5) >> LinearReadout()
    assert session_of(Document(model, DataTask()), own_series(series)).sized(Document(model, DataTask())).by_name()["readout"].features == 2
    assert session_of(Document(model, DataTask())).sized(Document(model, DataTask())) is model
    blown = own_series(np.full((400, 1), 1.0))
    assert session_of(Document(Reservoir(5) >> LinearReadout()), blown).sized(Document(Input() >> Reservoir(5))).by_name()["input"].features


def test_the_document_is_written_to_its_file(tmp_path, model):
    file = DocumentFile(tmp_path / "drawing.json")
    file.read()
    session_of(Document(model), file=file).write()
    assert Document.from_json((tmp_path / "drawing.json").read_text()).key() == Document(model).key()


def test_a_listener_is_told_until_it_leaves_even_while_it_is_told():
    events, heard = Events(), []

    def once(news):
        heard.append(("once", news))
        leave_once()

    leave_once = events.subscribe(once)
    leave = events.subscribe(lambda news: heard.append(("always", news)))
    events.tell("status")
    events.tell("results")
    leave()
    events.tell("runs")
    assert heard == [("once", "status"), ("always", "status"), ("always", "results")] and events.listeners == ()


def test_one_that_fails_is_logged_and_the_others_are_told(caplog):
    events, heard = Events(), []
    events.subscribe(lambda news: {}[news])
    events.subscribe(heard.append)
    events.tell("looks")
    assert heard == ["looks"] and "failed at the news 'looks'" in caplog.text


START = Document(Input(1) >> LinearReadout(1))
NODE = START.graph.id_of("input")


def place(x):
    return replace(START, positions={NODE: (float(x), 0.0)})


def test_there_and_back_again():
    first, second = place(0), place(1)
    history = History(first)
    assert not history.undo() and (history.undo_label, history.before, history.redo_label) == (None, None, None)
    history.record(second, "Move a")
    assert history.document is second and history.before is first and history.undo_label == "Move a"
    assert history.undo() and history.document is first and history.redo_label == "Move a"
    assert history.redo() and history.document is second and not history.redo()


def test_a_gesture_is_one_entry_with_its_newest_label_until_it_is_undone():
    history = History(place(0))
    for x in (1, 2, 3):
        history.record(place(x), f"to {x}", "drag")
    assert history.undo_label == "to 3" and history.undo() and history.document.positions[NODE] == (0.0, 0.0)
    history.redo()
    history.record(place(4), "to 4", "drag")
    assert history.undo() and history.document.positions[NODE] == (3.0, 0.0)


def test_a_change_forgets_what_was_undone_and_the_oldest_entries_go():
    history = History(place(0))
    for x in range(1, MOST_ENTRIES + 3):
        history.record(place(x), f"to {x}")
    history.undo()
    history.record(place(-1), "elsewhere")
    assert not history.redo()
    while history.undo():
        pass
    assert history.document.positions[NODE] == (2.0, 0.0)

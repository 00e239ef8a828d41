"""Undo and redo: one entry a gesture, as many as are kept, and nothing to redo after a new change."""

from dataclasses import replace

from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Input, LinearReadout
from rcwidgets.live.session.history import MOST_ENTRIES, History

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

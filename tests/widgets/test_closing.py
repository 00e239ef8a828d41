"""Closing leaves nothing behind in the registry of ipywidgets; a cell that runs again ends its earlier playground, and others go on."""

import threading
import time

import ipywidgets
import pytest

import rcwidgets as rc
from rcwidgets.live.trainings.online import OnlineTraining
from rcwidgets.widgets import closing
from rcwidgets.widgets.closing import unless_closed
from tests.widgets.test_playground import figures


def test_what_is_closed_leaves_the_registry_of_ipywidgets(alone, page, series):
    before = set(ipywidgets.Widget.get_manager_state()["state"])
    play = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series)
    place = figures(play)[0]
    play.wait(60)
    for name in place.controls()[0]["options"]:
        place.choose("Figure", name)
        play.wait(60)
    handles = [rc.GraphEditor(play.experiment), rc.ClosedLoopView(play.experiment), rc.LossView(play.experiment)]
    assert len(set(ipywidgets.Widget.get_manager_state()["state"]) - before) > 100
    for handle in (*handles, play):
        handle.close()
    assert set(ipywidgets.Widget.get_manager_state()["state"]) == before


@pytest.mark.parametrize("view", [rc.LossView, rc.PredictionView, rc.SpectrumView])
def test_a_figure_whose_parts_are_closed_one_by_one_is_left_without_a_word(page, play, view, caplog):
    figure = view(play.experiment)
    figure.panels[0].x.close()
    play.set("reservoir", spectral_radius=0.7)
    play.wait(60)
    assert not caplog.records


def test_a_place_whose_parts_are_closed_one_by_one_is_left_without_a_word(page, play, caplog):
    place = figures(play)[0]
    place.shown.panels[0].x.close()
    play.set("reservoir", spectral_radius=0.7)
    play.wait(60)
    assert not caplog.records


def test_a_fault_of_a_figure_that_is_there_is_told(page, play):
    with pytest.raises(AttributeError, match="wrong"), unless_closed(figures(play)[0]):
        raise AttributeError("wrong")


class Shell:
    """A shell whose cells run when the test says so."""

    def __init__(self):
        self.parent = {}

    def get_parent(self):
        return self.parent

    def begin(self, cell, run):
        self.parent = {"header": {"msg_id": run}, "metadata": {"cellId": cell}}


@pytest.fixture
def shell(monkeypatch):
    made = Shell()
    monkeypatch.setattr(closing, "get_ipython", lambda: made)
    return made


@pytest.fixture
def playground(page):
    made = []

    def make(**options):
        made.append(rc.Playground(task="sunspots", **options))
        return made[-1]

    yield make
    for play in made:
        play.close()


def gone(experiment):
    end = time.monotonic() + 10
    while experiment._worker._thread is not None and time.monotonic() < end:
        time.sleep(0.01)
    return experiment._worker._thread is None


def test_the_earlier_playground_of_a_cell_is_closed_and_its_results_stay(shell, playground):
    shell.begin("a", "1")
    first, beside = playground(), playground()
    results = first.wait(60)
    shell.begin("b", "2")
    other = playground()
    assert first.comm is not None and beside.comm is not None
    shell.begin("a", "3")
    again = playground()
    assert first.comm is None and beside.comm is None and first.children[0].comm is None
    assert other.comm is not None and again.comm is not None
    assert first.results is results and first.trainer.params
    with pytest.raises(RuntimeError, match="The experiment is closed. Make a new one."):
        first.set("reservoir", leak_rate=0.5)
    again.set("reservoir", leak_rate=0.5)
    assert again.wait(60).model["reservoir"].leak_rate == 0.5


def test_a_training_ends_with_the_playground_that_was_replaced(shell, playground, monkeypatch):
    begun, go = threading.Event(), threading.Event()

    def slowly(self):
        begun.set()
        assert go.wait(60)

    monkeypatch.setattr(OnlineTraining, "advance", slowly)
    monkeypatch.setattr("rcwidgets.widgets.playground.CLOSING", 0.01)
    shell.begin("a", "1")
    first = playground(trainer=rc.RLS)
    first.run()
    assert begun.wait(60)
    shell.begin("a", "2")
    playground()
    go.set()
    assert gone(first.experiment)


def test_a_cell_with_a_file_takes_it_up_again_and_goes_on_writing(shell, playground, tmp_path):
    file = tmp_path / "lesson.json"
    for number, radius in enumerate((0.5, 0.6)):
        shell.begin("a", str(number))
        play = playground(file=file)
        assert number == 0 or play.model["reservoir"].spectral_radius == 0.5
        play.set("reservoir", spectral_radius=radius)


def test_a_second_playground_on_a_file_is_refused_in_words_on_the_page(page, playground, tmp_path):
    file = tmp_path / "lesson.json"
    first, second = playground(file=file), playground(file=file)
    first.set("reservoir", spectral_radius=0.5)
    kept, owner = file.read_text(), second.experiment.document.graph.id_of("reservoir")
    message = {"id": 1, "type": "set", "owner": owner, "knob": "spectral_radius", "value": 0.6, "gesture": "drag"}
    answer = page.say(second.children[0].transport_model, message)
    assert not answer["ok"] and "lesson.json was changed by something else, maybe by a second playground" in answer["error"]["text"]
    assert file.read_text() == kept


def test_outside_of_notebooks_nothing_is_closed(shell, playground):
    first = playground()
    second = playground()
    assert first.comm is not None and second.comm is not None
    shell.parent = None
    assert closing.current_run() is None


@pytest.mark.parametrize(
    ("parent", "alone"),
    [
        ({"header": {"msg_id": "3c0c1e56-5b1f7a6a1d0a4ef0a2b1d1b1_4711_7"}}, True),  # jupyter_client's, as of nbclient
        ({"header": {"msg_id": "0c7f4c1e5d0b4a6f9a3e2b1c0d9e8f7a"}}, False),  # nbclassic's, which names no cells
        ({"header": {"msg_id": "6f1c7f3e-8a53-4ac1-9d0d-6f3b6f2d4c11"}, "metadata": {"cellId": "a"}}, False),
        (None, True),
    ],
)
def test_who_runs_a_cell_is_told_by_the_ids_of_messages(shell, parent, alone):
    shell.parent = parent
    assert closing.without_a_page() is alone

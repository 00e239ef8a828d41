"""A cell that runs again: its earlier playground ends, others go on."""

import threading
import time

import pytest

import rcwidgets as rc
from rcwidgets.live.trainings.online import OnlineTraining
from rcwidgets.widgets import cell as cells


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
    monkeypatch.setattr(cells, "get_ipython", lambda: made)
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
    assert cells.current_run() is None

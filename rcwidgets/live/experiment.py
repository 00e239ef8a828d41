"""The experiment that a person plays with: a document that changes, and results that follow. No Jupyter."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from rcwidgets.core.compile_cache import keep_compiled
from rcwidgets.core.document.document import Document
from rcwidgets.core.document.ops import Op
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.spec.knobs import Setting
from rcwidgets.core.tasks import AbstractTask, kind_for, mends, own_series
from rcwidgets.core.tasks.own_series import OwnData
from rcwidgets.live.engine.closed_form import ClosedForm
from rcwidgets.live.engine.display import Display
from rcwidgets.live.engine.iterative import Iterative
from rcwidgets.live.engine.jobs import Jobs
from rcwidgets.live.on_demand.watching import Looks
from rcwidgets.live.results.results import Results
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.comparison import set_edits
from rcwidgets.live.session.document_file import DocumentFile
from rcwidgets.live.session.first_document import GivenTrainer, functions_of, start_document
from rcwidgets.live.session.locks import locks_of
from rcwidgets.live.session.session import Session
from rcwidgets.live.stages.ridge import Stages
from rcwidgets.live.sweep.sweeper import Sweeper
from rcwidgets.live.sweepable import SweepableExperiment


class Experiment(SweepableExperiment):
    """A model, a task and a trainer that stay trained while they are changed.

    `model` is a graph (or None for what the task starts with under the trainer), `task` a task or its kind ("lorenz", "sunspots"),
    `trainer` a class such as RidgeTrainer or FORCELearning, a trainer with settings of its own, or None for the task's own. Ridge
    regression trains by itself after each change; a trainer that learns step by step trains when it is told to `run`, can be held, and
    takes up live knobs that move meanwhile. `data` is the user's own: an array (time, channels), a data frame or the path of a CSV file; or
    several series: a list of such arrays, an array (series, time, channels), a folder of files, or what `from_csv` gives by `id`; see
    also `bring`. What becomes of gaps in an array, NaN or masked, the task says: `task=rc.DataTask(gaps="drop")`. Several series are
    split by series, and with a label each they are told apart. With `file` the document is read from
    disk where the file exists, and written at each change; a file that something
    else has changed meanwhile is left alone, and the change is an OSError in words.

    Compiled programs are kept on disk for the next kernel, see the module `compile_cache`.

    Every change is checked at once, in the calling thread; training runs in a worker thread of its own. Results that come to rest are
    kept as `runs`, with the time of day that `now` gives. Listeners get "document", "status", "results", "runs", "looks" or "sweep" from
    whichever thread made the news, and must return at once.

    >>> experiment = Experiment(task="sunspots")
    >>> experiment.set("reservoir", spectral_radius=0.8)
    >>> experiment.wait().channels
    ('sunspot number',)
    """

    def __init__(
        self,
        model: Graph | None = None,
        task: "str | AbstractTask | None" = None,
        trainer: GivenTrainer = None,
        *,
        data: OwnData | None = None,
        file: "str | os.PathLike[str] | None" = None,
        auto: bool = True,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        keep_compiled()
        own = None if data is None else own_series(data, gaps=mends(task))
        storage = None if file is None else DocumentFile(file)
        read = None if storage is None else storage.read()
        document = read or start_document(model, task or ("lorenz" if own is None else kind_for(own)), trainer)
        session = Session(document, own, users_model=model is not None and read is None, file=storage)
        if own is not None and model is None and read is None:  # settings that are given as such stay as they are
            given = trainer is not None and not isinstance(trainer, type)
            document = session.history.document = session.choosing.chosen_by(document, own, keeps_beta=given)
        runs = Runs(now, lambda: session.events.tell("runs"))
        display = Display(session, runs, auto=auto)
        looks = Looks(lambda: display.results, lambda: session.events.tell("looks"), display.look_failed)
        stages = Stages(own, functions_of(trainer))
        jobs = Jobs(session, display, looks, stages, lambda job: self._strategy_of(job.document).work(job), clock)
        super().__init__(session, display, jobs, runs, looks, Sweeper(jobs.worker.wait, lambda: session.events.tell("sweep"), clock))
        self._worker = jobs.worker
        self._closed_form, self._iterative = ClosedForm(session, display, jobs), Iterative(session, display, jobs)
        self._strategy = self._strategy_of(document)
        self._strategy.start()

    def page_draws(self, draws: bool) -> None:
        """A page begins to draw the newest results, or has done so: until then it has the cores."""
        if self._closed_form.page_draws != draws:
            self._closed_form.page_draws = draws
            self._worker.rouse()

    # training

    def run(self) -> None:
        """Trains once, also while paused; a training that is held goes on, and one that has ended starts anew."""
        with self._session.lock:
            self._strategy.run()

    def pause(self) -> None:
        """Holds a training that learns step by step. Of the others: changes train no more until `resume`; `run` trains once."""
        with self._session.lock:
            self._strategy.pause()

    def resume(self) -> None:
        """Goes on with a training that is held. Of the others: changes train again by themselves."""
        with self._session.lock:
            self._strategy.resume()

    def step(self) -> None:
        """Makes one stretch of a training that learns step by step, and holds it."""
        with self._session.lock:
            self._strategy.step()

    def reset(self) -> None:
        """Forgets a training that learns step by step: the next `run` starts anew."""
        with self._session.lock:
            self._strategy.reset()

    def stop(self) -> None:
        """Gives up the run; the last good results stay. A compile goes on to its end, since nothing can break it; its result is dropped."""
        with self._session.lock:
            self._strategy.stop()

    def wait(self, timeout: float | None = None) -> Results | None:
        """Waits until nothing runs and returns the results; a TimeoutError after `timeout` seconds.

        Where there are none since the task cannot be made, as of data with gaps, that is a ValueError with the words of the status. A model
        that is not whole yet, and a training that waits for `run`, have none: None.

        An interrupt of the kernel ends the waiting, not the training: that goes on until `stop`.
        """
        if not (self._worker.wait(timeout) and self.looks.worker.wait(timeout)):
            raise TimeoutError(f"The run took longer than {timeout} seconds. It goes on.")
        results = self.results
        refused = next((one.text for one in self.status.problems if one.owner == "task" and not one.unfinished), None)
        if results is None and refused is not None:
            raise ValueError(refused)
        return results

    def close(self, timeout: float = 10.0) -> None:
        """Ends the threads, and waits for each `timeout` seconds at most: it ends after its stretch, or its compile."""
        self._closed_form.next_positions.close()
        self._worker.close(timeout)
        self._sweeper.close(timeout)
        self.looks.worker.close(timeout)

    # changes

    def lock(self, locked: Iterable[str] = (), hide: Iterable[str] = ()) -> None:
        """Binds the page, and not Python, until the next call; the module `locks` has the words of both."""
        with self._session.lock:
            self._session.locks = locks_of(self.document, locked, hide)
        self._session.events.tell("document")

    def bring(self, data: OwnData) -> int:
        """Takes data of the user's own in the place of those before, chooses the task on them, and returns the revision; it trains anew.

        `data` is an array (time, channels), a data frame or the path of a CSV file. Columns that were chosen as inputs or targets stay
        chosen where the new data have them all. One undo takes back the choice of the task and of the columns, but not the data.

        >>> import numpy as np
        >>> experiment = Experiment(task="sunspots")
        >>> _ = experiment.bring(np.sin(np.arange(300) / 5))
        >>> experiment.wait().channels
        ('channel 1',)
        """
        series = own_series(data, gaps=mends(self.task))
        with self._session.lock:
            self._worker.check_open()
            label = self._session.bring(series)
            self._jobs.begin_anew()
            self._strategy.leave()
            self._changed(label, brought=label)
            return self.revision

    def edit(self, edits: Iterable[Op | Mapping[str, object]], gesture: str | None = None) -> int:
        """Applies edits as one entry of the history and returns the new revision; an impossible one is an EditError, and nothing changes.

        Edits with one `gesture` merge into one entry: a whole drag of a slider is one undo.
        """
        with self._session.lock:
            self._worker.check_open()
            return self._go_to(*self._session.edited(edits), gesture)

    def move_border(self, border: int, row: int, gesture: str | None = None) -> int:
        """Moves the end of the warm-up (0) or of the training part (1) to a row, as one entry of the history; returns the revision.

        The end of the warm-up takes its rows from the training part, so that the test part stays where it is. A split that the task
        cannot be run with is a ValueError, and nothing changes.
        """
        with self._session.lock:
            return self.edit(self.split.edits(border, row, self.data), gesture)

    def set(self, name: str, **knobs: Setting) -> None:
        """Turns knobs of a node (by its name), of the "trainer" or of the "task".

        >>> Experiment(auto=False).set("trainer", beta=1e-4)
        """
        self.edit(set_edits(self.document, name, knobs))

    def turn(self, setting: Mapping[str, float]) -> None:
        """Turns live knobs by the names that a sweep gives them, as one entry of the history.

        >>> Experiment(auto=False).turn({"reservoir.leak_rate": 0.5, "beta": 1e-4})
        """
        owned = ((name.rpartition("."), value) for name, value in setting.items())
        self.edit([edit for (node, _, knob), value in owned for edit in set_edits(self.document, node or "trainer", {knob: value})])

    def choose(self, *, task: str | None = None, trainer: str | None = None) -> None:
        """Chooses the task or the trainer by its kind."""
        chosen = {"task": task, "trainer": trainer}
        self.edit([{"op": "choose", "owner": owner, "kind": kind} for owner, kind in chosen.items() if kind is not None])

    def take_offer(self) -> None:
        """Takes the offer: one entry of the history, that one undo takes back; without an offer it is a ValueError."""
        offered = self.offer
        if offered is None:
            raise ValueError("There is no offer: the model suits the task and the trainer.")
        self.edit([offered.edit])

    def restore(self, number: int) -> int:
        """Brings the document of a kept run back, as one entry of the history, and returns the revision; it trains as after any change."""
        run = self.runs.numbered(number)
        with self._session.lock:
            self._worker.check_open()
            return self._go_to(run.document, f"Restore {run.name}")

    def undo(self) -> bool:
        """Takes the last gesture back; False where there is none."""
        return self._travel(self._session.undo, "Undo")

    def redo(self) -> bool:
        """Does the last undone gesture again; False where there is none."""
        return self._travel(self._session.redo, "Redo")

    def _travel(self, go: Callable[[], bool], label: str) -> bool:
        with self._session.lock:
            self._worker.check_open()
            moved = go()
            if moved:
                self._changed(label)
            return moved

    def _go_to(self, document: Document, label: str, gesture: str | None = None) -> int:
        """Goes on to a document, where it is another one, as an entry of the history; returns the revision."""
        if document.key() != self.document.key():
            self._session.record(document, label, gesture)
            self._changed(label, gesture)
        return self.revision

    def _changed(self, label: str, gesture: str | None = None, *, brought: str = "") -> None:
        self._session.revise(brought)
        self._session.events.tell("document")
        strategy = self._strategy_of(self.document)
        if strategy is not self._strategy:
            self._strategy.leave()
            self._strategy = strategy
        strategy.changed(label, gesture)
        self._display.look_again()
        self._session.write()

    def _strategy_of(self, document: Document) -> ClosedForm | Iterative:
        return self._iterative if document.trainer.iterative else self._closed_form

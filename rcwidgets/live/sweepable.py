"""An experiment that can be swept: its document with many settings of live knobs, here or by an executor."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from rcwidgets.live.readable import ReadableExperiment
from rcwidgets.live.sweep.plan import Place, SweepMetric, plan_of
from rcwidgets.live.sweep.sweeping import Sweeping

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from distributed import Client


class SweepableExperiment(ReadableExperiment):
    """What can be read of an experiment, and its sweeps."""

    def sweep(
        self,
        knobs: Mapping[str, ArrayLike],
        *,
        seeds: Sequence[int] | None = None,
        metric: SweepMetric = "nrmse",
        executor: "Executor | Client | None" = None,
        store: "str | os.PathLike[str] | None" = None,
    ) -> None:
        """Begins to train the document with all combinations of values of one or two live knobs, for each seed; see `sweeping`.

        `knobs` are values by name: {"reservoir.spectral_radius": values, "beta": values}. Each model is trained on the first four fifths
        of the task's training part, normalised as the task says, and measured on the last fifth: see `rc.sweep`. The best one is then
        trained on all of it, and its test error is that which the experiment has with its knobs. `metric` is nrmse, nmse, rmse or mse
        (these two in the data's own units), or a function (predictions, targets) -> number of normalised rows. Where the model feeds back
        or learns online, in float32, errors of some 1e-6 and less differ from those of the experiment, which reads its forecast in
        float64. A sweep lets the experiment's own runs go first, and takes the place of one that runs. What cannot be swept is a ValueError
        in words.

        `executor` and `store` are those of `rc.sweep`: who does the work, and the file that keeps its results. With an executor it waits
        for no run. Where nobody is left to work, or the disk is full, what is known stays, and `Sweeping.problem` says how to go on.

        >>> from rcwidgets.live.experiment import Experiment
        >>> experiment = Experiment(task="sunspots")
        >>> experiment.sweep({"beta": [1e-3, 1e-1]}, seeds=(0, 1, 2))
        >>> experiment.wait_sweep().sweep.errors.shape
        (2, 3)
        """
        self._jobs.worker.check_open()
        self._sweeper.start(plan_of(self.document, self.data, knobs, seeds, metric, self._jobs.stages.functions, Place(executor, store)))

    def stop_sweep(self) -> None:
        """Gives the sweep up; what it knows stays."""
        self._sweeper.stop()

    def wait_sweep(self, timeout: float | None = None) -> Sweeping | None:
        """Waits until no sweep runs and returns the last one; a TimeoutError after `timeout` seconds."""
        if not self._sweeper.worker.wait(timeout):
            raise TimeoutError(f"The sweep took longer than {timeout} seconds. It goes on.")
        return self.sweeping

"""The experiment under a hand: a knob that is dragged steadily, a move of beta, Stop, and BPTT with and without its figures.

Run `python -m benchmarks.live`. The drag and the move are compared with hand-written JAX that computes one position after the other,
with BLAS capped to one thread on both sides. The figures are drawn in the kernel; no page is there to show them.
"""

import sys
import threading
import time
from itertools import count
from statistics import median

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import hand
from benchmarks.compare import Bar, report, times
from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.online.recursive import FORCELearning
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.trainings.gradient import GradientTraining
from rcwidgets.widgets.playground import Playground

ROUNDS = 4
POSITIONS = 100  # of a drag: from 0.4 to 1.4
COLD = 8  # positions of the hand-written program in a round
PAUSE = 0.005  # seconds between an answer and the hand's next position
EPOCHS = 200  # of a training that is watched
# without a look at held-out rows, of which a training of a given length has none
PLAIN = {"window": 100, "washout": 0, "num_batch": 16, "learning_rate": 1e-3, "patience": None}
SOON = 0.3  # seconds in which Stop must be heard


class Hand:
    """Turns one knob of an experiment and waits for the answer to each position."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment, self.news, self.gestures = experiment, threading.Condition(), count()
        experiment.subscribe(self.hear)

    def hear(self, news: str) -> None:
        """Wakes the hand."""
        if news == "results":
            with self.news:
                self.news.notify_all()

    def move(self, owner: str, knob: str, value: float, gesture: str) -> float:
        """Seconds from the change to its forecast."""
        start = time.perf_counter()
        revision = self.experiment.edit([{"op": "set", "owner": owner, "knob": knob, "value": value}], gesture)
        with self.news:
            if not self.news.wait_for(lambda: self.experiment.results.revision >= revision, 60):  # type: ignore[union-attr]
                raise TimeoutError(f"No answer to {knob} = {value}: {self.experiment.status.message}")
        return time.perf_counter() - start

    def drag(self, owner: str, knob: str, values: np.ndarray) -> float:
        """Seconds of a whole drag, the hand's own pauses left out."""
        gesture = f"drag {next(self.gestures)}"
        taken = []
        for value in values:
            time.sleep(PAUSE)
            taken.append(self.move(owner, knob, float(value), gesture))
        return sum(taken) + PAUSE * len(taken)


def dragged() -> bool:
    """A steady drag of the spectral radius, and a move of beta, beside a cold jump in hand-written JAX."""
    experiment = Experiment(task="lorenz")
    experiment.wait()
    mine, node = Hand(experiment), experiment.document.graph.id_of("reservoir")
    data = LorenzTask().prepare()
    u = jnp.asarray(data.inputs, jnp.float32)
    with jax.enable_x64(True):
        y = jnp.asarray(data.inputs)
    drawn = drawing.draw(programs.compile_graph(experiment.model), 0, np.float32)
    own = {key: jnp.asarray(value) for key, value in drawn["reservoir"].items()}

    def ours(k: int) -> None:
        places = np.round(0.4 + 0.01 * np.arange(POSITIONS), 2)
        mine.drag(node, "spectral_radius", places[:: 1 if k % 2 else -1])

    def rested(k: int) -> None:
        """The next drag begins with another leak rate, so that none of its positions is known."""
        experiment.set("reservoir", leak_rate=round(0.3 + 0.01 * k, 2))
        experiment.wait()

    def cold(k: int) -> None:
        for place in range(COLD):
            hand.run(own, u, y, 0.4 + 0.01 * place + 1e-4 * k)

    def beta(k: int) -> None:
        mine.move("trainer", "beta", float(f"{1e-6 * 1.1 ** (k + 1):.3g}"), "beta")

    print(f"A drag of the spectral radius through {POSITIONS} positions, one step of the slider apart, each answered before the next")
    seconds: dict[str, list[float]] = {"a position, ours": [], "a position, hand-written JAX": [], "beta, ours": []}
    with one_thread():
        for k in range(-2, ROUNDS):
            rested(k + 2)
            start = time.perf_counter()
            ours(k)
            drag = (time.perf_counter() - start) / POSITIONS
            experiment.wait()
            start = time.perf_counter()
            cold(k)
            jump = (time.perf_counter() - start) / COLD
            time.sleep(0.12)
            start = time.perf_counter()
            beta(k + 2)
            tick = time.perf_counter() - start
            experiment.wait()
            if k >= 0:
                for name, value in zip(seconds, (drag, jump, tick), strict=True):
                    seconds[name].append(value)
    met = report(
        seconds,
        [
            Bar("a dragged position / hand-written", "a position, ours", "a position, hand-written JAX", 0.5),
        ],
    )
    experiment.close()
    return met


def watched() -> bool:
    """BPTT on Lorenz with a playground that draws it live, against the same updates without anything to look at."""
    play = Playground(Input() >> VanillaRNN(100) >> Dense(), trainer=BPTT)
    play.set("trainer", **PLAIN, num_train=EPOCHS)
    play.wait()

    def headless(_: int) -> None:
        training = GradientTraining(Prepared(StageCache(), play.experiment.document))
        while not training.finished:
            training.advance()
        training.results(0)

    def live(_: int) -> None:
        play.reset()
        play.run()
        play.wait()

    training = GradientTraining(Prepared(StageCache(), play.experiment.document))
    print(f"BPTT, {training.total} updates of an RNN of 100 units on Lorenz, with and without the figures of a playground")
    met = report(times({"live": live, "headless": headless}, 5), [Bar("live / headless", "live", "headless", 1.10)])
    play.close()
    return met


def stopped() -> bool:
    """How soon nothing runs any more after Stop."""
    met = True
    for trainer, units in ((BPTT, 100), (FORCELearning, 1000), (RidgeTrainer, 400)):
        graph = Input() >> VanillaRNN(units) >> Dense() if trainer is BPTT else Input() >> Reservoir(units) >> LinearReadout()
        experiment = Experiment(graph, "lorenz", trainer)
        if trainer is BPTT:
            experiment.set("trainer", **PLAIN, num_train=10_000)
        experiment.wait()
        sweeps, taken = trainer is RidgeTrainer, []
        for _ in range(7):
            if sweeps:
                experiment.sweep({"reservoir.spectral_radius": np.linspace(0.2, 1.4, 40), "reservoir.leak_rate": np.linspace(0.2, 0.9, 20)})
            else:
                experiment.run()
            time.sleep(1.5)
            start = time.perf_counter()
            if sweeps:
                experiment.stop_sweep()
                experiment.wait_sweep()
            else:
                experiment.stop()
                experiment.wait()
            taken.append(time.perf_counter() - start)
        experiment.close()
        fine = max(taken) <= SOON
        met &= fine
        what = "a sweep" if sweeps else trainer.__name__
        words = f"median {median(taken) * 1000:.0f} ms, longest {max(taken) * 1000:.0f} ms, bar {SOON * 1000:.0f} ms"
        print(f"  Stop during {what}: {words} {'met' if fine else 'MISSED'}")
    return met


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    met = [dragged(), watched()]
    print("From Stop to rest")
    return all([*met, stopped()])


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

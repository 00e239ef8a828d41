"""What the defaults of the page are worth: each task with each trainer, beside the best of 30 random settings of that trainer.

`python -m benchmarks.table` makes the whole table anew, which takes an hour or two; words take parts of it: trainers and tasks, and
`quick` for the defaults alone, held against the best settings that are known: `python -m benchmarks.table quick lms narma`. The figures
are kept in docs/defaults.json, from which docs/defaults.md is written. The exit status is 1 where a cell missed its bar.

The default is what `rc.Experiment(task=..., trainer=...)` starts with, run once: the NRMSE of the test part, median of 5 seeds. The random
settings are drawn from `RANGES`; each trains on the first four fifths of the training part and is judged on the last fifth, never on the
test part. The best of them then trains on all of the training part, for the same 5 seeds. Budgets are counted in passes and updates, so
that the table is the same on each machine.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.ranges import RANGES, Setting, drawn
from rcwidgets.core import metrics
from rcwidgets.core.spec.registry import TASKS, TRAINERS
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.live.experiment import Experiment

COLUMNS = ("RidgeTrainer", "RLS", "FORCELearning", "LMS", "BPTT")
ROWS = ("lorenz", "sunspots", "mackey_glass", "rossler", "sines", "narma", "integration")
SEEDS, SETTINGS = 5, 30
FOLDER = Path(__file__).parents[1] / "docs"


class Cell(NamedTuple):
    """The median NRMSE of the default and of the best random setting, and the words for that one."""

    default: float
    best: float
    setting: str

    @property
    def bar(self) -> float:
        """What the default may have at most: 1.5 times the best and 0.02, and less than 0.5 where the best is below 0.4."""
        bar = 1.5 * self.best + 0.02
        return min(bar, 0.5) if self.best < 0.4 else bar

    @property
    def met(self) -> bool:
        """Whether the default is within its bar."""
        return self.default <= self.bar


def settled(experiment: Experiment, rows: int | None = None) -> float:
    """The NRMSE of an experiment that is run to its end, of the first `rows` of its test part or of all; infinite where it fails."""
    experiment.run()
    results = experiment.wait()
    experiment.close()
    if results is None or results.part != "test":
        return float("inf")
    return metrics.nrmse(results.forecast[:rows], results.truth[:rows])


def of_default(task: str, trainer: str, seed: int) -> float:
    """The test error of what the page starts with."""
    experiment = Experiment(task=task, trainer=RUNNERS[trainer].trainer, auto=False)
    experiment.set("trainer", seed=seed)
    return settled(experiment)


def of_setting(setting: Setting, rows: int | None = None) -> float:
    """The test error of a setting on its task."""
    return settled(Experiment(setting.model, setting.task, setting.settings, auto=False), rows)


def judged(setting: Setting) -> float:
    """The error on the last fifth of the training part, of a setting that was trained on the rows before it."""
    train = setting.task.prepare().train
    return of_setting(setting._replace(task=replace(setting.task, train=train - train // 5)), train // 5)


def best_of(task: str, trainer: str) -> tuple[float, str]:
    """The median test error of the setting that does best on held-out rows, and its words."""
    asked: AbstractTask = TASKS[task]()
    settings = list(drawn(asked, trainer, SETTINGS))
    errors = [judged(setting) for setting in settings]
    best = settings[int(np.argmin(errors))]
    print(f"    held-out rows: {min(errors):.3g} to {np.median(errors):.3g} (median) of {SETTINGS} settings; best {best.words}", flush=True)
    seeded = [best._replace(settings=replace(best.settings, seed=seed)) for seed in range(SEEDS)]  # type: ignore[call-arg]
    found = [of_setting(one) for one in seeded]
    return float(np.median(found)), best.words


def cells(words: Sequence[str], known: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, Cell]]:
    """The cells that are asked for, one after another."""
    asked = {word for word in words if word != "quick"}
    trainers = [kind for kind in COLUMNS if not asked & _words(TRAINERS) or asked & {kind.lower(), TRAINERS[kind].label.lower()}]
    tasks = [kind for kind in ROWS if not asked & set(ROWS) or kind in asked]
    for trainer in trainers:
        for task in tasks:
            default = float(np.median([of_default(task, trainer, seed) for seed in range(SEEDS)]))
            before = known.get(task, {}).get(trainer)
            best = (before["best"], before["setting"]) if before and "quick" in words else best_of(task, trainer)
            yield task, trainer, Cell(default, *best)


def _words(kinds: dict[str, type[AbstractTrainerSettings]]) -> set[str]:
    return {word.lower() for kind in COLUMNS for word in (kind, kinds[kind].label)}


def page(known: dict[str, dict[str, Any]]) -> str:
    """docs/defaults.md."""
    heads = [TRAINERS[kind].label for kind in COLUMNS]
    lines = [
        "# What the defaults are worth",
        "",
        "Test NRMSE (1 is as good as always saying the mean) of what `rc.Experiment(task=..., trainer=...)` and the page start with, and",
        f"after the stroke that of the best of {SETTINGS} random settings of that trainer and its network, chosen on held-out rows of the",
        f"training part. Medians of {SEEDS} seeds. The horizon in brackets is the task's own. Written by `python -m benchmarks.table`.",
        "",
        f"| task (horizon) | {' | '.join(heads)} |",
        "|---|" + "---|" * len(heads),
    ]
    for task in ROWS:
        own = [known.get(task, {}).get(kind) for kind in COLUMNS]
        words = ["" if cell is None else _shown(Cell(**cell)) for cell in own]
        lines.append(f"| {TASKS[task].label} ({TASKS[task]().horizon}) | {' | '.join(words)} |")
    lines += ["", "The bar: at most 1.5 times the best and 0.02, and below 0.5 wherever the best is below 0.4. **Bold** is above it.", ""]
    lines += ["## The best settings", "", "| task | trainer | setting |", "|---|---|---|"]
    for task in ROWS:
        for kind in COLUMNS:
            if kind in known.get(task, {}):
                lines.append(f"| {TASKS[task].label} | {TRAINERS[kind].label} | {known[task][kind]['setting']} |")
    lines += ["", "They are drawn from these ranges; scalings are per standard deviation of the data.", ""]
    lines += ["| trainer | drawn from |", "|---|---|"]
    lines += [f"| {TRAINERS[kind].label} | {'; '.join(f'{name} {one}' for name, one in RANGES[kind].items())} |" for kind in COLUMNS]
    return "\n".join([*lines, ""])


def _shown(cell: Cell) -> str:
    default, best = (f"{value:.2g}".replace("e-0", "e-") for value in (cell.default, cell.best))
    return f"{default} / {best}" if cell.met else f"**{default}** / {best}"


def main(words: Sequence[str] = ()) -> bool:
    """Measures the cells that the words ask for, writes them down, and prints the table; True where all of these are within their bars."""
    store, met = FOLDER / "defaults.json", True
    known = json.loads(store.read_text()) if store.exists() else {}
    for task, trainer, cell in cells(words, known):
        met &= cell.met
        words_for = f"{TASKS[task].label} ({TASKS[task]().horizon}), {TRAINERS[trainer].label}"
        print(f"  {words_for}: {cell.default:.3g}, best {cell.best:.3g}, bar {cell.bar:.3g} {'met' if cell.met else 'MISSED'}", flush=True)
        known = json.loads(store.read_text()) if store.exists() else {}  # another run may have written another column
        known.setdefault(task, {})[trainer] = {"default": cell.default, "best": cell.best, "setting": cell.setting}
        store.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
        (FOLDER / "defaults.md").write_text(page(known), encoding="utf-8")
    return met


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)

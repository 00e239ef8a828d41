"""What a search found: the best setting, its error, and all trials."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rcwidgets.core.search.bench import Bench
from rcwidgets.core.search.library import optuna_there
from rcwidgets.core.short import LONGEST, figure, short
from rcwidgets.core.trainers.base import AbstractTrainer

if TYPE_CHECKING:
    import pandas
    from optuna import Study
    from optuna.trial import FrozenTrial

REASON = "reason"  # under which a trial tells why it has no error


@dataclass(frozen=True, eq=False, repr=False)
class Search:
    """A study of Optuna over the settings of a trainer, by the error on rows of the training part that are not fitted.

    The error of a trial is the median over `seeds` of the mean over the folds of the validation; inf where a run diverged, and the trial's
    user attribute "reason" then says why. `asked` is how many trials were asked for, and `notes` are sentences on how the study came to be,
    such as that it went on from earlier trials.
    """

    drawn: ClassVar["Callable[[Search], dict[str, object]] | None"] = None  # how a notebook shows it

    study: "Study"
    bench: Bench
    metric: str
    asked: int
    notes: tuple[str, ...] = ()
    beside: "Callable[[], Search] | None" = None

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that each trial is measured with."""
        return self.bench.seeds

    @property
    def trials(self) -> "Sequence[FrozenTrial]":
        """The trials that came to an end, pruned ones too, in order of their numbers."""
        states = optuna_there().trial.TrialState
        found: Sequence[FrozenTrial] = self.study.get_trials(deepcopy=False, states=(states.COMPLETE, states.PRUNED))
        return found

    @property
    def errors(self) -> np.ndarray:
        """The error (trials,) of each of `trials`: inf where it diverged, NaN where it was pruned."""
        return np.array([np.nan if one.state.name == "PRUNED" or one.value is None else one.value for one in self.trials], np.float64)

    @cached_property
    def baseline(self) -> "Search | None":
        """A random search with the same budget over the same space, run in lanes when it is first asked for; None where none was wanted."""
        return None if self.beside is None else self.beside()

    @property
    def compared(self) -> bool:
        """Whether the baseline is known already."""
        return vars(self).get("baseline") is not None

    @property
    def best_trial(self) -> "FrozenTrial":
        """The trial of the least error; a ValueError in words where none has a finite one."""
        errors = self.errors
        if not np.isfinite(errors).any():
            reasons = list(dict.fromkeys(one.user_attrs[REASON] for one in self.trials if REASON in one.user_attrs))
            told = f" {' '.join(reasons[:3])}" if reasons else ""
            raise ValueError(f"rc.search found no setting with an error among {len(errors)} trials.{told} Search another space.")
        return self.trials[int(np.nanargmin(errors))]

    @property
    def best(self) -> dict[str, float | int | bool | str]:
        """The setting of the least error, by knob, and the name of its model where models are searched."""
        return self.setting(self.best_trial)

    @property
    def value(self) -> float:
        """The error of the best setting."""
        return float(self.best_trial.value or 0.0)

    @property
    def trainer(self) -> AbstractTrainer:
        """The trainer with the best setting and the first seed; it has learned nothing yet: fit it to the whole training part."""
        return self.bench.made(self.best).anew(self.seeds[0])

    def setting(self, trial: "FrozenTrial") -> dict[str, float | int | bool | str]:
        """The knobs of a trial, by name."""
        axes = self.bench.space.axes
        return {name: axes[name].value(kept) for name, kept in trial.params.items() if name in axes}

    def to_frame(self) -> "pandas.DataFrame":
        """A pandas data frame with a row for each trial: its number, how it ended, its error, its knobs, and why it has no error."""
        import pandas as pd

        names, rows = self.table()
        return pd.DataFrame(rows, columns=names)

    def table(self) -> tuple[list[str], list[list[float | int | bool | str | None]]]:
        """Header and rows of `to_frame`; a knob that the trial's model does not have is None."""
        knobs = list(self.bench.space.axes)
        rows: list[list[float | int | bool | str | None]] = []
        for trial, error in zip(self.trials, self.errors.tolist(), strict=True):
            setting = self.setting(trial)
            told = str(trial.user_attrs.get(REASON, ""))
            rows.append([trial.number, trial.state.name.lower(), error, *(setting.get(name) for name in knobs), told])
        return ["trial", "state", self.metric, *knobs, REASON], rows

    def _repr_mimebundle_(self, **options: object) -> dict[str, object]:
        return {"text/plain": repr(self)} if Search.drawn is None else Search.drawn(self)

    def __repr__(self) -> str:
        text = f"Search({len(self.trials)} of {self.asked} trials of {', '.join(self.bench.space.axes)}"
        if not np.isfinite(self.errors).any():
            return f"{text})"
        at = ", ".join(f"{name}={short(value)}" for name, value in self.best.items())
        told = f", random search {figure(self.baseline.value)}" if self.compared and self.baseline is not None else ""
        text = f"{text}, best {self.metric} {figure(self.value)} at {at}{told})"
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 5]} ...)"


Tell = Callable[[Search], None]

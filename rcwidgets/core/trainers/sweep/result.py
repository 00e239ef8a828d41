"""What a sweep knows: the errors of all settings, and the best of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Errors on held-out rows of the training part, with one axis for each knob, in the order of `knobs`, and a last one for the seeds.

    `knobs` are the values by name. An error is inf where the run diverged, and NaN where it is not known yet. The held-out errors choose
    the setting (`best`); `test_errors` (seeds,) are those of the chosen setting alone, on the test rows, after a fit to the whole training
    part: NaN where they are not measured (yet). So nothing is chosen by the test rows.
    """

    knobs: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    metric: str
    errors: np.ndarray
    test_errors: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if len(self.test_errors) != len(self.seeds):
            object.__setattr__(self, "test_errors", np.full(len(self.seeds), np.nan))

    @property
    def best(self) -> dict[str, float]:
        """The setting with the least median held-out error over the seeds, among those whose errors are all known."""
        places = np.unravel_index(self.best_place, self.errors.shape[:-1])
        return {name: float(values[k]) for k, (name, values) in zip(places, self.knobs.items(), strict=True)}

    @property
    def best_place(self) -> int:
        """The place of the best setting in the flat grid, the last knob fastest."""
        over_seeds = np.median(self.errors, axis=-1).reshape(-1)
        if np.isnan(over_seeds).all():
            raise ValueError("Sweep.errors must hold a setting whose errors are known for all seeds, got none. Let the sweep run on.")
        if not np.isfinite(over_seeds).any():
            raise ValueError("Sweep.errors must hold a setting that did not diverge, got none. Sweep another range.")
        return int(np.nanargmin(over_seeds))

    @property
    def test_error(self) -> float:
        """The median over the seeds of the test errors of the best setting; NaN where they are not measured (yet)."""
        return float(np.median(self.test_errors))

    def __repr__(self) -> str:
        axes = ", ".join(f"{name}: {len(values)} values" for name, values in self.knobs.items())
        known = np.count_nonzero(~np.isnan(self.errors))
        text = f"Sweep({{{axes}}}, {len(self.seeds)} seeds, {known} of {self.errors.size} held-out {self.metric} known"
        over_seeds = np.median(self.errors, axis=-1)
        if not np.isfinite(over_seeds).any():
            return f"{text})"
        at = ", ".join(f"{name}={value:.4g}" for name, value in self.best.items())
        told = "" if np.isnan(self.test_error) else f", test {self.metric} {self.test_error:.3g}"
        return f"{text}, best {np.nanmin(over_seeds):.3g} at {at}{told})"

    def to_frame(self) -> "pandas.DataFrame":
        """A pandas data frame with a row for each setting and seed; the column "test_nrmse" is empty but for the best setting."""
        import pandas as pd

        names, rows = self.table()
        return pd.DataFrame(rows, columns=names)

    def table(self) -> tuple[list[str], list[list[float]]]:
        """Header and rows, one for each setting and seed: the knobs, the seed, the held-out error, the test error (NaN where none is)."""
        axes = np.meshgrid(*self.knobs.values(), np.array(self.seeds), indexing="ij")
        tested = np.full((self.errors.size // len(self.seeds), len(self.seeds)), np.nan)
        if not np.isnan(self.test_errors).all():
            tested[self.best_place] = self.test_errors
        columns = [axis.reshape(-1).tolist() for axis in (*axes, self.errors, tested)]
        return [*self.knobs, "seed", self.metric, f"test_{self.metric}"], [list(row) for row in zip(*columns, strict=True)]

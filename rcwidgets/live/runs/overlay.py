"""Which pinned runs a figure of the forecast draws too: those that answer the same question."""

from collections.abc import Iterable

from rcwidgets.live.results.results import Results
from rcwidgets.live.runs.run import Run, extent

OVERLAYS = 3  # pinned runs that a figure draws; with more of them nobody could tell the lines apart


def overlaid(runs: Iterable[Run], results: Results | None) -> dict[int, str]:
    """For each pinned run by number: "" where a figure of these results draws it too, else the reason why not."""
    found: dict[int, str] = {}
    for run in runs:
        if run.pinned:
            reason = _misfit(run, results)
            full = not reason and sum(not other for other in found.values()) >= OVERLAYS
            found[run.number] = f"not drawn: {OVERLAYS} others are" if full else f"not drawn: {reason}" if reason else ""
    return found


def drawn_over(runs: Iterable[Run], results: Results | None) -> list[Run]:
    """The pinned runs that a figure of these results draws too."""
    kept = list(runs)
    notes = overlaid(kept, results)
    return [run for run in kept if notes.get(run.number) == ""]


def _misfit(run: Run, results: Results | None) -> str:
    if run.rows == 0:
        return "held before its test"
    if results is None or results.part != "test":
        return "the figure shows no test part now"
    if run.channels != results.channels:
        return "another task"
    if results.data is not None and ("" if run.own is None else run.own.digest) != results.data.digest:
        return "other data"
    if run.horizon != results.horizon:
        steps = "step" if run.horizon == 1 else "steps"
        return f"forecasts {run.horizon:,} {steps} ahead, the figure {results.horizon:,}"
    if (run.rows, run.start, run.end) != extent(results):
        return "other test rows"
    if results.question is not None and run.question.key != results.question.key:
        return f"another question: {run.question.words}"
    return ""

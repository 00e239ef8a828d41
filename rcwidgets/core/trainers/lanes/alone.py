"""Lanes that are fitted one after another, each as a trainer alone: what no common run gives."""

from typing import cast

import numpy as np

from rcwidgets.core.model.program import Program, State
from rcwidgets.core.trainers.lanes.runs import gathered
from rcwidgets.core.trainers.lanes.side_by_side import Laned, Lesson


def goes_on(program: Program) -> bool:
    """Whether an output follows a readout, so that its targets have to be pulled back lane by lane."""
    return bool(set(program.exits) - set(program.trained))


def fit_alone(lesson: Lesson) -> Laned:
    """What lanes hold after each was fitted alone, one after another; losses that are not there, where others go on, are NaN."""
    before, done = lesson.before._replace(states=lesson.start.apart()), []
    assert before.states is not None
    for lane in range(lesson.passage.settings.lanes):
        lesson.passage.checkpoint()
        made = lesson.alone(before, lane)
        made.checkpoint = lesson.passage.checkpoint
        try:
            done.append(made.fit(lesson.data, gaps=lesson.gaps))
        except FloatingPointError as error:
            raise FloatingPointError(f"Lane {lane}: {error}") from error
    every = [getattr(one, "train_losses", np.zeros(0)) for one in done]
    longest = max(map(len, every))
    losses = np.stack([np.pad(one, (0, longest - len(one)), constant_values=np.nan) for one in every])
    states = gathered(before.states, {lane: cast(State, one.state) for lane, one in enumerate(done)})
    names = [lesson.pairs.program.names[k] for k in lesson.pairs.program.trained]
    weights = {name: {key: np.stack([one.held.params[name][key] for one in done]) for key in ("W", "b")} for name in names}
    last = {name: np.stack([one.held.last[name] for one in done]) for name in done[0].held.last}
    return before._replace(states=states, weights=weights, memory=[one.held.memory for one in done], losses=losses, last=last)

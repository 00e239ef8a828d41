"""How the figures speak of channels: which of them are drawn, their legend, their names in a sentence, and names to choose by."""

from collections.abc import Iterable, Sequence

from rcwidgets.live.on_demand.metrics_table import told_apart
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import legend_item

MOST = 40  # data of so many kinds of columns are remembered


class Choice:
    """Which channels are drawn, at most `theme.CHANNELS` of them, for each list of names, and which of several series.

    A channel keeps its colour while it is drawn.
    Without a choice the first ones are drawn.
    """

    def __init__(self) -> None:
        self._colors: dict[tuple[str, ...], dict[int, int]] = {}
        self._trial = ""

    def trial(self, names: Iterable[str]) -> str:
        """Which of several series is drawn: the one that was taken last, where it is there, else the first."""
        known = list(names)
        return self._trial if self._trial in known else next(iter(known), "")

    def take_trial(self, names: Iterable[str], name: str) -> None:
        """Draws another of several series; what is none is a ValueError."""
        if name not in names:
            raise ValueError(f"Caption.value must be one of the series of the test part, got {name[:40]!r}.")
        self._trial = name

    def colors(self, names: Sequence[str]) -> dict[int, int]:
        """The drawn channels by place, in order, and the number of the colour of each."""
        return self._colors.get(tuple(names), {place: place for place in range(min(len(names), theme.CHANNELS))})

    def take(self, names: Sequence[str], places: Sequence[int]) -> None:
        """Draws the channels at these places; what cannot be drawn is a ValueError, and changes nothing."""
        wanted = sorted(set(places))
        if not wanted or len(wanted) > theme.CHANNELS:
            raise ValueError(
                f"A figure shows 1 to {theme.CHANNELS} channels at once, got {len(wanted)}. Take another one away first, or leave one."
            )
        if wanted[0] < 0 or wanted[-1] >= len(names):
            raise ValueError(f"Caption.shown must be places of channels from 0 to {len(names) - 1}, got {wanted}.")
        kept = {place: color for place, color in self.colors(names).items() if place in wanted}
        free = [color for color in range(theme.CHANNELS) if color not in kept.values()]
        added = dict(zip([place for place in wanted if place not in kept], free, strict=False))
        self._colors[tuple(names)] = dict(sorted({**kept, **added}.items()))
        while len(self._colors) > MOST:
            del self._colors[next(iter(self._colors))]


def items(names: Sequence[str], colors: dict[int, int]) -> list[dict[str, str]]:
    """The legend of the channels that are drawn, and how many there are where not all are."""
    found = [legend_item(names[place], theme.channel(color)) for place, color in colors.items()]
    return found if len(names) <= len(colors) else [*found, legend_item(f"of {len(names):,} channels", "", "none")]


def wire(names: Sequence[str], colors: dict[int, int]) -> list[dict[str, str]]:
    """All channels as the page offers them: the name, and the colour of one that is drawn."""
    if len(names) < 2:
        return []
    drawn = {place: theme.channel(color) for place, color in colors.items()}
    return [{"name": name, "color": drawn.get(place, "")} for place, name in enumerate(told_apart(names))]


def listed(names: Sequence[str], colors: dict[int, int]) -> str:
    """The drawn channels in words, and how many more there are."""
    more = len(names) - len(colors)
    return ", ".join(names[place] for place in colors) + (f" and {more:,} more" if more > 0 else "")

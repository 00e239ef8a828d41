"""How the figures speak of channels: their legend, their names in a sentence, and names to choose by."""

from collections.abc import Sequence

from rcwidgets.live.metrics import told_apart
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import legend_item


def items(names: Sequence[str]) -> list[dict[str, str]]:
    """The legend of the channels that have a colour, and how many there are where some have none."""
    found = [legend_item(name, theme.channel(index)) for index, name in enumerate(names[: theme.CHANNELS])]
    return found if len(names) <= theme.CHANNELS else [*found, legend_item(f"of {len(names):,} channels", "", "none")]


def listed(names: Sequence[str]) -> str:
    """The drawn channels in words, and how many more there are."""
    return ", ".join(names[: theme.CHANNELS]) + (f" and {len(names) - theme.CHANNELS:,} more" if len(names) > theme.CHANNELS else "")


def options(names: Sequence[str]) -> list[str]:
    """The names as options, each once: one that is there twice gets its number."""
    return told_apart(names)

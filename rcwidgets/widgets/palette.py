"""The colours of the figures as values, for pictures that leave the page: read from the built style sheet, where they have their home."""

import re
from functools import cache

from rcwidgets.widgets.message import STATIC

_BLOCK = re.compile(r"(body\[data-jp-theme-light=\"?false\"?\] )?(?::is\()?\.rcw-figure[^{}]*\{([^{}]*--rcw-(?:channel|run)-1[^{}]*)\}")
_VALUE = re.compile(r"(--rcw-[\w-]+):\s*([^;]+)")
_FALLBACK = re.compile(r"var\(--[\w-]+,\s*((?:[^()]|\([^()]*\))+)\)")
_NAME = re.compile(r"var\((--rcw-[\w-]+)\)")


@cache
def values(dark: bool = False) -> dict[str, str]:
    """What each variable of the figures is in the light or the dark theme; those that are mixed of others are left out."""
    told: dict[str, str] = {}
    for found in _BLOCK.finditer((STATIC / "caption.css").read_text(encoding="utf-8")):
        if dark or not found[1]:
            told |= dict(_VALUE.findall(found[2]))
    plain = {name: without_variables(value.strip()) for name, value in told.items()}
    if dark:  # what JupyterLab's own variables are there
        plain |= {"--rcw-bg": "#14171c", "--rcw-text": "#e6e9ef", "--rcw-hair": "#313843"}
    plain |= {"--rcw-guide": plain["--rcw-now"], "--rcw-grid": plain["--rcw-hair"], "--rcw-gap": plain["--rcw-hair"]}
    return {name: value for name, value in plain.items() if "(" not in value}


def without_variables(text: str) -> str:
    """A text in which each CSS variable that has a value to fall back on is that value."""
    return _FALLBACK.sub(r"\1", text)


def plain(color: str) -> str:
    """A colour of a figure as every program knows it, as on white."""
    found = _NAME.fullmatch(color)
    return color if found is None else values()[found[1]]

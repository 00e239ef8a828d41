"""A figure's panels as SVG, drawn from what they hold, for places without bqplot: a saved notebook, a page of its own, marimo."""

import math
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import numpy as np
from bqplot import Bars, HeatMap, Label, Lines, LogScale

from rcwidgets.widgets import theme
from rcwidgets.widgets.panel import Panel
from rcwidgets.widgets.ticks import javascript_key

Paint = Callable[[str], str]  # a colour of the figures as it is written
STRIP = 4  # px of the band along the axis
FINEST = (240, 80)  # the most cells of a heat map, across and up


class Frame:
    """Where a panel draws: its plot is `width` by `height` pixels at (left, top), and `x` and `y` are the places of values in it."""

    def __init__(self, panel: Panel, width: float, height: float) -> None:
        margin = panel.widget.fig_margin
        self.left, self.top = margin["left"], margin["top"]
        self.width, self.height = width - margin["left"] - margin["right"], height - margin["top"] - margin["bottom"]
        self._x, self._y = panel.x, panel.y

    def x(self, values: Any) -> np.ndarray:
        """Pixels from the left of the plot."""
        return _share(self._x, values) * self.width

    def y(self, values: Any) -> np.ndarray:
        """Pixels from the top of the plot."""
        return (1 - _share(self._y, values)) * self.height


def _form(panel: Panel) -> str:
    """How ticks are found anew where a page zooms: by powers of ten, by plain numbers, or not at all."""
    if isinstance(panel.x, LogScale):
        return "log"
    return "fixed" if panel.calendar is not None or panel.words else "plain"


def _share(scale: Any, values: Any) -> np.ndarray:
    values, low, high = np.asarray(values, float), scale.min, scale.max
    if isinstance(scale, LogScale):
        values, low, high = np.log(np.maximum(values, 1e-300)), math.log(low), math.log(high)
    return (values - low) / ((high - low) or 1.0)


def drawn(panel: Panel, width: float, height: float, paint: Paint) -> str:
    """The panel as an SVG element of this size, without one around it."""
    frame = Frame(panel, width, height)
    marks = [(mark, "".join(_mark(mark, frame, paint))) for mark in panel.widget.marks if mark.visible and not panel.blanked]
    inside = "".join(text for mark, text in marks if getattr(mark, "apply_clip", True))
    outside = "".join(text for mark, text in marks if not getattr(mark, "apply_clip", True))
    size = f"{frame.width:.0f} {frame.height:.0f}"
    place = f'x="{frame.left}" y="{frame.top}" width="{frame.width:.0f}" height="{frame.height:.0f}"'
    place += f' viewBox="0 0 {size}" preserveAspectRatio="none" data-x="{panel.x.min!r} {panel.x.max!r} {_form(panel)}"'
    axes = "" if panel.blanked else "".join(_axes(panel, frame, paint))
    over = f'<g transform="translate({frame.left} {frame.top})">{outside}</g>' if outside else ""
    return f'{axes}<svg class="plot" {place} overflow="hidden">{inside}</svg>{over}'


def _axes(panel: Panel, frame: Frame, paint: Paint) -> Iterator[str]:
    """The ticks of both axes with their labels, light lines across at those of y, and the names of the axes."""
    soft, grid = paint("var(--rcw-soft)"), paint("var(--rcw-grid)")
    bottom = frame.top + frame.height
    if panel.y_axis.visible:
        for value, place in zip(np.asarray(panel.y_axis.tick_values), frame.y(panel.y_axis.tick_values) + frame.top, strict=True):
            label = panel.y_axis.tick_labels.get(javascript_key(float(value)), "")
            yield f'<path d="M{frame.left} {place:.1f}h{frame.width:.0f}" stroke="{grid}" stroke-width="0.7"/>'
            yield f'<text x="{frame.left - 6}" y="{place + 4:.1f}" text-anchor="end" fill="{soft}">{escape(label)}</text>'
        if panel.y_axis.label:
            yield f'<text x="{frame.left - 34}" y="{frame.top - 8}" fill="{soft}">{escape(panel.y_axis.label)}</text>'
    if panel.x_axis.visible:
        for value, place in zip(np.asarray(panel.x_axis.tick_values), frame.x(panel.x_axis.tick_values) + frame.left, strict=True):
            label = panel.x_axis.tick_labels.get(javascript_key(float(value)), "")
            yield f'<text class="tick" x="{place:.1f}" y="{bottom + 15}" text-anchor="middle" fill="{soft}">{escape(label)}</text>'
        middle = frame.left + frame.width / 2
        yield f'<text x="{middle:.0f}" y="{bottom + 29}" text-anchor="middle" fill="{soft}">{escape(panel.x_axis.label)}</text>'


def _mark(mark: Any, frame: Frame, paint: Paint) -> Iterator[str]:
    match mark:
        case Lines():
            yield from _lines(mark, frame, paint)
        case HeatMap():
            yield _cells(mark, frame)
        case Bars():
            yield from _bars(mark, frame, paint)
        case Label():
            for x, y, text in zip(frame.x(mark.x), frame.y(mark.y), mark.text, strict=True):
                place = f'x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="10"'
                yield f'<text {place} fill="{paint(mark.colors[0])}">{escape(str(text))}</text>'


def _lines(mark: Lines, frame: Frame, paint: Paint) -> Iterator[str]:
    x, y = np.atleast_2d(np.asarray(mark.x, float)), np.atleast_2d(np.asarray(mark.y, float))
    stepped, strip, guide = mark.interpolation == "step-after", mark.fill == "bottom", theme.GUIDE in mark.colors
    for place, row in enumerate(y if y.size else ()):
        across, up, color = frame.x(x[place % len(x)]), frame.y(row), paint(mark.colors[place % len(mark.colors)])
        if strip:  # a band, of which a strip at the foot is seen
            high = np.flatnonzero(up[:-1] < frame.height - 0.5)
            yield from (
                f'<rect x="{across[k]:.1f}" y="{frame.height - STRIP:.1f}" width="{across[k + 1] - across[k]:.1f}" height="{STRIP}" '
                f'fill="{color}"/>'
                for k in high
            )
            continue
        if mark.marker is not None:
            wide = 2 * math.sqrt(mark.marker_size / math.pi)  # lines without length: their round ends stay round when the plot is zoomed
            dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(across, up, strict=True))
            yield f'<path d="{dots}" fill="none" stroke="{color}" stroke-width="{wide:.1f}" stroke-linecap="round"/>'
        if mark.stroke_width:
            dashed = ' stroke-dasharray="3 3"' if guide else ""
            style = f'stroke="{color}" stroke-width="{mark.stroke_width:g}" stroke-linecap="round" stroke-linejoin="round"{dashed}'
            yield f'<path d="{_path(across, up, stepped)}" fill="none" {style}/>'


def _path(x: np.ndarray, y: np.ndarray, stepped: bool) -> str:
    points = [(f"{a:.1f}", f"{b:.1f}") for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    first, rest = points[0], points[1:]
    if stepped:
        return f"M{first[0]} {first[1]}" + "".join(f"H{a}V{b}" for a, b in rest)
    return f"M{first[0]} {first[1]}L" + " ".join(f"{a} {b}" for a, b in rest)


def _bars(mark: Bars, frame: Frame, paint: Paint) -> Iterator[str]:
    x = frame.x(mark.x)
    wide = (1 - mark.padding) * (float(np.diff(x).min()) if x.size > 1 else frame.width)
    for place, top in zip(x, frame.y(mark.y), strict=True):
        size = f'width="{wide:.1f}" height="{max(frame.height - top, 0):.1f}"'
        yield f'<rect x="{place - wide / 2:.1f}" y="{top:.1f}" {size} fill="{paint(mark.colors[0])}"/>'


def _cells(mark: HeatMap, frame: Frame) -> str:
    """A heat map as an image in the picture, one pixel a cell; one that is finer than the picture shows every so many-th cell."""
    scale, values = mark.scales["color"], np.asarray(mark.color, float)
    x, y = np.asarray(mark.x, float), np.asarray(mark.y, float)
    rows, columns = (np.unique(np.linspace(0, n - 1, min(n, most)).astype(int)) for n, most in zip(values.shape, FINEST[::-1], strict=True))
    stops = [scale.min, scale.mid, scale.max]
    colors = np.array([[int(color[k : k + 2], 16) for k in (1, 3, 5)] for color in scale.colors], float)
    picked = np.clip(values[np.ix_(rows, columns)][::-1], scale.min, scale.max)
    pixels = np.stack([np.interp(picked, stops, colors[:, channel]) for channel in range(3)], axis=-1).astype(np.uint8)
    half_x, half_y = (float(np.diff(axis).mean()) / 2 if axis.size > 1 else 0.5 for axis in (x, y))
    left, right = frame.x([x[0] - half_x, x[-1] + half_x])
    bottom, top = frame.y([y[0] - half_y, y[-1] + half_y])
    place = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
    data = b64encode(_png(pixels)).decode()
    return f'<image {place} preserveAspectRatio="none" style="image-rendering: pixelated" href="data:image/png;base64,{data}"/>'


def _png(pixels: np.ndarray) -> bytes:
    """An image (rows, columns, 3) of bytes as a PNG file."""
    rows, columns, _ = pixels.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")

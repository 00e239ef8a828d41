"""Panels as SVG: each mark where its values say."""

import struct
import zlib
from base64 import b64decode
from xml.etree import ElementTree

import numpy as np
import pytest
from bqplot import Bars, ColorScale, HeatMap, Label

from rcwidgets.widgets import theme
from rcwidgets.widgets.drawing import drawn
from rcwidgets.widgets.palette import plain
from rcwidgets.widgets.panel import Panel, draw

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def panel(page):
    """A panel whose plot is 100 by 50 pixels at (0, 0), of x from 0 to 10 and y from 0 to 5."""
    made = Panel("time", "", 50)
    made.widget.fig_margin = dict.fromkeys(("left", "right", "top", "bottom"), 0)
    made.look((0.0, 10.0), (0.0, 5.0))
    return made


def found(panel, tag):
    root = ElementTree.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{drawn(panel, 100, 50, plain)}</svg>')
    return [one for plot in root.iter(f"{SPACE}svg") if plot.get("class") == "plot" for one in plot.iter(SPACE + tag)]


def test_a_line_goes_through_its_points_from_below_up(panel):
    draw(panel.add(2, theme.TRUTH, theme.channel(0)), np.array([[0.0, 10.0]] * 2), np.array([[0.0, 5.0], [5.0, 2.5]]))
    first, second = found(panel, "path")
    assert [first.get("d"), second.get("d")] == ["M0.0 50.0L100.0 0.0", "M0.0 0.0L100.0 25.0"]
    assert [first.get("stroke"), second.get("stroke")] == ["#c3c8d0", "#0072b2"]


def test_a_log_axis_is_one(page):
    panel = Panel("beta", "", 50, log_x=True)
    panel.widget.fig_margin = dict.fromkeys(("left", "right", "top", "bottom"), 0)
    panel.look((1e-4, 1.0), (0.0, 1.0))
    draw(panel.add(1, theme.NOW), np.array([1e-4, 1e-2, 1.0]), np.zeros(3))
    assert found(panel, "path")[0].get("d") == "M0.0 50.0L50.0 50.0 100.0 50.0"


def test_steps_strips_and_dots(panel):
    stepped, strip, dots = panel.add(1, theme.TRUTH), panel.add(0, theme.PARTS), panel.add(0, theme.NOW)
    stepped.interpolation = "step-after"
    strip.interpolation, strip.fill = "step-after", "bottom"
    dots.marker, dots.marker_size = "circle", 8
    for mark, y in ((stepped, [1.0, 2.0]), (strip, [5.0, 5.0]), (dots, [1.0, 4.0])):
        draw(mark, np.array([0.0, 5.0]), np.array(y))
    assert [one.get("d") for one in found(panel, "path")] == ["M0.0 40.0H50.0V30.0", "M0.0 40.0h0M50.0 10.0h0"]
    (rect,) = found(panel, "rect")
    assert (rect.get("x"), rect.get("width"), rect.get("height")) == ("0.0", "50.0", "4")


def test_what_is_hidden_or_blank_is_not_drawn(panel):
    mark = panel.add(1, theme.TRUTH)
    draw(mark, np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    mark.visible = False
    assert found(panel, "path") == []
    mark.visible = True
    panel.blank()
    assert found(panel, "path") == []


def test_a_heat_map_is_an_image_with_the_first_row_below(panel):
    colors = ColorScale(colors=["#0000ff", "#ffffff", "#ff0000"], min=-1.0, mid=0.0, max=1.0)
    scales = {"x": panel.x, "y": panel.y, "color": colors}
    panel.widget.marks = [HeatMap(x=np.array([2.5, 7.5]), y=np.array([1.0, 2.0]), color=np.array([[1.0, 0.0], [-1.0, 0.5]]), scales=scales)]
    (image,) = found(panel, "image")
    assert (image.get("x"), image.get("width"), image.get("y"), image.get("height")) == ("0.0", "100.0", "25.0", "20.0")
    data = b64decode(image.get("href", "").split(",")[1])
    assert struct.unpack(">II", data[16:24]) == (2, 2)
    pixels = zlib.decompress(data[data.index(b"IDAT") + 4 : -16])
    assert pixels == bytes([0, 0, 0, 255, 255, 127, 127, 0, 255, 0, 0, 255, 255, 255])


def test_bars_and_labels(panel):
    scales = {"x": panel.x, "y": panel.y}
    bars = Bars(x=np.array([2.0, 4.0]), y=np.array([5.0, 2.5]), scales=scales, colors=[theme.PARTS], padding=0.5)
    label = Label(x=np.array([5.0]), y=np.array([2.5]), text=["<7>"], scales=scales, colors=["#fff"])
    panel.widget.marks = [bars, label]
    assert [(one.get("x"), one.get("height"), one.get("width")) for one in found(panel, "rect")] == [
        ("15.0", "50.0", "10.0"),
        ("35.0", "25.0", "10.0"),
    ]
    (text,) = found(panel, "text")
    assert (text.text, text.get("x")) == ("<7>", "50.0")

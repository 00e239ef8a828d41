"""The colours of the figures: each that Python names is defined on the page."""

from pathlib import Path

from rcwidgets.widgets import theme

STYLES = "\n".join(file.read_text() for file in Path("frontend/src").rglob("*.css"))


def test_each_channel_and_each_pinned_run_has_a_colour_of_its_own():
    channels = [theme.channel(place) for place in range(theme.CHANNELS)]
    runs = [theme.run(place) for place in range(3)]
    assert len({*channels, *runs}) == theme.CHANNELS + 3 and theme.channel(theme.CHANNELS) == channels[0]


def test_each_colour_is_defined_on_the_page():
    named = [value for name, value in vars(theme).items() if name.isupper() and isinstance(value, str)]
    named += [theme.channel(place) for place in range(theme.CHANNELS)] + [theme.run(place) for place in range(3)]
    assert len(named) > 12
    for colour in named:
        variable = colour.removeprefix("var(").removesuffix(")")
        assert f"{variable}:" in STYLES, variable

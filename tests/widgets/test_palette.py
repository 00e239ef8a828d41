"""The colours of pictures are those of the style sheet."""

from rcwidgets.widgets import theme
from rcwidgets.widgets.palette import plain, values, without_variables

NAMES = [value for name, value in vars(theme).items() if name.isupper() and isinstance(value, str)]
NAMES += [theme.channel(k) for k in range(theme.CHANNELS)] + [theme.run(k) for k in range(3)]


def test_every_colour_of_the_figures_has_a_value_in_both_themes():
    for name in NAMES:
        for dark in (False, True):
            value = values(dark)[name.removeprefix("var(").removesuffix(")")]
            assert value.startswith("#"), (name, value)
        assert plain(name).startswith("#")


def test_the_themes_differ():
    assert plain(theme.TRUTH) == "#c3c8d0"
    assert values(True)["--rcw-truth"] == "#626b78"


def test_a_variable_gives_way_to_its_fallback():
    assert (
        without_variables('fill="var(--jp-a, #fff)" font="var(--jp-b, system-ui, sans-serif)"')
        == 'fill="#fff" font="system-ui, sans-serif"'
    )
    assert plain("#123456") == "#123456"

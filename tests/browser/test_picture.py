"""The static picture of a graph in JupyterLab, in both themes."""

from tests.browser.lab import THEMES, Lab
from tests.browser.playground import put

CELL = """import rcwidgets as rc
i, r, o = rc.Input(3), rc.Reservoir(400), rc.LinearReadout(3)
((i >> r >> o) & (r << o)).plot_node_graph()"""


def test_the_picture_has_a_name_and_follows_the_theme(desk: Lab) -> None:
    put(desk, CELL)
    picture = desk.page.locator('.jp-OutputArea-output svg[role="img"]')
    assert picture.count() == 1
    named = desk.page.get_by_role("img", name="Model of 3 nodes: input, reservoir, readout")
    assert named.count() == 1
    faces = []
    for theme in THEMES:
        desk.set_theme(theme)
        desk.screenshot(f"picture-{theme}", desk.page.locator(".jp-OutputArea-output").first)
        card = picture.locator("rect").first
        faces.append(card.evaluate("card => getComputedStyle(card).fill"))
        ground = picture.evaluate("svg => getComputedStyle(svg.closest('.jp-Notebook')).backgroundColor")
        ink = picture.locator("text").first.evaluate("text => getComputedStyle(text).fill")
        assert ink != ground
    assert faces[0] != faces[1]

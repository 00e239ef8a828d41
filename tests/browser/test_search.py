"""A search on the page: its figures fill while it runs, a click on a trial and the list set the sliders; pictures in both themes."""

from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import CLEAR, SHOW
from tests.browser.test_sweep import OUT

MADE = """import numpy as np, rcwidgets as rc
rc.Playground  # the widgets
x = np.sin(np.arange(300) / 5)[:, None]
model = rc.Input(1) >> rc.Reservoir(20) >> rc.LinearReadout(1)
play = rc.Experiment(model, task="sines", auto=False)
view = rc.SearchView(play=play)
view"""
SEARCH = """space = {"reservoir.leak_rate": (0.1, 1.0), "reservoir.spectral_radius": (0.2, 1.4), "beta": (1e-8, 1.0), "reservoir.activation": ["tanh", "identity"]}
found = rc.search(rc.RidgeTrainer(model), [x[:-1], x[1:]], space, trials=40, tell=view.show)
found.baseline
view.show(found)"""


def test_a_search_is_drawn_and_a_click_on_a_trial_sets_the_sliders(desk: Lab) -> None:
    page = desk.page
    desk.ask(CLEAR)
    page.evaluate(SHOW, [MADE, SEARCH])
    figures = {name: page.get_by_role("figure", name=name) for name in ("History", "Importance", "Slice", "Parallel coordinates")}
    for one in figures.values():
        expect(one).to_be_visible()
    expect(page.get_by_text("Best of 40 trials: NRMSE")).to_be_visible()
    dots = figures["History"].locator(".object_grp path.element")
    expect(dots).to_have_count(desk.ask_json("int(np.isfinite(found.errors).sum())"))
    desk.screenshots("search")
    dots.nth(3).click(force=True)
    expect(page.get_by_text("Trial 3: set Leak rate to")).to_be_visible()
    assert desk.ask_json("play.document.trainer.beta == found.trials[3].params['beta']")
    page.get_by_label("Trial", exact=True).select_option(index=0)
    page.get_by_role("button", name="Set sliders", exact=True).click()
    expect(page.get_by_text(desk.ask("print(f'Trial {found.best_trial.number}: set Leak rate to')"))).to_be_visible()
    assert desk.ask_json("play.document.trainer.beta == found.best['beta']")
    figures["Slice"].get_by_label("Knob", exact=True).select_option("Ridge beta")
    expect(figures["Slice"].get_by_text("over Ridge beta", exact=True)).to_be_visible()
    desk.screenshot("search-beta-light")
    desk.ask("view.layout.width = '480px'")
    page.wait_for_function(f"() => ({OUT})(document.querySelector('.rcw-search')).length === 0")  # as soon as bqplot has laid out anew
    desk.screenshot("search-narrow-light")
    desk.set_theme("dark")
    desk.screenshot("search-narrow-dark")
    desk.set_theme("light")

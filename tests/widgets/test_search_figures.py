"""The figures of a search: what they draw of its trials, and what they say."""

import numpy as np
import optuna
import pytest

import rcwidgets as rc
from rcwidgets.widgets.search_figures import HistoryFigure, ImportanceFigure, ParallelFigure, SliceFigure, importance

X = np.sin(np.arange(120) / 5)[:, None]
MODEL = rc.Input(1) >> rc.Reservoir(10) >> rc.LinearReadout(1)
SPACE = {"beta": (1e-8, 10.0), "reservoir.leak_rate": (0.1, 1.0), "reservoir.activation": ["tanh", "identity"]}


@pytest.fixture(scope="module")
def found():
    """A search whose second trial has no error."""
    metric = iter([0.5, float("nan"), *np.linspace(0.4, 0.1, 14)])
    return rc.search(rc.RidgeTrainer(MODEL), [X[:-1], X[1:]], SPACE, trials=16, lanes=4, metric=lambda a, b: next(metric), baseline=False)


def click(mark, index):
    """What the page says of a click."""
    content = {"event": "element_click", "data": {"index": index}}
    mark.comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def errors_in_order(found):
    return found.errors[np.isfinite(found.errors)]


def test_the_history_has_a_dot_for_each_error_and_the_least_so_far(page, found):
    drawn = HistoryFigure()
    drawn.show(found)
    kept = errors_in_order(found)
    np.testing.assert_allclose(drawn.dots.y, kept)
    assert drawn.dots.x.tolist() == [k + 1 for k, error in enumerate(found.errors) if np.isfinite(error)] and len(kept) == 15
    np.testing.assert_allclose(drawn.best.y[-1], kept.min())
    assert (np.diff(drawn.best.y) <= 0).all() and drawn.random.visible is False
    assert drawn.caption.subtitle == "16 of 16 trials, 1 without an error"
    assert drawn.caption.summary == f"16 of 16 trials, 1 without an error: the least NRMSE is {kept.min():.3g}.".replace(
        "NRMSE", found.metric.upper()
    )
    names, rows = drawn.table()
    assert list(names) == ["trial", "state", found.metric, *SPACE, "reason"]
    assert [row[-1] for row in rows].count("The metric gave no number.") == 1
    drawn.close()


def test_a_click_on_a_dot_tells_the_place_of_its_trial(page, found):
    drawn, clicked = HistoryFigure(), []
    drawn.clicked = clicked.append
    drawn.show(found)
    for index in (0, 14, 99):
        click(drawn.dots, index)
    assert clicked == [int(place) for place in np.flatnonzero(np.isfinite(found.errors))[[0, 14]]]
    drawn.close()


def test_importance_is_a_share_of_each_knob(page, found):
    drawn = ImportanceFigure()
    drawn.show(found)
    shares = importance(found)
    assert shares.keys() == SPACE.keys() and sum(shares.values()) == pytest.approx(1)
    assert list(drawn.panel.y_axis.tick_labels.values())[::-1] == [
        {"beta": "Ridge beta"}.get(name, name.split(".")[-1].replace("_", " ").capitalize()) for name in shares
    ]
    np.testing.assert_allclose(drawn.bars.x[::-1, 1], list(shares.values()))
    assert drawn.table() == (("knob", "share"), list(shares.items()))
    drawn.close()


def test_a_slice_takes_another_knob_on_its_own_scale(page, found):
    drawn = SliceFigure()
    drawn.show(found)
    assert drawn.panels == [drawn.scales[True]] and drawn.scales[True].x_axis.label == "Ridge beta"
    drawn.choose("Knob", "Activation")
    assert drawn.panels == [drawn.scales[False]] and list(drawn.scales[False].x_axis.tick_labels.values()) == ["tanh", "identity"]
    assert set(drawn.dots[False].x) <= {0.0, 1.0}
    with pytest.raises(ValueError, match=r"SliceFigure.knob must be one of Ridge beta, Leak rate, Activation, got 'Units'"):
        drawn.choose("Knob", "Units")
    drawn.close()


def test_parallel_coordinates_draw_the_best_tenth_apart(page, found):
    drawn = ParallelFigure()
    drawn.show(found)
    assert drawn.others.y.shape == (13, 4) and drawn.best.y.shape == (2, 4)
    least = found.trials[int(np.nanargmin(found.errors))]
    leak = (least.params["reservoir.leak_rate"] - 0.1) / 0.9
    assert drawn.best.y[:, -1].max() == 1.0 and np.isclose(drawn.best.y[:, 1], leak).any()
    clicked = []
    drawn.clicked = clicked.append
    click(drawn.dots, 0)
    assert found.errors[clicked[0]] <= np.sort(errors_in_order(found))[1]
    drawn.close()


def test_without_an_error_the_figures_say_so(page):
    study = optuna.create_study()
    lost = rc.search(rc.RidgeTrainer(MODEL), [X[:-1], X[1:]], SPACE, trials=2, lanes=2, study=study, metric=lambda a, b: float("nan"))
    for made, words in (
        (HistoryFigure, "no trial with an error yet"),
        (ImportanceFigure, "too few trials yet"),
        (SliceFigure, "no trial with an error yet"),
        (ParallelFigure, "no trial with all knobs yet"),
    ):
        drawn = made()
        drawn.show(lost)
        assert drawn.caption.subtitle == words and all(panel.blanked for panel in drawn.panels)
        drawn.close()

"""The view of a search: what it says while it runs, and a trial that sets the knobs of an experiment."""

import numpy as np
import pytest

import rcwidgets as rc

X = np.sin(np.arange(120) / 5)[:, None]
MODEL = rc.Input(1) >> rc.Reservoir(10) >> rc.LinearReadout(1)
SPACE = {"beta": (1e-8, 10.0), "reservoir.leak_rate": (0.1, 1.0), "reservoir.activation": ["tanh", "identity"]}


def searched(**options):
    return rc.search(rc.RidgeTrainer(MODEL), [X[:-1], X[1:]], SPACE, **{"trials": 8, "lanes": 4, **options})


def test_it_fills_while_the_search_runs_and_tells_the_best_and_the_random_search(page):
    view, said = rc.SearchView(), []
    assert view.words == "No trial yet."

    def tell(found):
        view.show(found)
        said.append((view.words.split(":")[0], len(view.figures[0].dots.x)))

    found = searched(tell=tell)
    assert said == [("Best of 4 trials", 4), ("Best of 8 trials", 8)]
    assert f"NRMSE {found.value:.3g}" in view.words.replace("e-0", "e-") or "e-" in view.words
    assert "random" not in view.words
    assert np.isfinite(found.baseline.value)
    view.show(found)
    assert "A random search of as many: " in view.words and view.figures[0].random.visible
    view.close()


def test_a_trial_sets_the_knobs_that_are_there_as_one_entry_of_the_history(page):
    found = searched(seed=3)
    experiment = rc.Experiment(rc.Input(1) >> rc.Reservoir(10, name="other") >> rc.LinearReadout(1), task="sines", auto=False)
    view = rc.SearchView(found, experiment)
    view.take(2)
    beta, told = found.trials[2].params["beta"], "Not in this model: Leak rate, Activation."
    assert experiment.document.trainer.beta == beta and told in view.done
    experiment.undo()
    assert experiment.document.trainer.beta != beta
    same = rc.Experiment(MODEL, task="sines", auto=False)
    other = rc.SearchView(found, same)
    other.take(1)
    assert same.document.graph["reservoir"].activation == found.trials[1].params["reservoir.activation"]
    assert same.document.graph["reservoir"].leak_rate == found.trials[1].params["reservoir.leak_rate"]
    assert other.done.startswith("Trial 1: set Ridge beta to")
    with pytest.raises(ValueError, match=r"SearchView.trial must be the place of one of the trials, got 8"):
        other.take(8)
    for one in (view, other, experiment, same):
        one.close()


def test_a_search_shows_itself_in_a_notebook(page):
    found = searched()
    bundle = found._repr_mimebundle_()
    assert bundle["text/plain"] == repr(found) and "application/vnd.jupyter.widget-view+json" in bundle


def test_what_is_no_experiment_is_refused():
    with pytest.raises(TypeError, match="SearchView takes an Experiment or a model, got int"):
        rc.SearchView(play=3)
    with pytest.raises(TypeError, match=r"SearchView takes what rc.search gave, got int"):
        rc.SearchView(3, rc.Experiment(auto=False))


def test_an_experiment_may_stand_alone_and_a_long_search_has_a_short_text(page):
    experiment = rc.Experiment(MODEL, task="sines", auto=False)
    view = rc.SearchView(experiment)
    assert view.experiment is experiment and view.found is None
    wide = {
        **SPACE,
        **{f"reservoir.{name}": (0.1, 1.0) for name in ("spectral_radius", "input_scaling", "bias_scaling", "feedback_scaling")},
    }
    found = rc.search(rc.RidgeTrainer(MODEL), [X[:-1], X[1:]], wide, trials=2, lanes=2)
    assert len(repr(found)) <= 300 and repr(found).endswith(" ...)")
    view.close()
    experiment.close()

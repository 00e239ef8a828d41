"""Searches against single trainers, and what Optuna keeps of them."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import optuna
import pytest
from sklearn.linear_model import Ridge

import rcwidgets as rc
from rcwidgets.core.metrics import nrmse
from rcwidgets.core.search.bench import Bench
from rcwidgets.core.tasks.base import TaskData

TIMES = np.arange(241) / 5
SERIES = np.column_stack([np.sin(TIMES), np.cos(2.3 * TIMES)])
X, Y = SERIES[:-1], SERIES[1:]
MODEL = rc.Input(2) >> rc.Reservoir(20, input_scaling=0.3) >> rc.LinearReadout(2)
LIVE = {"reservoir.spectral_radius": (0.2, 1.2), "reservoir.leak_rate": (0.1, 1.0), "beta": (1e-8, 1.0)}


def trainer(**knobs):
    return rc.RidgeTrainer(MODEL, dtype="float64", **knobs)


def searched(space=LIVE, data=(X, Y), **options):
    return rc.search(trainer(), list(data), space, **{"trials": 12, "lanes": 4, **options})


def single(setting, seed, fitted, later, before=None):
    """The error of one setting, fitted and measured by itself."""
    model, own = MODEL, {}
    for name, value in setting.items():
        node, _, knob = name.rpartition(".")
        model, own = (model.replace(node, **{knob: value}), own) if node else (model, own | {knob: value})
    one = rc.RidgeTrainer(model, dtype="float64", seed=seed, parallel="off", **own)
    if before is not None:
        one.predict(before)
    return nrmse(one.fit(fitted).predict(later[0]), later[1])


def test_each_trial_is_the_median_over_seeds_of_single_trainers_on_the_last_fifth():
    found = searched(data=(X[40:], Y[40:]), warmup=X[:40], seeds=(3, 4, 5))
    assert len(found.trials) == 12 and found.seeds == (3, 4, 5)
    for trial, error in list(zip(found.trials, found.errors, strict=True))[::4]:
        alone = [single(trial.params, seed, [X[40:200], Y[40:200]], [X[200:], Y[200:]], X[:40]) for seed in found.seeds]
        assert error == pytest.approx(np.median(alone), rel=1e-4)
    assert found.value == found.errors.min() == found.study.best_value
    assert found.best == found.study.best_params and found.best.keys() == LIVE.keys()
    fitted = found.trainer.fit([X[40:], Y[40:]])
    assert fitted.settings.beta == found.best["beta"] and fitted.seed == 3


def test_ranges_lie_on_the_scale_of_the_knob():
    found = searched(
        {**LIVE, "reservoir.units": [20], "reservoir.input_scaling": optuna.distributions.FloatDistribution(0.1, 0.2, step=0.1)}
    )
    kinds = {name: axis.distribution for name, axis in found.bench.space.axes.items()}
    assert kinds["beta"] == optuna.distributions.FloatDistribution(1e-8, 1.0, log=True)
    assert kinds["reservoir.spectral_radius"] == optuna.distributions.FloatDistribution(0.2, 1.2)
    assert kinds["reservoir.units"] == optuna.distributions.CategoricalDistribution((20,))
    assert {trial.params["reservoir.input_scaling"] for trial in found.trials} <= {0.1, 0.2}
    narrow = searched({"reservoir.units": (19, 20)}, trials=2)
    assert narrow.bench.space.axes["reservoir.units"].distribution == optuna.distributions.IntDistribution(
        19, 20, log=narrow.bench.space.axes["reservoir.units"].knob.log
    )
    assert {type(trial.params["reservoir.units"]) for trial in narrow.trials} == {int}


def test_structures_and_models_are_searched_and_a_knob_that_a_model_lacks_is_left_out():
    late = rc.Input(2) >> rc.Delay(2) >> rc.LinearReadout(2)
    space = {"model": {"reservoir": MODEL, "delays": late}, "reservoir.units": [10, 20], "delay.steps": (1, 2), "beta": (1e-6, 1e-2)}
    found = searched(space, trials=16, sampler=optuna.samplers.RandomSampler(seed=1))
    chosen = [found.setting(trial) for trial in found.trials]
    assert {frozenset(one) for one in chosen} == {
        frozenset({"model", "reservoir.units", "beta"}),
        frozenset({"model", "delay.steps", "beta"}),
    }
    frame = found.to_frame()
    assert list(frame.columns) == ["trial", "state", "nrmse", *space, "reason"] and len(frame) == 16
    assert frame["delay.steps"].isna().equals(frame["model"] == "reservoir")
    own = next(one for one in chosen if one["model"] == "reservoir")
    error = found.errors[chosen.index(own)]
    turned = {name: value for name, value in own.items() if name != "model"}
    assert error == pytest.approx(single(turned, 0, [X[:192], Y[:192]], [X[192:], Y[192:]]), rel=1e-4)
    delayed = next(k for k, one in enumerate(chosen) if one["model"] == "delays")
    assert np.isfinite(found.errors[delayed])
    assert [node.kind for node in found.bench.made(chosen[delayed]).model.nodes.values()] == ["Input", "Delay", "LinearReadout"]


def test_walk_forward_fits_the_rows_before_each_stretch_and_prunes_by_the_first():
    class Worst(optuna.pruners.BasePruner):
        def prune(self, study, trial):
            return trial.number % 2 == 1

    found = searched(validation="walk-forward", folds=3, pruner=Worst(), trials=8)
    states = [trial.state.name for trial in found.trials]
    assert states == ["COMPLETE", "PRUNED"] * 4
    assert np.isnan(found.errors[1::2]).all() and found.trials[1].user_attrs["reason"].startswith(
        "Pruned after fold 1 of 3, with an error of"
    )
    first = found.trials[0]
    borders = [96, 144, 192, 240]
    alone = [single(first.params, 0, [X[:a], Y[:a]], [X[a:b], Y[a:b]]) for a, b in itertools.pairwise(borders)]
    assert list(first.intermediate_values.values()) == pytest.approx([np.mean(alone[: k + 1]) for k in range(3)], rel=1e-4)
    assert found.errors[0] == pytest.approx(np.mean(alone), rel=1e-4)
    assert list(found.trials[1].intermediate_values) == [0]


def test_blocks_are_each_told_by_the_others():
    found = searched({"beta": [1e-4]}, validation="blocks", folds=3, trials=1)
    one = trainer(beta=1e-4)
    errors = []
    for k in range(3):
        block = slice(80 * k, 80 * (k + 1))
        y = Y.copy()
        y[block] = np.nan
        with pytest.warns(rc.datasets.DataWarning, match="80 of 240 rows"):
            told = one.fit([X, y], reset=True, gaps="drop").predict(X, reset=True)
        errors.append(nrmse(told[block], Y[block]))
    assert found.value == pytest.approx(np.mean(errors), rel=1e-4)


def test_no_row_of_the_test_part_is_looked_at():
    task = rc.MackeyGlassTask(horizon=5, warmup=50, train=200)
    data = task.prepare()
    poisoned = {name: getattr(data, name).copy() for name in ("inputs", "targets")}
    poisoned["inputs"][data.test_start :] = np.nan
    poisoned["targets"][data.test_start - data.horizon :] = 1e9
    other = TaskData(**{**{name: getattr(data, name) for name in data.__dataclass_fields__}, **poisoned})
    model = rc.Input(1) >> rc.Reservoir(20) >> rc.LinearReadout(1)
    found = [rc.search(rc.RidgeTrainer(model), part, LIVE, trials=4, lanes=4) for part in (task, data, other)]
    assert np.array_equal(found[0].errors, found[2].errors) and np.array_equal(found[1].errors, found[2].errors)
    assert np.isfinite(found[0].errors).all()
    both = {"train": [X, Y], "test": [X * np.nan, Y * np.nan]}
    assert np.array_equal(searched(data=(X, Y)).errors, rc.search(trainer(), both, LIVE, trials=12, lanes=4).errors)


def test_a_run_that_diverges_and_a_setting_that_cannot_be_are_inf_with_a_reason():
    chain = rc.Input(2) >> rc.Reservoir(20, activation="identity", name="reservoir") >> rc.LinearReadout(2)
    long = np.tile(SERIES, (10, 1))
    space = {"reservoir.spectral_radius": [0.5, 2.0], "reservoir.leak_rate": [0.9, 1.0]}
    found = rc.search(rc.RidgeTrainer(chain), [long[:-1], long[1:]], space, trials=4, lanes=4, sampler=optuna.samplers.GridSampler(space))
    wild = [trial for trial in found.trials if trial.params["reservoir.spectral_radius"] == 2.0]
    assert len(found.trials) == 4 and {trial.value for trial in wild} == {np.inf}
    assert {trial.user_attrs["reason"] for trial in wild} == {"The run diverged."} and found.best["reservoir.spectral_radius"] == 0.5

    def odd(predictions, targets):
        return float("nan")

    lost = searched(metric=odd, trials=4)
    assert np.isinf(lost.errors).all() and lost.trials[0].user_attrs["reason"] == "The metric gave no number."
    with pytest.raises(
        ValueError, match=r"rc.search found no setting with an error among 4 trials. The metric gave no number. Search another"
    ):
        lost.best  # noqa: B018


def test_bad_data_are_an_error_and_no_study_of_failures():
    with pytest.raises(ValueError, match=r"rc.search cannot measure a single setting: .*3"):
        searched(data=(np.hstack([X, X[:, :1]]), Y))


def test_a_study_in_a_storage_goes_on_and_refuses_other_data(tmp_path):
    url = f"sqlite:///{tmp_path / 'search.db'}"
    first = [trial.params for trial in searched(trials=4, storage=url, study="one").trials]
    again = searched(trials=12, storage=url, study="one")
    assert [trial.params for trial in again.trials[:4]] == first and len(again.trials) == 12
    assert again.notes == ("Went on from 4 trials. The sampler began anew, so the rest is not what one run would have drawn.",)
    assert len({tuple(trial.params.values()) for trial in again.trials}) == 12
    same = searched(trials=12, storage=url, study="one")
    assert np.array_equal(same.errors, again.errors)
    with pytest.raises(
        ValueError, match=r"rc.search.study 'one' holds errors of another data and another metric, which cannot be compared"
    ):
        searched(trials=12, storage=url, study="one", data=(X, 2 * Y), metric="mse")
    assert len(again.baseline.trials) == 12 and again.baseline.study.study_name == "one (random)"


def test_a_search_that_is_interrupted_keeps_what_it_knows():
    study = optuna.create_study()
    calls = []

    def stop(found):
        calls.append(len(found.trials))
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        searched(study=study, tell=stop)
    assert calls == [4, 8]
    assert len(searched(study=study).trials) == 12


def test_the_same_seed_gives_the_same_search_and_the_baseline_is_random_with_the_same_budget():
    one, other, another = searched(seed=1), searched(seed=1), searched(seed=2, baseline=False)
    assert np.array_equal(one.errors, other.errors) and not np.array_equal(one.errors, another.errors)
    assert another.baseline is None and not one.compared
    assert isinstance(one.baseline.study.sampler, optuna.samplers.RandomSampler) and len(one.baseline.trials) == 12
    assert one.compared and f"random search {one.baseline.value:.3g}"[:17] in repr(one)
    assert one.baseline is one.baseline


def test_a_sampler_that_has_tried_all_ends_the_search():
    space = {"reservoir.leak_rate": [0.3, 0.6, 0.9], "beta": [1e-6, 1e-3]}
    found = searched(space, trials=50, sampler=optuna.samplers.GridSampler(space))
    assert {tuple(trial.params.values()) for trial in found.trials} == {(a, b) for a in (0.3, 0.6, 0.9) for b in (1e-6, 1e-3)}
    assert len(found.trials) < 12


@pytest.mark.parametrize(
    ("make", "space"),
    [
        (lambda: rc.RLS(MODEL), {"reservoir.leak_rate": (0.1, 1.0), "alpha": (1e-3, 1.0)}),
        (lambda: rc.EstimatorTrainer(MODEL, Ridge(1e-4)), {"reservoir.leak_rate": (0.5, 1.0)}),
        (lambda: rc.BPTT(rc.Input(2) >> rc.VanillaRNN(4) >> rc.Dense(2), num_batch=4), {"learning_rate": (1e-4, 1e-2)}),
    ],
    ids=["RLS", "EstimatorTrainer", "BPTT"],
)
def test_other_trainers_are_searched_too(make, space):
    found = rc.search(make(), [X, Y], space, trials=2, lanes=2)
    assert np.isfinite(found.errors).all() and len(set(found.errors)) == 2


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({}, r"rc.search.space must be a dict such as"),
        (
            {"reservoir.leak": (0, 1)},
            r"rc.search.space\['reservoir.leak'\] must be a knob of the model or of the trainer. Did you mean 'reservoir.leak_rate'\?",
        ),
        (
            {"beta": (0.0, 1.0)},
            r"rc.search.space\['beta'\] must start above 0, since Ridge beta lies on a log scale, got \(0.0, 1.0\)",
        ),
        (
            {"reservoir.leak_rate": (0.5, 3.0)},
            r"rc.search.space\['reservoir.leak_rate'\]: Reservoir.leak_rate must be in \[0.001, 1.0\], got 3.0",
        ),
        ({"reservoir.leak_rate": (1.0, 0.5)}, r"must go from a low to a higher value, got \(1.0, 0.5\)"),
        ({"reservoir.leak_rate": 0.5}, r"must be \(low, high\), a list of values, or a distribution of Optuna, got 0.5"),
        ({"reservoir.leak_rate": [0.5, 0.5]}, r"must hold each value once"),
        ({"reservoir.units": (10.5, 20)}, r"must go between whole numbers, got \(10.5, 20\)"),
        ({"reservoir.activation": (1, 2)}, r"must be a list, since Activation is no number: tanh"),
        ({"seed": (0, 9)}, r"rc.search.space\['seed'\] must not be searched: a seed that is chosen is luck"),
        ({"model": [3]}, r"rc.search.space\['model'\] must hold models, got 3 as 'model 1'"),
        ({"model": "deep"}, r"rc.search.space\['model'\] must be a list of models or a dict of them by name, got 'deep'"),
    ],
)
def test_a_space_that_cannot_be_is_refused_in_words(space, words):
    with pytest.raises((ValueError, TypeError), match=words):
        searched(space)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"trials": 0}, r"rc.search.trials must be a whole number from 1 to 1,000,000, got 0"),
        ({"lanes": 65}, r"rc.search.lanes must be a whole number from 1 to 64, got 65"),
        ({"validation": "none"}, r"rc.search.validation must be one of held-out, walk-forward, blocks, got 'none'"),
        ({"folds": 1}, r"rc.search.folds must be a whole number from 2 to 100, got 1"),
        ({"metric": "best"}, r"metric must be one of nrmse, nmse, rmse, mse or a function, got 'best'"),
        (
            {"storage": "search.db"},
            r"rc.search.storage must be a URL or a storage of Optuna, got 'search.db'. A file is 'sqlite:///search.db'",
        ),
        ({"study": 3}, r"rc.search.study must be a study of Optuna or its name, got int"),
        ({"study": optuna.create_study(direction="maximize")}, r"rc.search.study must minimise"),
        ({"data": (X,)}, r"rc.search.data must be \[x, y\] of the training part, a task or its data, got list"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_options_that_cannot_be_are_refused_in_words(options, words):
    with pytest.raises((ValueError, TypeError), match=words):
        searched(**options)


def test_without_optuna_a_sentence_tells_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"rc.search searches by Optuna, which is missing. Install it: pip install 'rcwidgets\[search\]'"):
        searched()


def test_a_store_keeps_each_error_and_only_what_is_missing_is_computed(tmp_path, monkeypatch):
    store = tmp_path / "search.store"
    first = searched(store=store, validation="walk-forward", folds=2, seeds=(0, 1), trials=4)
    asked = []
    usual = Bench.measured
    monkeypatch.setattr(Bench, "measured", lambda bench, group: asked.append(group) or usual(bench, group))
    again = searched(store=store, validation="walk-forward", folds=2, seeds=(0, 1), trials=4)
    assert not asked and np.array_equal(again.errors, first.errors)
    more = searched(store=store, validation="walk-forward", folds=2, seeds=(0, 1, 2), trials=4)
    assert {group.seed for group in asked} == {2}
    assert np.isfinite(more.errors).any()
    asked.clear()
    searched(store=store, data=(X, 2 * Y), validation="walk-forward", folds=2, trials=4)
    assert asked


def test_an_executor_gives_the_same_errors_to_the_last_bit_and_a_fresh_bench_too():
    space = {**LIVE, "reservoir.units": [10, 20]}
    with ThreadPoolExecutor(2) as pool:
        apart = searched(space, executor=pool, seeds=(0, 1), validation="blocks", folds=2, trials=8)
    here = searched(space, seeds=(0, 1), validation="blocks", folds=2, trials=8)
    assert np.array_equal(apart.errors, here.errors) and np.isfinite(here.errors).all()
    assert [trial.params for trial in apart.trials] == [trial.params for trial in here.trials]


def test_what_is_code_is_refused_with_an_executor_or_a_store(tmp_path):
    with pytest.raises(
        ValueError, match=r"rc.search.metric must be one of nrmse, nmse, rmse, mse with an executor or a store, got a function"
    ):
        searched(store=tmp_path / "a", metric=nrmse)
    with pytest.raises(
        TypeError, match=r"rc.search.trainer must be one of RidgeTrainer, .* with an executor or a store, got EstimatorTrainer"
    ):
        rc.search(rc.EstimatorTrainer(MODEL, Ridge(1.0)), [X, Y], {"reservoir.leak_rate": (0.1, 1.0)}, store=tmp_path / "a")
    with pytest.raises(TypeError, match=r"executor must be a dask.distributed.Client or a concurrent.futures.Executor, got int"):
        searched(executor=3)


def test_rows_without_a_target_are_left_out_and_said_once():
    y = Y.copy()
    y[10:13] = np.nan
    with pytest.warns(rc.datasets.DataWarning, match="3 of 240 rows of the targets have no number") as told:
        found = searched({"beta": [1e-4]}, data=(X, y), gaps="drop", trials=1)
    assert len(told) == 1
    with pytest.warns(rc.datasets.DataWarning):
        one = trainer(beta=1e-4).fit([X[:192], y[:192]], gaps="drop")
    assert found.value == pytest.approx(nrmse(one.predict(X[192:]), Y[192:]), rel=1e-4)

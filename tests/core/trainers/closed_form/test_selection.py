"""RidgeTrainer(beta="auto"): the beta of each readout, and what it is not."""

import numpy as np
import pytest

from rcwidgets.core.algebra.selection import BETAS
from rcwidgets.core.datasets import sunspots
from rcwidgets.core.loading import load
from rcwidgets.core.metrics import nrmse
from rcwidgets.core.nodes import Input, Last, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.sweep.sweep import sweep
from tests.core.trainers.chain import chain, states_of


@pytest.fixture
def noisy(generator):
    """Inputs, and targets that follow the last input with noise, so that the best beta is far from 0."""
    x = generator.normal(size=(2, 150, 2))
    return x, np.roll(x, 1, axis=1) + 2 * generator.normal(size=(2, 150, 2))


def defined(x, y, beta):
    """Generalised cross-validation with the hat matrix written out; a free constant."""
    design = np.hstack([x, np.ones((len(x), 1))])
    penalty = np.diag([beta] * x.shape[1] + [0.0])
    hat = design @ np.linalg.solve(design.T @ design + penalty, design.T)
    return (np.square(y - hat @ y).sum(axis=0) / y.var(axis=0)).sum() / (len(x) - np.trace(hat)) ** 2


def test_cross_validated_takes_the_beta_of_least_generalised_cross_validation_and_fits_all_rows(noisy):
    x, y = noisy
    model = chain(input_scaling=0.5)
    trainer = RidgeTrainer(model, beta="auto", selection="cross-validated", dtype="float64").fit([x, y])
    states, rows = states_of(trainer, x), y.reshape(-1, 2)
    candidates = BETAS[BETAS > 1e-6]
    assert 1e-6 < trainer.betas["readout"] < 100
    assert trainer.settings.selection == "cross-validated"
    assert trainer.betas == {"readout": candidates[np.argmin([defined(states, rows, beta) for beta in candidates])]}
    by_hand = RidgeTrainer(model, beta=trainer.betas["readout"], dtype="float64").fit([x, y])
    np.testing.assert_allclose(trainer.params["readout"]["W"], by_hand.params["readout"]["W"], rtol=1e-6)
    assert by_hand.betas == trainer.betas


def blocked(states, targets, blocks, beta):
    """The NRMSE, squared, of each block predicted by a fit to all others, with the normal equations written out; a free constant."""
    squares = np.zeros(targets.shape[1])
    for held in (blocks == k for k in np.unique(blocks)):
        x, y = states[~held], targets[~held]
        mean, offset = x.mean(axis=0), y.mean(axis=0)
        w = np.linalg.solve((x - mean).T @ (x - mean) + beta * np.eye(x.shape[1]), (x - mean).T @ (y - offset))
        squares += np.square((states[held] - mean) @ w + offset - targets[held]).sum(axis=0)
    return (squares / targets.var(axis=0)).sum()


def test_auto_takes_the_beta_that_is_best_on_each_fifth_in_turn_and_fits_all_rows(noisy):
    x, y = noisy
    model = chain(20, input_scaling=0.5)
    trainer = RidgeTrainer(model, beta="auto", dtype="float64").fit([x, y])
    blocks = np.tile(np.repeat(np.arange(5), 30), 2)
    errors = [blocked(states_of(trainer, x), y.reshape(-1, 2), blocks, beta) for beta in BETAS[BETAS > 1e-3]]
    assert 1e-3 < trainer.betas["readout"] < 100
    assert trainer.settings.selection == "blocked"
    assert trainer.betas == {"readout": BETAS[BETAS > 1e-3][np.argmin(errors)]}
    by_hand = RidgeTrainer(model, beta=trainer.betas["readout"], dtype="float64").fit([x, y])
    np.testing.assert_allclose(trainer.params["readout"]["W"], by_hand.params["readout"]["W"], rtol=1e-6)
    np.testing.assert_allclose(trainer.predict(x[:, :5]), by_hand.predict(x[:, :5]), rtol=1e-6)


def test_on_the_yearly_sunspots_blocks_find_what_generalised_cross_validation_loses():
    """Neighbouring years are not independent: it takes the least beta there is, whose forecast is worse than none (NRMSE 33.5)."""
    number = sunspots()["number"]
    number = (number - number[20:229].mean()) / number[20:229].std()
    found = {}
    for selection in ("blocked", "held out", "cross-validated"):
        trainer = RidgeTrainer(Input(1) >> Reservoir(200) >> LinearReadout(1), beta="auto", selection=selection)
        trainer.predict(number[:20])
        trainer.fit([number[20:228], number[21:229]])
        found[selection] = trainer.betas["readout"], nrmse(trainer.predict(number[228:-1]), number[229:])
    assert found["cross-validated"][0] == 1e-12 and found["cross-validated"][1] > 10
    assert found["blocked"][0] > 1e-5 and found["blocked"][1] < 0.55
    assert found["held out"][1] < 0.55


def test_where_the_least_beta_is_best_the_rows_tell_it_and_not_their_moments(generator):
    x = generator.normal(size=(300, 2))
    trainer = RidgeTrainer(Input(2) >> LinearReadout(1), beta="auto", dtype="float64").fit([x, x[:, :1] - 2 * x[:, 1:]])
    assert trainer.betas == {"readout": 1e-12}
    np.testing.assert_allclose(trainer.params["readout"]["W"][:, 0], [1, -2], rtol=1e-6)


def test_held_out_takes_the_beta_that_is_best_on_the_last_fifth_and_fits_all_rows(noisy):
    x, y = noisy
    model = chain(20, input_scaling=0.5)
    trainer = RidgeTrainer(model, beta="auto", selection="held out", dtype="float64").fit([x, y])

    def error(beta):
        part = RidgeTrainer(model, beta=beta, dtype="float64").fit([x[:, :120], y[:, :120]])
        return (np.square(part.predict(x[:, 120:]) - y[:, 120:]).mean(axis=(0, 1)) / y.var(axis=(0, 1))).mean()

    candidates = BETAS[(BETAS > 1e-3)]
    assert 1e-3 < trainer.betas["readout"] < 100
    assert trainer.betas == {"readout": candidates[np.argmin([error(beta) for beta in candidates])]}
    by_hand = RidgeTrainer(model, beta=trainer.betas["readout"], dtype="float64").fit([x, y])
    np.testing.assert_allclose(trainer.params["readout"]["W"], by_hand.params["readout"]["W"], rtol=1e-6)
    np.testing.assert_allclose(trainer.predict(x[:, :5]), by_hand.predict(x[:, :5]), rtol=1e-6)


@pytest.mark.parametrize("selection", ["blocked", "cross-validated", "held out"])
def test_each_readout_has_its_own_beta_whatever_number_is_given(selection, generator):
    i, r = Input(2), Reservoir(30, seed=0)
    graph = (i >> r >> LinearReadout(name="clear")) & (r >> LinearReadout(name="noise")) & (i >> LinearReadout(name="deep"))
    x = generator.normal(size=(200, 2))
    y = {"clear": x, "noise": generator.normal(size=(200, 1)), "deep": x}
    trainer = RidgeTrainer(graph, beta=7.0, selection=selection).fit([x, y])
    assert trainer.betas["clear"] < trainer.betas["noise"]
    other = RidgeTrainer(graph, beta="auto", selection=selection).fit([x, y])
    assert other.betas == trainer.betas


@pytest.mark.parametrize("selection", ["blocked", "cross-validated", "held out"])
def test_series_of_unequal_length_count_row_by_row(selection, generator):
    lengths, model = (40, 100, 60), chain(10, input_scaling=0.5)
    x = [generator.normal(size=(length, 2)) for length in lengths]
    y = [np.roll(one, 1, axis=0) + generator.normal(size=one.shape) for one in x]
    trainer = RidgeTrainer(model, beta="auto", selection=selection, dtype="float64").fit([x, y])
    states = [states_of(trainer, one) for one in x]
    if selection == "held out":
        cuts = [length * 4 // 5 for length in lengths]
        early, fitted = (np.vstack([one[:cut] for one, cut in zip(whole, cuts, strict=True)]) for whole in (states, y))
        late, later = (np.vstack([one[cut:] for one, cut in zip(whole, cuts, strict=True)]) for whole in (states, y))
        centred, means = early - early.mean(axis=0), (early.mean(axis=0), fitted.mean(axis=0))

        def error(beta):
            w = np.linalg.solve(centred.T @ centred + beta * np.eye(10), centred.T @ fitted)
            return (np.square((late - means[0]) @ w + means[1] - later).mean(axis=0) / np.vstack(y).var(axis=0)).sum()
    elif selection == "blocked":
        blocks = np.concatenate([np.repeat(np.arange(5), length // 5) for length in lengths])

        def error(beta):
            return blocked(np.vstack(states), np.vstack(y), blocks, beta)
    else:

        def error(beta):
            return defined(np.vstack(states), np.vstack(y), beta)

    candidates = BETAS[BETAS > 1e-6]
    assert trainer.betas == {"readout": candidates[np.argmin([error(beta) for beta in candidates])]}


def test_of_one_target_a_series_every_fifth_series_is_held_out(generator):
    x = generator.normal(size=(20, 15, 2))
    y = x[:, -1] + 1.7 * generator.normal(size=(20, 2))
    model = Input(2) >> Last() >> LinearReadout(2)
    trainer = RidgeTrainer(model, beta="auto", selection="held out", dtype="float64").fit([x, y])
    held = np.arange(20) % 5 == 4

    def error(beta):
        part = RidgeTrainer(model, beta=beta, dtype="float64").fit([x[~held], y[~held]])
        return (np.square(part.predict(x[held], reset=True) - y[held]).mean(axis=0) / y.var(axis=0)).sum()

    candidates = BETAS[BETAS > 1e-4]
    assert 1e-4 < trainer.betas["readout"] < 100
    assert trainer.betas == {"readout": candidates[np.argmin([error(beta) for beta in candidates])]}


def test_of_one_target_a_series_every_fifth_series_is_a_block(generator):
    x = generator.normal(size=(20, 15, 2))
    y = x[:, -1] + 1.7 * generator.normal(size=(20, 2))
    trainer = RidgeTrainer(Input(2) >> Last() >> LinearReadout(2), beta="auto", dtype="float64").fit([x, y])
    errors = [blocked(x[:, -1], y, np.arange(20) % 5, beta) for beta in BETAS[BETAS > 1e-4]]
    assert trainer.betas == {"readout": BETAS[BETAS > 1e-4][np.argmin(errors)]}


def test_the_betas_are_saved(noisy, tmp_path):
    trainer = RidgeTrainer(chain(), beta="auto").fit(list(noisy))
    again = load(trainer.save(tmp_path / "model.npz"))
    assert again.betas == trainer.betas
    assert again.settings.selection == "blocked"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"beta": "atuo"}, r'RidgeTrainer.beta must be a number or "auto", got \'atuo\'\.'),
        ({"beta": "auto", "selection": "fixed"}, r'RidgeTrainer.selection must not be "fixed" where beta is "auto"'),
        ({"selection": "gcv"}, "RidgeTrainer.selection must be one of fixed, blocked, held out, cross-validated, got 'gcv'"),
        ({"beta": -1e-9}, r"RidgeTrainer.beta must be in \[0.0, 1000000000000.0\], got -1e-09"),
        ({"beta": np.nan}, r"RidgeTrainer.beta must be in \[0.0"),
    ],
)
def test_a_wrong_beta_is_a_sentence(options, words):
    with pytest.raises(ValueError, match=words):
        RidgeTrainer(chain(), **options)


@pytest.mark.parametrize("selection", ["blocked", "cross-validated", "held out"])
def test_where_beta_cannot_be_chosen_it_says_so(selection, generator):
    x = generator.normal(size=(20, 2))
    with pytest.raises(ValueError, match="Ridge.beta cannot be chosen by the error: the targets never change"):
        RidgeTrainer(chain(), beta="auto", selection=selection).fit([x, np.ones((20, 2))])
    with pytest.raises(ValueError, match="RidgeTrainer.beta cannot be chosen from 4 rows. Train on at least 5"):
        RidgeTrainer(chain(), beta="auto", selection=selection).fit([x[:4], x[:4]])


def test_each_lane_and_each_setting_of_a_sweep_chooses_its_own_beta(noisy):
    x, y = noisy
    model = chain(20, input_scaling=0.5)
    lanes = Lanes(RidgeTrainer(model, beta="auto", dtype="float64"), {"reservoir.leak_rate": [0.3, 1.0]}).fit([x, y])
    for lane, leak in zip(lanes, (0.3, 1.0), strict=True):
        alone = RidgeTrainer(model.replace("reservoir", leak_rate=leak), beta="auto", dtype="float64").fit([x, y])
        assert lane.betas == alone.betas
        np.testing.assert_allclose(lane.params["readout"]["W"], alone.params["readout"]["W"], rtol=1e-6)
    assert lanes[0].betas != lanes[1].betas
    found = sweep(RidgeTrainer(model, beta="auto"), [x[0], y[0]], {"reservoir.leak_rate": [0.3, 1.0]})
    assert np.isfinite(found.errors).all()
    with pytest.raises(ValueError, match=r"Lanes.knobs must be live knobs, got 'beta'"):
        Lanes(RidgeTrainer(chain(), beta="auto"), {"beta": [0.3, 0.5]})

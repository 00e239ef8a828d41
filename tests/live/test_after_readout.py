"""Models that go on after their readout, on the canvas: the numbers of the Python that the canvas exports, and what it says."""

import contextlib
import io

import numpy as np
import pytest

from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Activation, Concat, Input, LinearReadout, Reservoir, Scale, Select, Sum
from rcwidgets.core.tasks import SunspotTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.online.settings import FORCESettings, LMSSettings, RLSSettings
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.status import node_statuses


def network(**knobs):
    return Reservoir(20, spectral_radius=0.7, leak_rate=1.0, input_scaling=0.1, seed=0, **knobs)


def residual():
    i = Input()
    return [i, i >> network() >> LinearReadout()] >> Sum()


def bounded():
    """A tanh in the loop, and after it what brings it to the range of the data."""
    i, r, o, f, s = Input(1), network(feedback_scaling=0.3), LinearReadout(1), Activation("tanh"), Scale(factor=6.0)
    return (i >> r >> o >> f >> s) & (r << f)


def joined():
    i, r = Input(1), network()
    return (i >> r) & ([r >> LinearReadout(1), r] >> Concat() >> Select("0") >> Scale(offset=0.5))


def delayed():
    """A reservoir beside the readout, which a sum takes in."""
    i, r = Input(1), network()
    return (i >> r) & ([r >> LinearReadout(1), i >> Reservoir(1, seed=3)] >> Sum())


SETTINGS = [RidgeSettings(beta=0.1), RLSSettings(), LMSSettings(epochs=3, normalised=True), FORCESettings(), BPTTSettings(num_train=2)]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda one: one.kind)
@pytest.mark.parametrize("model", [residual, bounded, delayed])
def test_the_canvas_gives_what_its_code_gives(model, settings):
    document = Document(model(), SunspotTask(), settings)
    experiment = Experiment(document.graph, task=document.task, trainer=settings, auto=False)
    experiment.run()
    results = experiment.wait()
    space = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(to_code(experiment.document), "<code>", "exec"), space)
    data = results.data
    assert results.test_nrmse == pytest.approx(space["nrmse"], rel=2e-2 if settings.kind == "BPTT" else 2e-3)
    predicted = np.asarray(space["predicted"]) * data.scale + data.mean
    np.testing.assert_allclose(results.forecast, predicted, atol=0.02 * results.truth.std())
    trainer = experiment.trainer
    if settings.kind == "RidgeTrainer":  # what is shown of the training part is what a trainer says of it
        trainer = space["trainer"]
        rows = slice(data.warmup, data.test_start)
        if model is not bounded:
            trainer.predict(data.inputs[: data.warmup], reset=True)
            error = np.asarray(trainer.predict(data.inputs[rows])) - data.targets[rows]
            nrmse = np.sqrt(np.mean(error**2) / data.targets[rows].var())
            assert results.train_nrmse == pytest.approx(nrmse, rel=1e-3)
    experiment.close()


def test_a_document_with_it_is_written_and_read_and_says_how_its_readout_is_fitted():
    document = Document(Input() >> network() >> LinearReadout() >> Activation("softmax"), SunspotTask(), RidgeSettings())
    again = Document.from_json(document.to_json())
    assert again.key() == document.key()
    statuses = node_statuses(document, None, [], {})
    text = {document.graph.names[id]: (status.state, status.text) for id, status in statuses.items()}
    assert text["readout"] == ("ok", "fitted to the targets themselves")
    assert text["activation"] == ("ok", "ok")


def test_a_target_out_of_range_and_a_way_without_return_are_told_in_words():
    for after, words in (
        (Activation("tanh"), "The target of activation must lie between -1 and 1"),
        (Select("0,0"), "select has 2 features"),
    ):
        experiment = Experiment(Input() >> network() >> LinearReadout(1) >> after, task="sunspots", trainer=RidgeSettings())
        assert experiment.wait() is None
        assert words in experiment.status.message
        experiment.close()

"""What functions of the user's own print: caught in the experiment's threads alone, bounded, and plain."""

import io
import sys
import threading
from contextlib import redirect_stdout

import jax
import numpy as np
import pytest

from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.printed import LONGEST, Printed
from tests.live.test_failure import SMALL, recurrent


def trained(series, loss):
    experiment = Experiment(recurrent(), data=series, trainer=BPTT(recurrent(), loss=loss, **SMALL))
    experiment.run()
    experiment.wait(120)
    return experiment


def test_prints_of_a_loss_are_the_experiments_and_no_cells(series, capsys):
    def loss(predictions, targets):
        print("traced with", predictions.ndim, "axes")
        jax.debug.print("computed <b>{}</b>", predictions.shape[-1])
        return np.float32(1) * ((predictions - targets) ** 2).mean()

    experiment = trained(series, loss)
    jax.effects_barrier()
    assert "traced with 3 axes" in experiment.status.output
    assert "computed <b>2</b>" in experiment.status.output
    assert "traced" not in capsys.readouterr().out
    experiment.close()


def test_the_traceback_of_an_error_shows_the_users_own_code_alone(series):
    def loss(predictions, targets):
        print("before it")
        return {}["weights"]

    experiment = trained(series, loss)
    assert experiment.status.activity == "failed"
    output = experiment.status.output
    assert output.startswith("before it\n") and output.endswith("KeyError: 'weights'\n")
    assert 'return {}["weights"]' in output and "site-packages" not in output and "rcwidgets/live" not in output
    experiment.set("trainer", loss="mean_squared_error")
    experiment.run()
    experiment.wait(120)
    assert experiment.status.output == ""
    experiment.close()


def test_other_threads_print_where_they_did():
    printed, beside = Printed(), io.StringIO()
    with redirect_stdout(beside):
        with printed.caught():
            print("mine")
            other = threading.Thread(target=lambda: print("another's"))
            other.start()
            other.join()
        print("after")
    assert (printed.text, beside.getvalue()) == ("mine\n", "another's\nafter\n")
    assert not hasattr(sys.stdout, "beside")


def test_what_one_job_prints_takes_the_place_of_what_another_did():
    printed = Printed()
    with printed.caught():
        print("one")
    with printed.caught():
        pass
    assert printed.text == "one\n"
    with printed.caught():
        print("two")
    assert printed.text == "two\n"


@pytest.mark.parametrize("text, kept", [("\x1b[31mred\x1b[0m\r\x07 \ttab\n", "red \ttab\n"), ("x" * 9_000, "... " + "x" * LONGEST)])
def test_it_is_plain_text_of_a_bounded_length(text, kept):
    printed = Printed()
    printed.add(text)
    assert printed.text == kept

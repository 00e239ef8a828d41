"""What views ask for beyond the results: right numbers, computed when watched, and again only for other weights."""

import threading

import pytest

from rcwidgets.live.on_demand import watching as looks


def test_an_unknown_look_is_an_error_with_the_names(waves):
    with pytest.raises(ValueError, match="Experiment.look must be one of closed loop, spectrum, activity, got 'aura'"):
        waves.look("aura")


@pytest.fixture
def counted(monkeypatch):
    """A look that counts how often it is computed, and of which results."""
    seen = []
    monkeypatch.setitem(looks.LOOKS, "counted", lambda results, before, checkpoint: seen.append(results.revision) or len(seen))
    return seen


def test_a_look_is_computed_only_while_it_is_watched(waves, counted):
    waves.set("reservoir", leak_rate=0.5)
    waves.wait(60)
    assert counted == []
    news = []
    waves.subscribe(news.append)
    leave = waves.looks.watch("counted")
    waves.wait(60)
    assert len(counted) == 1 and waves.looks.newest("counted") == 1 and "looks" in news
    waves.set("reservoir", leak_rate=0.6)
    waves.wait(60)
    assert len(counted) == 2 and counted[-1] == waves.revision
    leave()
    waves.set("reservoir", leak_rate=0.7)
    waves.wait(60)
    assert len(counted) == 2


def test_a_look_is_computed_once_for_the_same_weights(waves, counted):
    assert waves.look("counted") == waves.look("counted") == 1
    waves.looks.watch("counted")
    waves.wait(60)
    assert len(counted) == 1


def test_a_change_does_not_wait_for_a_look(waves, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(results, before, checkpoint):
        begun.set()
        go_on.wait(60)
        checkpoint()
        return "done"

    monkeypatch.setitem(looks.LOOKS, "slow", slow)
    waves.looks.watch("slow")
    assert begun.wait(60)
    waves.set("reservoir", leak_rate=0.5)
    assert waves._worker.wait(60) and waves.results.revision == waves.revision  # while the look is still being computed
    go_on.set()
    waves.wait(60)
    assert waves.looks.newest("slow") == "done"


def test_a_look_that_fails_leaves_the_experiment_alive(waves, monkeypatch, caplog):
    def broken(results, before, checkpoint):
        raise ZeroDivisionError

    caplog.set_level("INFO", "rcwidgets.live.on_demand.watching")
    monkeypatch.setitem(looks.LOOKS, "broken", broken)
    waves.looks.watch("broken")
    waves.wait(60)
    assert waves.status.message == "There is no broken. Computing it failed: ZeroDivisionError."
    assert "A look at the broken failed." in caplog.messages
    waves.set("reservoir", leak_rate=0.5)
    assert waves.wait(60).revision == waves.revision

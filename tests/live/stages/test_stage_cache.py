"""What stages leave for the next run: the newest value of each, made once for a key, and what it fed let go before a new one."""

import pytest

from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.live.stages.stage_cache import StageCache


def test_a_value_is_made_once_for_a_key():
    cache, made = StageCache(), []

    def make():
        made.append(1)
        return len(made)

    assert [cache.keep("states", key, make) for key in ("a", "a", "b", "a")] == [1, 1, 2, 3]


def test_a_new_value_lets_go_of_the_old_one_and_of_what_it_fed_first():
    cache = StageCache()
    cache.keep("fits", 1, lambda: "fits of 1")
    cache.keep("states", 1, lambda: "states of 1", feeds="fits")
    assert cache.keep("fits", 1, lambda: "made anew") == "made anew"

    def fails():
        raise MemoryError

    with pytest.raises(MemoryError):
        cache.keep("states", 2, fails, feeds="fits")
    assert cache.keep("states", 1, lambda: "nothing was there") == "nothing was there"
    assert cache.keep("fits", 1, lambda: "nor here") == "nor here"


def test_a_program_compiles_the_first_time():
    cache = StageCache()
    assert [cache.compiles(key) for key in ("one", "one", "two")] == [True, False, True] and cache.counts["compiles"] == 2


def test_a_function_of_ones_own_that_is_not_there_is_a_sentence():
    settings = BPTTSettings(loss="own")
    assert StageCache(functions={"loss": abs}).functions_of(settings) == {"loss": abs}
    assert StageCache(functions={"loss": abs}).functions_of(BPTTSettings()) == {}
    with pytest.raises(ValueError, match=r"BPTT\.loss is a function of your own, which a file cannot hold\. Give it in Python"):
        StageCache().functions_of(settings)

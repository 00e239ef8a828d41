"""Compiled programs on disk: found again by the next process, in a folder of the user's, and never in the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import platformdirs
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

from rcwidgets.core import compile_cache as cache

pytestmark = pytest.mark.optimised  # as are its processes

SCRIPT = """
import json
from jax import monitoring
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.live.experiment import Experiment

hits = []
monitoring.register_event_listener(lambda event, **_: hits.append(event) if event.endswith("/cache_hits") else None)
experiment = Experiment(Input() >> Reservoir(20, seed=0) >> LinearReadout(), task="sunspots")
print(json.dumps([len(hits), experiment.wait(100).forecast.tolist() and len(hits), float(experiment.results.test_nrmse)]))
"""


@pytest.fixture
def config(monkeypatch):
    """JAX's settings as at its start; what a test changes is taken back."""
    names = ("jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs", "jax_enable_compilation_cache")
    before = {name: getattr(jax.config, name) for name in names}
    monkeypatch.setattr(cache, "_asked", False)
    jax.config.update("jax_compilation_cache_dir", None)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 1.0)
    yield jax.config
    for name, value in before.items():
        jax.config.update(name, value)


def test_a_second_process_reads_what_the_first_compiled_and_finds_the_same(tmp_path):
    found = []
    for _ in range(2):
        environment = {**os.environ, cache.VARIABLE: str(tmp_path)}
        done = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, done.stderr[-3000:]
        found.append(json.loads(done.stdout))
    (_, before, error), (_, after, again) = found
    assert before == 0 and after > 0 and error == again
    assert any((tmp_path / cache.machine()).iterdir())


def test_it_is_switched_on_once_in_the_folder_that_is_named(config, monkeypatch, tmp_path):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "here"))
    cache.keep_compiled()
    assert config.jax_compilation_cache_dir == str(tmp_path / "here" / cache.machine())
    assert config.jax_persistent_cache_min_compile_time_secs == cache.QUICK
    config.update("jax_compilation_cache_dir", None)
    cache.keep_compiled()
    assert config.jax_compilation_cache_dir is None


@pytest.mark.parametrize("case", ["off", "own", "disabled"])
def test_it_is_off_where_the_user_says_so_and_leaves_a_cache_of_the_users_own(config, monkeypatch, tmp_path, case):
    monkeypatch.setenv(cache.VARIABLE, "off" if case == "off" else str(tmp_path))
    own = "/of/the/user" if case == "own" else None
    config.update("jax_compilation_cache_dir", own)
    config.update("jax_enable_compilation_cache", case != "disabled")
    cache.keep_compiled()
    assert config.jax_compilation_cache_dir == own and list(tmp_path.iterdir()) == []


def test_a_folder_that_refuses_is_logged_and_nothing_else(config, monkeypatch, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file"))
    with caplog.at_level("INFO", "rcwidgets.core.compile_cache"):
        cache.keep_compiled()
    assert config.jax_compilation_cache_dir is None
    assert caplog.messages[0].startswith("Compiled programs are not kept on disk: ")


@pytest.mark.parametrize(
    ("system", "variables", "folder"),
    [
        (Unix, {"XDG_CACHE_HOME": "/tmp/kept"}, "/tmp/kept/rcwidgets"),
        (Unix, {"XDG_CACHE_HOME": ""}, "~/.cache/rcwidgets"),
        (MacOS, {"XDG_CACHE_HOME": ""}, "~/Library/Caches/rcwidgets"),
        (Windows, {}, "/local/rcwidgets/Cache"),
    ],
)
def test_the_usual_folder_is_that_of_the_system(monkeypatch, system, variables, folder):
    monkeypatch.setattr(platformdirs, "PlatformDirs", system)
    monkeypatch.setattr(platformdirs.windows, "get_win_folder", lambda name: {"CSIDL_LOCAL_APPDATA": "/local"}[name])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache.usual_folder() == Path(folder).expanduser()


def test_the_oldest_files_go_first(tmp_path):
    for age, name in enumerate(("new", "middle", "old")):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    cache.prune(tmp_path, 250)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["middle", "new"]
    cache.prune(tmp_path, 250)
    assert len(list(tmp_path.iterdir())) == 2

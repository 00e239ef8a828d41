"""The names for users: all there, and all to be found before the first use."""

import json
import subprocess
import sys

import rcwidgets as rc
from rcwidgets.core.spec.registry import TASKS

LISTED = """
import json, sys, rcwidgets
before, lowered = sorted(sys.modules), []
sys.modules["jax"].monitoring.register_event_duration_secs_listener(lambda name, *_, **more: "jaxpr_to_mlir" in name and lowered.append(more))
rcwidgets.Experiment().wait()
print(json.dumps([dir(rcwidgets), rcwidgets.__all__, before, sorted(sys.modules), len(lowered)]))
"""
JUPYTER = {"rcwidgets.widgets", "ipywidgets", "bqplot", "anywidget", "IPython"}
HEAVY = {"pandas", "optax", "optuna", "distributed", "sklearn", "matplotlib", "jax.extend", "jax.scipy.linalg"}
SCIPY = {"scipy.linalg", "scipy.sparse", "scipy.signal", "scipy.stats", "scipy.ndimage", "scipy.io"}


def test_dir_lists_the_widgets_before_their_first_use_and_heavy_packages_are_left_until_they_are_needed():
    done = subprocess.run([sys.executable, "-c", LISTED], capture_output=True, text=True, timeout=120)
    listed, public, imported, used, programs = json.loads(done.stdout)
    assert set(public) <= set(listed) and listed == sorted(set(listed))
    assert {"Playground", "RunsTable", "controls", "__version__"} <= set(listed)
    assert "scipy" in imported and not (JUPYTER | HEAVY | SCIPY) & set(imported)
    assert not (JUPYTER | SCIPY) & set(used)  # the first results neither
    assert 1 <= programs <= 2  # the scan, and the look at what options this XLA knows: each small one more takes 20 ms


def test_every_task_and_the_table_of_runs_are_there():
    assert set(TASKS.values()) == {getattr(rc, cls.__name__) for cls in TASKS.values()}
    assert {cls.__name__ for cls in TASKS.values()} <= set(rc.__all__)
    assert rc.tasks.SunspotTask is rc.SunspotTask
    table = rc.RunsTable(rc.Input() >> rc.Reservoir(10) >> rc.LinearReadout())
    assert list(table.experiment.runs) == []
    table.close()


def test_a_view_is_as_high_as_it_is_asked_to_be():
    experiment = rc.Experiment(task="sunspots", auto=False)
    views = [rc.LossView(experiment), rc.LossView(experiment, height=300)]
    usual, higher = (int(view.panels[0].widget.layout.height.removesuffix("px")) for view in views)
    assert higher - usual == 100
    for view in views:
        view.close()

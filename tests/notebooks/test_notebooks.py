"""Every notebook that ships runs from top to bottom, in a kernel of its own, without an error."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
# What the sentences of a notebook say about its numbers: a pattern with one number, and the least and the most that it may be.
SENSE = {
    "01_playground.ipynb": [(r"test NRMSE (\S+), 1 step", 0.0, 0.01)],
    "02_echo_state_network.ipynb": [
        (r"\n1 step ahead: mean squared error \S+, NRMSE (\S+) ", 0.0, 0.03),
        (r"\n10 steps ahead: mean squared error \S+, NRMSE (\S+) ", 0.0, 0.1),
        (r"\n100 steps ahead: mean squared error \S+, NRMSE (\S+) ", 1.0, 1e3),  # worse than the mean
        (r"\n +1 +(\S+) +\S+\n", 0.0, 2e-4),
        (r"\n +100 +(\S+) +\S+\n", 0.7, 2.0),  # beyond the crossing or on it
    ],
    "03_next_generation.ipynb": [
        (r"\ntest: mean squared error (\S+),", 0.17, 0.64),
        (r"has (\d+)% of its squared error there", 50, 100),  # most of the error
        (r"without products: NRMSE (\S+)", 0.9, 1.1),
        (r"one step ahead: mean squared error (\S+)", 0.0, 1e-10),
        (r"noise 0.001: right for (\S+) Lyapunov", 2.0, 10.0),
    ],
    "04_bptt_integrator.ipynb": [
        (r"mean squared error alone: (\S+)", 0.0, 5e-4),
        (r"the penalty: +(\S+)", 5e-3, 3e-2),  # most of the loss
        (r"largest eigenvalue, median of 20 series: (\S+)", 0.95, 1.05),
    ],
    "05_force.ipynb": [
        (r"NRMSE over ten periods on its own: (\S+)", 0.0, 0.5),
        (r"FORCE +spectrum distance (\S+)", 0.0, 0.1),
        (r"untrained +spectrum distance (\S+)", 0.5, 1.0),
    ],
}


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the settings, kernels and start-up files of whoever runs the tests out of it."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.delenv("JUPYTER_PATH", raising=False)


def test_there_are_notebooks() -> None:
    assert "01_playground.ipynb" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_notebook_runs(name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    notebook = nbformat.read(folder / name, as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    assert any(cell.get("execution_count") for cell in notebook.cells)
    said = "\n" + "".join(out.text for cell in notebook.cells for out in cell.get("outputs", []) if out.output_type == "stream")
    for pattern, least, most in SENSE.get(name, []):
        found = re.search(pattern, said)
        assert found is not None, pattern
        assert least <= float(found[1]) <= most, pattern


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_committed_without_outputs(name: str) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)

"""Every notebook that ships runs from top to bottom, in a kernel of its own, without an error."""

import re
import shutil
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter

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
    "06_good_reservoir.ipynb": [
        (r"\n +1\.2   does not forget +forgets in (\d+) steps", 100, 600),  # calmed by its input
        (r"radius 0\.9: memory (\S+) of 50", 15, 30),
        (r"radius 1\.5: memory (\S+) of 50", 0, 8),
        (r"ring of 20: memory (\S+),", 18.8, 19.2),
        (r"\n +3\.0 +\S+ +(\S+)\n", 1, 3),  # bends
        (r"leak 1\.0: .*40 steps (\S+)", 0, 0.04),
        (r"leak 0\.1: .*40 steps (\S+)", 0.05, 0.1),  # the lines have crossed
        (r"good start: NRMSE (\S+)", 0.2, 0.35),
        (r"too slow, leak 0\.1: NRMSE (\S+)", 0.45, 0.8),
    ],
    "07_own_data.ipynb": [
        (r"reservoir: test NRMSE (\S+)", 0.37, 0.45),
        (r"AR\(12\): test NRMSE (\S+) ", 0.37, 0.38),
        (r"horizon 11: reservoir (\S+), Persistence", 0.6, 1.1),
        (r"\nreservoir: (\S+)% right", 95, 99),
        (r"\nwithout a reservoir: (\S+)% right", 80, 90),
        (r"mean: (\S+) where wrong", 0.2, 0.5),
        (r"on the canvas: (\S+)% right", 96, 100),
    ],
    "08_sweeps.ipynb": [
        (r"(\d+) networks trained", 160, 160),
        (r"tested once: NRMSE (\S+)", 0.25, 0.4),
        (r"worst over best seed: (\S+)", 1.05, 1.6),
        (r"on the 60 test rows: .* better by (\d+)%", 20, 50),
        (r"on fresh data: .* better by (\d+)%", 0, 19),  # most of it was luck
        (r"page: best held-out NRMSE (\S+),", 0.2, 0.6),
        (r"set: test NRMSE (\S+)", 0.3, 0.6),
    ],
    "09_deep_and_parallel.ipynb": [
        (r"layer 1: most disturbed after (\d+) steps", 0, 0),
        (r"layer 3: most disturbed after (\d+) steps", 3, 9),
        (r"one of 100 units: NRMSE (\S+)", 0.08, 0.2),
        (r"one of 300 units: NRMSE (\S+)", 0.02, 0.06),
        (r"three of 100 units: NRMSE (\S+)", 0.02, 0.06),  # no better
        (r"one of 600 units: valid for (\S+) time", 0.4, 1.3),
        (r"six of 100 units: valid for (\S+) time", 1.1, 2.6),
    ],
    "10_teaching.ipynb": [
        (r"the seed of Ada Lovelace: (\d+)", 1_470_960_157, 1_470_960_157),  # the same on every machine
        (r"not yet: NRMSE must be at most 0\.5, and is (\S+)\.\n", 0.9, 1.5),
        (r"reached: test NRMSE (\S+)", 0.36, 0.5),
        (r"seen: The model must have at most 60 units, and has (\d+)\.", 500, 500),
        (r"in the file: spectral radius (\S+), leak 1\.0, input scaling 0\.3", 0.4, 0.4),
        (r"Emmy Noether: test NRMSE (\S+)", 0.36, 0.5),
    ],
}
# What is drawn: the least number of figures, pictures and widgets.
DRAWN = {"06": 3, "07": 2, "08": 2, "09": 3}


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
    shown = [set(out.data) for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out]
    drawn = sum(1 for kinds in shown if kinds & {"application/vnd.jupyter.widget-view+json", "image/svg+xml"})
    assert drawn >= DRAWN.get(name[:2], 1)
    if name.startswith("01"):
        exported(notebook)


def exported(notebook: nbformat.NotebookNode) -> None:
    """As HTML, which needs no kernel, the notebook shows the picture of its Playground, with the numbers."""
    page, _ = HTMLExporter().from_notebook_node(notebook)
    (picture,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    words = " ".join(ElementTree.fromstring(b64decode(picture)).itertext())
    for word in ("reservoir", "Prediction", "Loss", "test NRMSE"):
        assert word in words


@pytest.mark.parametrize("name", NAMES)
def test_notebook_ends_with_questions_and_names_the_next_one(name: str) -> None:
    last = nbformat.read(FOLDER / name, as_version=4).cells[-1]
    assert last.cell_type == "markdown"
    _, questions = last.source.split("## Questions\n")
    assert questions.count("?") >= 3
    for linked in re.findall(r"\]\(([^)]+)\)", questions):
        assert (FOLDER / linked).is_file(), linked


def test_every_notebook_has_numbers_that_are_looked_at() -> None:
    assert set(SENSE) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_committed_without_outputs(name: str) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)

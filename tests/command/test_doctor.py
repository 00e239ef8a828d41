"""What the doctor sees, and what it says to do."""

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import jax
import pytest

import rcwidgets
from rcwidgets.command import doctor
from rcwidgets.command.doctor import EXTENSIONS, Finding, bundle, cache, devices, examine, extensions, kernels, sub_shells, versions
from rcwidgets.core import compile_cache


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place of Jupyter's own files, in which alone is looked."""
    monkeypatch.setattr(doctor, "jupyter_path", lambda *parts: [str(tmp_path.joinpath(*parts))])
    return tmp_path


def install(share: Path, name: str, version: str) -> None:
    """Puts an extension there."""
    folder = share / "labextensions" / name
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": name, "version": version}))


def by_name(findings: object) -> dict[str, Finding]:
    """The findings by what was looked at."""
    return {finding.name: finding for finding in findings}  # type: ignore[attr-defined]


def test_every_requirement_is_looked_at_and_fits_here() -> None:
    found = by_name(versions())
    assert {"Python", "rcwidgets", "jax", "jaxlib", "numpy", "ipywidgets", "anywidget", "bqplot", "jupyterlab", "ipykernel"} <= set(found)
    assert "openpyxl" not in found  # of an extra
    assert [finding for finding in found.values() if finding.advice] == []


def test_a_package_that_is_missing_or_too_old_has_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"bqplot": "0.12.0"}

    def version(name: str) -> str:
        if name == "optax":
            raise PackageNotFoundError(name)
        return held.get(name, "99")

    monkeypatch.setattr(doctor, "version", version)
    found = by_name(versions())
    assert found["optax"].seen == "not installed" and '-m pip install "optax>=0.2.5"' in found["optax"].advice
    assert found["bqplot"].seen == "0.12.0" and '-m pip install "bqplot<0.14,>=0.13"' in found["bqplot"].advice


def test_the_device_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NVIDIA", ())
    (found,) = devices()
    assert "cpu" in found.seen.lower() and "cores" in found.seen and not found.advice


@pytest.mark.parametrize(
    ("platforms", "visible", "plugin", "seen", "advice"),
    [
        ("", None, False, "there, but jaxlib here is for the CPU alone", f'-m pip install "jax[cuda12]=={jax.__version__}"'),
        ("", "0", True, "there, but JAX cannot use it", "it says why"),
        ("cpu", None, False, "left out, by JAX_PLATFORMS=cpu", ""),
        ("", "-1", True, "left out, by CUDA_VISIBLE_DEVICES=-1", ""),
    ],
)
def test_a_gpu_that_jax_leaves_out_is_told_with_what_to_do(
    platforms: str, visible: str | None, plugin: bool, seen: str, advice: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "NVIDIA", (tmp_path / "none", tmp_path))
    monkeypatch.setattr(doctor, "find_spec", lambda name: object() if plugin and name == "jax_cuda13_plugin" else None)
    monkeypatch.setenv("JAX_PLATFORMS", platforms)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    device, gpu = devices()
    assert not device.advice and gpu.name == "GPU" and gpu.seen == seen
    assert (advice in gpu.advice) if advice else not gpu.advice


@pytest.mark.parametrize("platform", ["cuda", "moon"])
def test_a_platform_that_is_not_there_is_told_and_not_raised(platform: str) -> None:
    code = "from rcwidgets.command.doctor import devices; print(*devices())"
    told = subprocess.run([sys.executable, "-c", code], env=os.environ | {"JAX_PLATFORMS": platform}, capture_output=True, text=True)
    assert f"none, JAX_PLATFORMS={platform}: " in told.stdout and "Unset JAX_PLATFORMS" in told.stdout, told.stderr
    assert ("jax[cuda12]" in told.stdout) == (platform == "cuda")


@pytest.mark.parametrize(("version", "heard"), [("6.29.5", False), ("7.1.0", True), ("7.4.0", True)])
def test_an_old_kernel_hears_the_page_between_cells_alone(version: str, heard: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda name: version)
    (found,) = sub_shells()
    assert found.seen.startswith("yes" if heard else "no") and bool(found.advice) is not heard


def test_a_kernel_of_another_python_is_told(share: Path) -> None:
    (missing,) = kernels()
    assert "-m ipykernel install --sys-prefix" in missing.advice
    spec = share / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["/elsewhere/bin/python", "-m", "ipykernel_launcher"]}))
    (other,) = kernels()
    assert other.seen == "/elsewhere/bin/python" and "Notebooks run another Python" in other.advice
    spec.write_text(json.dumps({"argv": ["python", "-m", "ipykernel_launcher"]}))
    (own,) = kernels()
    assert not own.advice


def test_an_extension_that_is_missing_old_or_off_is_told(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "disabled", lambda: {"bqplot"})
    install(share, "rcwidgets", "0.0.1")
    install(share, "anywidget", "0.11.0")
    install(share, "bqplot", "0.6.1")
    found = by_name(extensions())
    assert list(found) == [f"extension {name}" for name in EXTENSIONS]
    assert found["extension rcwidgets"].seen == "0.0.1, of another rcwidgets" and found["extension rcwidgets"].advice
    assert "jupyterlab_widgets" in found["extension @jupyter-widgets/jupyterlab-manager"].advice
    assert 'jupyter labextension enable "bqplot"' in found["extension bqplot"].advice
    assert found["extension anywidget"] == Finding("extension anywidget", "0.11.0")


def test_what_is_switched_off_is_read_as_jupyterlab_reads_it(share: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config" / "labconfig"
    config.mkdir(parents=True)
    (config / "page_config.json").write_text(json.dumps({"disabledExtensions": {"anywidget": True, "bqplot": False}}))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(config.parent))
    assert "anywidget" in doctor.disabled() and "bqplot" not in doctor.disabled()


def test_the_cache_is_measured_off_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / compile_cache.machine()
    folder.mkdir()
    (folder / "program").write_bytes(bytes(2_000_000))
    monkeypatch.setenv(compile_cache.VARIABLE, str(tmp_path))
    (found,) = cache()
    assert found.seen == f"{folder}, 1 files, 2 MB of at most 300" and not found.advice
    monkeypatch.setenv(compile_cache.VARIABLE, "off")
    (off,) = cache()
    assert off.seen == "off, by RCWIDGETS_CACHE=off" and not off.advice
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(compile_cache.VARIABLE, str(tmp_path / "file"))
    (refused,) = cache()
    assert "cannot be written" in refused.seen and compile_cache.VARIABLE in refused.advice


def test_the_page_side_is_there() -> None:
    (found,) = bundle()
    assert found.seen == "built"


def test_the_exit_status_says_whether_something_is_to_be_done(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "PARTS", (lambda: iter([Finding("a", "1"), Finding("long name", "2", "Do this.")]),))
    assert examine() == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok    a          1",
        "look  long name  2",
        "                 Do this.",
        "1 to look at: each says what to do.",
    ]
    monkeypatch.setattr(doctor, "PARTS", (lambda: iter([Finding("a", "1")]),))
    assert examine() == 0
    assert capsys.readouterr().out.endswith("All is well.\n")


def test_the_package_knows_its_version() -> None:
    assert by_name(versions())["rcwidgets"].seen == rcwidgets.__version__

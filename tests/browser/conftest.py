"""One JupyterLab and one browser for the browser tests of a process; a fresh page, without a kernel, for each."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from scripts.find_browser import find_browser
from tests.browser.lab import Lab, Notebook7
from tests.browser.playground import Play, show
from tests.browser.server import Server

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()
WARM = "warm.ipynb"
WARM7 = "warm7.ipynb"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
FLAGS += ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # no calls home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers for the fixtures that a test has failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def last_seen(lab: Lab, node: pytest.Item) -> None:
    """Hears what the page still has to say, and takes a picture of what a test that failed leaves behind."""
    lab.page.wait_for_timeout(50)
    if node.stash[FAILED] or lab.errors:
        lab.screenshot(f"last-{node.name}")


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where pictures and logs go."""
    folder = HERE.parent / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, artifacts: Path, worker_id: str) -> Iterator[Server]:
    """The JupyterLab of this session, or of this process where there are several."""
    server = Server(tmp_path_factory.mktemp("jupyter"), artifacts / f"jupyter-{worker_id}.log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this session."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        expect.set_options(timeout=30_000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def warm(browser: Browser, server: Server, artifacts: Path) -> Iterator[Lab]:
    """One page with a kernel that has imported rcwidgets, for the tests that need no start of their own."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-US", accept_downloads=True)
    lab = Lab(context.new_page(), server, artifacts)
    lab.open(["import rcwidgets as rc"], name=WARM)
    yield lab
    context.close()


@pytest.fixture
def desk(warm: Lab, server: Server, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The warm page, for a test that shows cells of its own. Errors fail the test as with `lab`; after a failure it starts anew."""
    warm.errors.clear()
    yield warm
    last_seen(warm, request.node)
    warm.page.mouse.up()
    errors = list(warm.errors)
    if errors or request.node.stash[FAILED]:
        server.reset()
        warm.open(["import rcwidgets as rc"], name=WARM)
    assert not errors, "The page or the kernel showed errors:\n" + "\n".join(errors)


@pytest.fixture
def laptop(desk: Lab) -> Iterator[Lab]:
    """The warm page at the size of a laptop's screen."""
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    yield desk
    desk.page.set_viewport_size(before)
    desk.set_theme("light")


@pytest.fixture(scope="module")
def warm7(browser: Browser, server: Server, artifacts: Path) -> Iterator[Lab]:
    """A page of Notebook 7 with a kernel that has imported rcwidgets."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-US")
    lab = Notebook7(context.new_page(), server, artifacts)
    lab.open(["import rcwidgets as rc"], name=WARM7)
    yield lab
    context.close()
    server.reset(spare=WARM)


@pytest.fixture
def desk7(warm7: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """That page, for a test that shows cells of its own. Errors fail the test as with `lab`."""
    warm7.errors.clear()
    yield warm7
    last_seen(warm7, request.node)
    warm7.page.mouse.up()
    assert not warm7.errors, "The page or the kernel showed errors:\n" + "\n".join(warm7.errors)


@pytest.fixture
def play(desk: Lab) -> Play:
    """A new Playground on the warm page, trained and drawn."""
    return show(desk)


@pytest.fixture
def lab(browser: Browser, server: Server, artifacts: Path, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A fresh page. A test that leaves errors of the page or of the kernel behind fails; clear `lab.errors` where they are meant."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-US", accept_downloads=True)
    lab = Lab(context.new_page(), server, artifacts)
    yield lab
    last_seen(lab, request.node)
    errors = list(lab.errors)
    context.close()
    server.reset(spare=WARM)
    assert not errors, "The page or the kernel showed errors:\n" + "\n".join(errors)

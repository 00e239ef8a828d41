"""The server, or the network to it, is away for a while: the page says so, and goes on by itself when it is back."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.lab import Lab
from tests.browser.playground import CELL, Play

BANNER = "Server not reached. What you see is its last state. It goes on by itself when the server is back."


@pytest.fixture
def playing(lab: Lab) -> Iterator[Play]:
    """A trained Playground on a page of its own, which may show errors of requests that nobody answered."""
    lab.open([CELL])
    play = Play(lab)
    play.rest()
    yield play
    lab.errors.clear()


def turn(play: Play) -> None:
    """Presses a key on the slider of the spectral radius."""
    play.slider("reservoir", "Spectral radius").press("ArrowRight")


def retrains(play: Play) -> None:
    """The slider turned trains anew: the kernel has the value, and its results are drawn."""
    before = play.knob("reservoir", "spectral_radius"), play.lines("Prediction")
    turn(play)
    play.rest()
    assert play.knob("reservoir", "spectral_radius") > before[0]
    assert play.lines("Prediction") != before[1]


def test_a_server_that_hangs_is_said_to_be_not_reached_and_what_was_done_meanwhile_is_done(playing: Play) -> None:
    before = playing.knob("reservoir", "spectral_radius")
    process = playing.lab.server.process
    process.send_signal(signal.SIGSTOP)
    try:
        turn(playing)
        expect(playing.root.get_by_role("alert")).to_have_text(BANNER)
        expect(playing.status).to_have_text("the server is not reached, goes on when it is back")
        playing.lab.screenshot("server-gone", playing.root)
    finally:
        process.send_signal(signal.SIGCONT)
    expect(playing.root.get_by_role("alert")).to_have_count(0)
    playing.rest()
    assert playing.knob("reservoir", "spectral_radius") > before
    retrains(playing)


def test_a_cut_network_is_said_and_mends_itself(lab: Lab) -> None:
    """Also after the page itself has given up to connect: its attempts end after some minutes, or at once where a server closes in order."""
    sockets: list[WebSocketRoute] = []
    cut = False

    def carry(socket: WebSocketRoute) -> None:
        if cut:
            socket.close(code=1001)
        else:
            socket.connect_to_server()
            sockets.append(socket)

    lab.page.route_web_socket("**/api/kernels/**", carry)
    lab.open([CELL])
    play = Play(lab)
    play.rest()
    cut = True
    lab.page.route("**/api/**", lambda route: route.abort())
    for socket in sockets:
        socket.close(code=1001)  # after which JupyterLab does not try again
    expect(play.root.get_by_role("alert")).to_have_text(BANNER)  # without a hand on it
    cut = False
    lab.page.unroute("**/api/**")
    expect(play.root.get_by_role("alert")).to_have_count(0)
    retrains(play)
    lab.errors.clear()


def test_a_running_cell_is_no_server_that_is_gone(playing: Play, tmp_path: Path) -> None:
    over = tmp_path / "over"
    code = f"import os, time\nwhile not os.path.exists({str(over)!r}): time.sleep(0.01)"
    playing.lab.page.evaluate(
        "code => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code })", code
    )
    playing.button("Undo").or_(playing.button("Export code")).last.click()
    playing.page.wait_for_timeout(2500)
    expect(playing.root.get_by_role("alert")).to_have_count(0)
    over.touch()
    playing.rest()

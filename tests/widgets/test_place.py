"""The place of several figures: what the page says, and that what is not shown costs nothing."""

import numpy as np
import pytest

from rcwidgets.live.on_demand import watching as looks
from rcwidgets.widgets.figure import WHOLE


@pytest.fixture
def place(play):
    return play.children[1].children[0]


@pytest.fixture
def choose(play, place, page):
    """Chooses as the page would, waits until it is drawn, and returns the answer."""

    def chosen(name, value):
        play._publisher.flush()
        answer = page.say(place.caption, {"id": 1, "type": "choose", "name": name, "value": value})
        play._publisher.flush()
        play.wait(60)
        return answer

    return chosen


def test_a_figure_chosen_while_a_look_is_news_is_drawn_and_followed(play, place, caplog):
    play.experiment.looks.watch("activity")
    for name in ("Activity", "Spectrum of W"):
        with play._publisher._turn:  # both wait for the publisher's next turn
            place.choose("Figure", name)
            play.experiment._session.events.tell("looks")
        play.wait(60)
        assert place.caption.label == name
    play.set("reservoir", spectral_radius=0.3)
    play.wait(60)
    assert play._publisher.flush() and "0.3" in place.caption.summary
    assert caplog.messages == []


def test_prediction_is_there_first_and_alone(place):
    assert place.caption.label == "Prediction" and list(place.figures) == ["Prediction"]
    control = place.caption.controls[0]
    assert (control["name"], control["value"], control["options"][0]) == ("Figure", "Prediction", "Prediction")
    assert len(control["options"]) == 9


@pytest.mark.parametrize(
    "name",
    ["Error over time", "Phase portrait", "Closed loop", "Residuals", "Readout weights", "Spectrum of W", "Activity", "Data and split"],
)
def test_each_figure_can_be_chosen_and_the_caption_is_its_own(play, place, choose, name):
    before = place.caption
    assert choose("Figure", name) == {"id": 1, "ok": True}
    assert place.caption is before and place.children == (before, place.shown.row)
    assert place.caption.label == place.shown.caption.label == name
    assert place.caption.summary == place.shown.caption.summary and place.shown.thing is not None
    assert place.caption.controls[0]["value"] == name
    assert list(place.shown.table()[1])


def test_the_chosen_figure_follows_a_knob_and_the_others_rest(play, place, choose):
    choose("Figure", "Residuals")
    old = place.figures["Prediction"].thing
    play.set("reservoir", spectral_radius=0.2)
    play.wait(60)
    assert place.shown.thing is play.results and place.figures["Prediction"].thing is old
    choose("Figure", "Prediction")
    assert place.shown.thing is play.results


def test_what_is_not_shown_is_not_computed(play, place, choose, monkeypatch):
    counts = {}
    for name, compute in looks.LOOKS.items():

        def counted(*given, name=name, compute=compute):
            counts[name] = counts.get(name, 0) + 1
            return compute(*given)

        monkeypatch.setitem(looks.LOOKS, name, counted)
    play.set("reservoir", leak_rate=0.5)
    play.wait(60)
    assert counts == {}
    choose("Figure", "Closed loop")
    assert counts == {"closed loop": 1}
    choose("Figure", "Prediction")
    play.set("reservoir", leak_rate=0.6)
    play.wait(60)
    assert counts == {"closed loop": 1}


def test_a_figures_own_choice_goes_to_it(place, choose):
    choose("Figure", "Phase portrait")
    assert [one["name"] for one in place.caption.controls] == ["Figure", "Across", "Up"]
    assert choose("Across", "channel 2")["ok"]
    assert place.caption.controls[1]["value"] == "channel 2" and place.shown.places["Across"] == 1


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Figure", "Aura", "FigurePlace.figure must be one of Prediction, "),
        ("Across", "x", "Caption.name must be one of its controls, got 'Across'"),
    ],
)
def test_what_is_no_option_is_refused_in_words_and_changes_nothing(place, choose, name, value, text):
    answer = choose(name, value)
    assert not answer["ok"] and answer["error"]["text"].startswith(text)
    assert place.caption.label == "Prediction"


def test_a_zoom_narrows_the_axes_keeps_the_window_and_is_left_again(play, place, page):
    panel = place.shown.panel
    whole = (panel.x.min, panel.x.max, panel.y.min, panel.y.max)
    assert page.say(place.caption, {"id": 1, "type": "zoom", "panel": 0, "to": [0.25, 0.5, 0, 1]})["ok"]
    play._publisher.flush()
    span = whole[1] - whole[0]
    assert (panel.x.min, panel.x.max) == pytest.approx((whole[0] + span / 4, whole[0] + span / 2))
    assert (panel.y.min, panel.y.max) == whole[2:]
    assert all(panel.x.min <= tick <= panel.x.max for tick in panel.x_axis.tick_values)
    assert place.caption.windows == [[0.25, 0.5, 0, 1]]
    play.set("reservoir", spectral_radius=0.3)
    play.wait(60)
    assert panel.x.min == pytest.approx(whole[0] + span / 4)
    page.say(place.caption, {"id": 2, "type": "zoom", "panel": 0, "to": list(WHOLE)})
    play._publisher.flush()
    assert (panel.x.min, panel.x.max) == whole[:2]


def test_a_zoom_on_a_log_axis_is_a_part_of_its_powers(play, page):
    loss = play.children[1].children[1]
    play._publisher.flush()
    low, high = loss.path.x.min, loss.path.x.max
    page.say(loss.caption, {"id": 1, "type": "zoom", "panel": 0, "to": [0.5, 1, 0, 1]})
    play._publisher.flush()
    assert loss.path.x.min == pytest.approx(np.sqrt(low * high)) and loss.path.x.max == pytest.approx(high)


def test_a_zoom_of_a_plane_narrows_both_axes(play, place, choose, page):
    choose("Figure", "Phase portrait")
    panel = place.shown.panel
    whole = panel.y.min, panel.y.max
    page.say(place.caption, {"id": 1, "type": "zoom", "panel": 0, "to": [0, 1, 0.5, 1]})
    play._publisher.flush()
    assert (panel.y.min, panel.y.max) == pytest.approx((sum(whole) / 2, whole[1]))


def test_the_figures_of_a_place_draw_the_same_channels(play, place, choose, page):
    assert [one["name"] for one in place.caption.channels] == ["channel 1", "channel 2"]
    assert page.say(place.caption, {"id": 1, "type": "channels", "shown": [1]})["ok"]
    play._publisher.flush()
    assert [one["color"] for one in place.caption.channels] == ["", "var(--rcw-channel-2)"]
    assert place.shown.forecast.colors == ["var(--rcw-channel-2)"]
    choose("Figure", "Error over time")
    assert place.shown.lines.colors == ["var(--rcw-channel-2)"]
    assert place.caption.about == place.shown.caption.about != ""


@pytest.mark.parametrize("to", [None, [0, 1], [0.5, 0.5, 0, 1], [-0.1, 1, 0, 1], [0, 1, 0, 2], ["0", 1, 0, 1], [0, float("nan"), 0, 1]])
def test_a_window_that_is_none_is_refused(place, page, to):
    answer = page.say(place.caption, {"id": 1, "type": "zoom", "panel": 0, "to": to})
    assert answer["error"]["text"].startswith("Caption.to must be [left, right, low, high]")


def test_a_panel_that_is_not_there_is_refused(place, page):
    answer = page.say(place.caption, {"id": 1, "type": "zoom", "panel": 3, "to": list(WHOLE)})
    assert answer["error"]["text"] == "Caption.panel must be a whole number from 0 to 0, got 3."


def test_a_closed_place_watches_nothing(play, place, choose):
    choose("Figure", "Closed loop")
    assert play.experiment.looks._watched
    place.close()
    assert not play.experiment.looks._watched


def test_a_figure_in_a_place_sends_its_marks_and_the_place_the_words(play, place, page):
    sent = {"caption": 0, "place": 0, "line": 0}

    def counted(name, widget):
        if widget.comm is None:
            return
        inner = widget.comm.publish_msg

        def publish(*given, **named):
            sent[name] += 1
            inner(*given, **named)

        widget.comm.publish_msg = publish

    counted("caption", place.shown.caption)
    counted("place", place.caption)
    counted("line", place.shown.forecast)
    play.set("reservoir", spectral_radius=0.4)
    play.wait(60)
    assert sent["caption"] == 0 and sent["place"] >= 1 and sent["line"] == 1
    assert place.caption.summary == place.shown.caption.summary

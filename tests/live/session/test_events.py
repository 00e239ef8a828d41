"""Listeners: each is told until it leaves, in order, and one that fails silences nobody."""

from rcwidgets.live.session.events import Events


def test_a_listener_is_told_until_it_leaves_even_while_it_is_told():
    events, heard = Events(), []

    def once(news):
        heard.append(("once", news))
        leave_once()

    leave_once = events.subscribe(once)
    leave = events.subscribe(lambda news: heard.append(("always", news)))
    events.tell("status")
    events.tell("results")
    leave()
    events.tell("runs")
    assert heard == [("once", "status"), ("always", "status"), ("always", "results")] and events.listeners == ()


def test_one_that_fails_is_logged_and_the_others_are_told(caplog):
    events, heard = Events(), []
    events.subscribe(lambda news: {}[news])
    events.subscribe(heard.append)
    events.tell("looks")
    assert heard == ["looks"] and "failed at the news 'looks'" in caplog.text

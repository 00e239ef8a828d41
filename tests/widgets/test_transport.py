"""The transport: live knobs, the buttons of a training, and what the page has drawn."""


def id_of(app, name):
    return app.experiment.document.graph.id_of(name)


def test_live_knobs_go_over_the_transport_and_one_gesture_is_one_undo(app, page):
    for value in (0.5, 0.6, 0.7):
        message = {"id": 1, "type": "set", "owner": id_of(app, "reservoir"), "knob": "spectral_radius", "value": value, "gesture": "g1"}
        assert page.say(app.transport_model, message)["ok"]
    assert app.document["nodes"][1]["knobs"]["spectral_radius"] == 0.7
    app.experiment.undo()
    assert app.document["nodes"][1]["knobs"]["spectral_radius"] == 0.9


def test_run_pause_resume_and_stop_go_over_the_transport(app, page):
    assert page.say(app.transport_model, {"id": 1, "type": "ready"})["ok"]
    assert page.say(app.transport_model, {"id": 2, "type": "run"})["ok"]
    assert app.experiment.wait(60).test_nrmse < 1
    assert app.publisher.flush()
    assert app.status_model.activity == "paused" and app.status_model.message.startswith("trained in")
    page.say(app.transport_model, {"id": 3, "type": "resume"})
    app.experiment.wait(60)
    assert app.publisher.flush() and app.status_model.auto is True
    page.say(app.transport_model, {"id": 4, "type": "pause"})
    assert app.publisher.flush() and app.status_model.auto is False
    assert page.say(app.transport_model, {"id": 5, "type": "stop"})["ok"]


def test_the_page_tells_which_results_are_on_the_screen_and_gets_no_answer(app, page):
    publisher = app.transport_model._publisher
    publisher.frame = 3
    app.transport_model._receive(app.transport_model, {"type": "drawn", "frame": 2}, [])
    assert publisher._frame_drawn == 2
    for frame in (None, "3", 2.5):
        assert not page.say(app.transport_model, {"id": 9, "type": "drawn", "frame": frame})["ok"]

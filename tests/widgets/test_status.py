"""What the page hears of the worker: states of nodes, counts, metrics and problems."""

from rcwidgets.core.cores import cores


def id_of(app, name):
    return app.experiment.document.graph.id_of(name)


def test_statuses_reach_the_page_with_words_and_counts(app):
    app.experiment.run()
    app.experiment.wait(60)
    assert app.publisher.flush()
    status = app.status_model
    assert [node["state"] for node in status.nodes.values()] == ["ok", "ok", "ok"]
    assert status.nodes[id_of(app, "reservoir")]["fixed"] == 20 * 20 + 20 + 20
    assert status.nodes[id_of(app, "readout")]["trained"] == 21
    assert [metric["label"] for metric in status.metrics] == ["Train NRMSE", "Test NRMSE", "Test MSE", "Last change"]
    assert status.device == f"CPU, {cores()} core{'s' * (cores() > 1)}" or status.device == "GPU"


def test_a_problem_reaches_the_page_with_its_owner(app, page):
    app.experiment.resume()
    owner = id_of(app, "reservoir")
    page.say(app, {"id": 1, "type": "edit", "edits": [{"op": "remove", "nodes": [owner], "edges": []}]})
    app.experiment.wait(60)
    assert app.publisher.flush()
    text = "readout has no input. Wire a node to it."
    assert {"owner": id_of(app, "readout"), "knob": None, "text": text, "unfinished": True} in app.status_model.problems
    assert app.status_model.activity == "failed"

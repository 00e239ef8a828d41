from rcwidgets.widgets.figure import FigureBox, Panel


def states(sent, widget):
    return [data["state"] for id, data, _ in sent if id == widget.model_id and data["method"] == "update"]


def test_the_box_holds_the_caption_above_the_panels_and_carries_the_class():
    panel = Panel("x", "y", 100)
    box = FigureBox("Loss", [panel])
    assert box.children[0] is box.caption and box.caption.label == "Loss"
    assert box.children[1].children == (panel.widget,)
    assert "rcw-figure" in box._dom_classes

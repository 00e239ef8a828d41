"""A model without a reservoir, built by hand: products of delayed inputs, and the text fields that such nodes have."""

from playwright.sync_api import expect

from tests.browser.playground import Play


def build(play: Play) -> None:
    """Puts an NVAR in the place of the reservoir, with the mouse."""
    play.click_head("reservoir")
    play.page.keyboard.press("Delete")
    play.until(lambda: play.ask("list(names.values())"), ["input", "readout"])
    play.option("NVAR").click()
    play.until(lambda: play.ask("list(names.values())"), ["input", "readout", "nvar"])
    play.drag(play.port("input", "out"), play.port("nvar", "in"))
    play.until(play.edges, [["input", "nvar", False]])
    play.drag(play.port("nvar", "out"), play.node("readout"))
    play.until(play.edges, [["input", "nvar", False], ["nvar", "readout", False]])
    play.rest()


def test_an_nvar_in_place_of_the_reservoir_forecasts(play: Play) -> None:
    before, error = play.lines("Prediction"), play.error()
    build(play)
    assert play.lines("Prediction") != before
    assert play.error() < error  # products of two are what the Lorenz equations are made of
    assert play.lab.ask_json("str(play.results.params['readout']['W'].dtype)") == "float64"
    expect(play.node("nvar")).to_contain_text("27")
    expect(play.node("readout")).to_contain_text("84 trained")


def test_whole_numbers_are_typed_with_commas_and_refused_in_words(play: Play) -> None:
    build(play)
    play.click_head("nvar")
    field = play.inspector.get_by_role("textbox", name="Order value", exact=True)
    on_card = play.node("nvar").get_by_role("textbox", name="Order", exact=True)
    field.fill("2,3")
    field.press("Enter")
    play.until(lambda: play.knob("nvar", "order"), [2, 3])
    play.rest()
    expect(field).to_have_value("2, 3")
    expect(on_card).to_have_value("2, 3")
    expect(play.node("nvar")).to_contain_text("83")

    field.fill("two")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("two")
    words = "Order must be whole numbers with commas between, such as 2, 3."
    expect(play.inspector).to_contain_text(words)
    assert play.knob("nvar", "order") == [2, 3]
    field.press("Escape")
    expect(field).to_have_value("2, 3")
    expect(play.inspector).not_to_contain_text(words)

    play.inspector.get_by_role("button", name="Reset to default 2", exact=True).click()
    play.until(lambda: play.knob("nvar", "order"), 2)
    expect(field).to_have_value("2")


def test_an_order_too_large_is_refused_before_anything_is_made(play: Play) -> None:
    build(play)
    play.click_head("nvar")
    field = play.inspector.get_by_role("textbox", name="Order value", exact=True)
    delay = play.field("nvar", "Delay value")
    delay.fill("100")
    delay.press("Enter")
    play.until(lambda: play.knob("nvar", "delay"), 100)
    field.fill("6")
    field.press("Tab")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(play.inspector).to_contain_text("a model may take 4 GB. Lower its order.")
    assert play.knob("nvar", "order") == 2
    play.rest()


def test_a_choice_of_features_is_typed_and_a_bad_one_is_refused(play: Play) -> None:
    play.option("Select").click()
    play.until(lambda: play.ask("list(names.values())"), ["input", "reservoir", "readout", "select"])
    play.drag(play.port("reservoir", "out"), play.port("select", "in"))
    play.drag(play.port("select", "out"), play.node("readout"))
    play.until(lambda: len(play.edges()), 4)
    play.click_head("select")
    field = play.inspector.get_by_role("textbox", name="Features value", exact=True)
    field.fill("0:2, -1")
    field.press("Enter")
    play.until(lambda: play.knob("select", "features"), "0:2,-1")
    expect(field).to_have_value("0:2,-1")
    expect(play.node("select")).to_contain_text("3")
    play.rest()

    field.fill("first")
    field.press("Enter")
    expect(play.inspector).to_contain_text("Features must be places and ranges such as 1, 0:2 or 0,2,-1.")
    expect(field).to_have_value("first")
    field.press("Escape")
    expect(field).to_have_value("0:2,-1")

    field.fill("400")  # legal as text: that there is no such feature shows when the sizes are known
    field.press("Enter")
    expect(play.inspector).to_contain_text("Features must be among the 400 features that arrive, got 400.")
    expect(play.node("select")).to_contain_text("Features must be among the 400 features that arrive")

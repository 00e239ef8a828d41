from tests.browser.lab import Lab
import time

def test_explore(lab: Lab) -> None:
    t = time.time()
    lab.page.set_viewport_size({"width": 1440, "height": 900})
    lab.open(["import rcwidgets as rc\nplay = rc.Playground()\nplay"])
    print("opened", time.time() - t)
    lab.page.wait_for_selector(".rcw-figure path.line", state="attached")
    print("figures", time.time() - t)
    lab.ask("play.wait(60)")
    print("trained", time.time() - t)
    lab.page.wait_for_timeout(1500)
    lab.screenshot("explore-light")
    print(lab.page.locator("[role=status][aria-label=Status]").all_inner_texts())
    import json
    s = lab.page.locator(".rcw-playground").aria_snapshot()
    print(s)

"""The page that works offline: what is in it, and that what a user named is text."""

import html
import re

import numpy as np
import pandas as pd
import pytest
from ipywidgets import Widget

import rcwidgets as rc


def page_of(play, tmp_path):
    play.to_html(tmp_path / "page.html")
    return (tmp_path / "page.html").read_text()


def test_it_has_the_graph_the_figures_the_numbers_and_the_settings(play, tmp_path):
    text = page_of(play, tmp_path)
    assert re.findall(r'<figure aria-label="([^"]+)"', text) == [
        "Prediction",
        "Loss",
        "Error over time",
        "Phase portrait",
        "Residuals",
        "Readout weights",
    ]
    for word in ("reservoir", "Spectral radius", "NRMSE", "RidgeTrainer", f"{play.metrics['nrmse'].test:.6g}"):
        assert word in text
    for _, caption in re.findall(r"(<figcaption>)(.*?)</figcaption>", text):
        assert len(caption) > 20


def test_what_the_numbers_mean_is_text_that_keys_and_fingers_reach(play, tmp_path):
    text = page_of(play, tmp_path)
    header, rows = play.metrics.table()
    told = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text))
    assert {html.unescape(name): html.unescape(words) for name, words in told.items()} == {
        row[0]: row[header.index("definition")] for row in rows
    }
    assert "<tr title" not in text


def test_nothing_in_it_comes_from_elsewhere(play, tmp_path):
    text = page_of(play, tmp_path)
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|href)=[\"'](?!data:)", text)
    assert not re.findall(r"url\((?!data:)", text)


def test_it_has_more_points_than_the_figure_on_the_page(page, tmp_path):
    play = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), task="lorenz")
    play.wait(60)
    widest = max(path.count(" ") for path in re.findall(r' d="M([^"]+)"', page_of(play, tmp_path)))
    assert widest >= len(play.results.time) - 1 > 500
    play.close()


def test_names_of_the_user_are_text(page, tmp_path):
    frame = pd.DataFrame({"</script><img src=x>": np.sin(np.arange(300) / 5), "y": np.cos(np.arange(300) / 5)})
    play = rc.Playground(data=frame)
    play.wait(60)
    text = page_of(play, tmp_path)
    assert "<img src=x>" not in text and "&lt;/script&gt;&lt;img src=x&gt;" in text
    assert text.count("</script>") == 1
    play.close()


def test_without_results_it_says_so(page, tmp_path):
    play = rc.Playground(rc.Input() >> rc.Reservoir(5), task="lorenz")
    text = page_of(play, tmp_path)
    assert "No results yet." in text and "<figure" not in text
    play.close()


def test_another_kind_of_file_is_a_sentence(play, tmp_path):
    with pytest.raises(ValueError, match=r"Playground.to_html takes a path that ends in .html, got '.*page.pdf'."):
        play.to_html(tmp_path / "page.pdf")


def test_the_figures_of_the_page_are_closed(alone, play, tmp_path):
    before = set(Widget.get_manager_state()["state"])
    page_of(play, tmp_path)
    assert set(Widget.get_manager_state()["state"]) == before

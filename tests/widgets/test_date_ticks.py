"""Axes of dates: ticks at round dates that fit the window, the dates in tables, and the name that all ticks share."""

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rcwidgets as rc
from rcwidgets.core.datasets.calendar import Calendar, calendar_of, moment, written
from rcwidgets.widgets.date_ticks import date_ticks
from rcwidgets.widgets.panel import Panel
from rcwidgets.widgets.prediction import PredictionFigure
from rcwidgets.widgets.split import SplitFigure
from rcwidgets.widgets.ticks import javascript_key


@pytest.mark.parametrize(
    ("label", "low", "high", "texts", "title"),
    [
        ("days since 2024-02-20", 0, 30, ["26 Feb", "4 Mar", "11 Mar", "18 Mar"], "2024"),
        ("days since 2024-12-20", 0, 30, ["23 Dec", "30 Dec", "6 Jan", "13 Jan"], "2024 to 2025"),
        ("days since 2024-02-20", 3, 3.4, ["23 Feb", "02:00", "04:00", "06:00", "08:00"], "23 February 2024"),
        ("hours since 2024-02-20 13:00:00", 0, 40, ["21 Feb", "12:00", "22 Feb"], "20 to 22 February 2024"),
        (
            "hours since 2024-12-31 20:00:00",
            0,
            10,
            ["20:00", "22:00", "1 Jan", "02:00", "04:00", "06:00"],
            "31 December 2024 to 1 January 2025",
        ),
        ("seconds since 2024-02-20 13:00:00 UTC", 0, 45, ["13:00", "13:00:10", "13:00:20", "13:00:30", "13:00:40"], "20 February 2024 UTC"),
        ("days since 1990-02-20", 0, 400, ["Apr", "Jul", "Oct", "1991"], "1990 to 1991"),
        ("days since 1749-01-01", 0, 98_000, ["1750", "1800", "1850", "1900", "1950", "2000"], "year"),
    ],
)
def test_ticks_are_few_and_stand_at_round_dates(label: str, low: float, high: float, texts: list[str], title: str):
    calendar = calendar_of(label)
    assert calendar is not None
    ticks = date_ticks(calendar, low, high)
    assert (list(ticks.labels.values()), ticks.title) == (texts, title)
    assert list(ticks.labels) == [javascript_key(value) for value in ticks.values.tolist()]


@given(st.sampled_from(["days", "hours", "minutes", "seconds"]), st.floats(-1e4, 1e4), st.floats(-2, 4), st.integers(2, 9))
def test_ticks_stay_in_the_window_in_order_and_are_at_most_so_many(unit: str, low: float, power: float, most: int):
    high = low + 10**power
    ticks = date_ticks(Calendar(np.datetime64("2000-02-29T12:34:56", "us"), unit), low, high, most)
    slack = 1e-6 * (high - low)
    assert len(ticks.values) <= most and (np.diff(ticks.values) > 0).all()
    assert ((ticks.values >= low - slack) & (ticks.values <= high + slack)).all()


def test_a_label_tells_its_dates_and_only_that_of_a_date_does():
    calendar = calendar_of("hours since 2024-02-28 06:00:00.25 UTC")
    assert calendar == Calendar(np.datetime64("2024-02-28T06:00:00.250000"), "hours", True)
    assert calendar is not None and calendar.label == "hours since 2024-02-28 06:00:00.25 UTC"
    found = calendar.dates(np.array([0, 24.5, np.nan]))
    np.testing.assert_array_equal(found, np.array(["2024-02-28T06:00:00.25", "2024-02-29T06:30:00.25", "NaT"], "datetime64[us]"))
    assert [written(one) for one in found] == ["2024-02-28 06:00:00.25", "2024-02-29 06:30:00.25", ""]
    assert moment("days since 2024-02-28", 2) == "2024-03-01" and moment("time [s]", 2.5) == "time [s] 2.5"
    for label in ("seconds since 08:00:00", "days", "days since 2024-13-01", "years since 2024-01-01", "row"):
        assert calendar_of(label) is None


def test_days_of_many_years_are_exact_to_the_millisecond():
    dates = np.datetime64("1900-01-01", "us") + np.arange(0, 1_000) * np.timedelta64(3_333_333_333, "ms")
    since = (dates - dates[0]).astype(np.int64) / 86_400e6
    found = Calendar(dates[0], "days").dates(since)
    assert np.abs((found - dates).astype(np.int64)).max() == 0


def test_a_panel_shows_dates_and_numbers_again():
    panel = Panel("time", "", 100)
    panel.times("days since 2024-01-01")
    panel.look((0.0, 400.0), (0.0, 1.0))
    assert panel.x_axis.label == "2024 to 2025" and "2025" in panel.x_axis.tick_labels.values()
    assert panel.wire()["calendar"] == {"start": 1_704_067_200_000, "unit": 86_400_000}
    panel.window = (0.0, 0.001, 0.0, 1.0)
    panel.look((0.0, 400.0), (0.0, 1.0))
    assert panel.x_axis.label == "1 January 2024" and "02:00" in panel.x_axis.tick_labels.values()
    panel.times("time [s]")
    panel.look((0.0, 400.0), (0.0, 1.0))
    assert panel.x_axis.label == "time [s]" and panel.wire()["calendar"] is None


def frame(rows: int = 400) -> pandas.DataFrame:
    at = np.arange(rows)
    return pandas.DataFrame({"a": np.sin(at / 5), "b": np.cos(at / 7)}, index=pandas.date_range("2023-11-05", periods=rows, freq="D"))


def test_figures_tables_and_summaries_of_dated_data_have_dates():
    experiment = rc.Experiment(data=frame())
    results = experiment.wait()
    assert results is not None
    figure = PredictionFigure()
    figure.show(results)
    assert figure.panel.x_axis.label == "2024" and set(figure.panel.x_axis.tick_labels.values()) <= {"Aug", "Sep", "Oct", "Nov", "Dec"} | {
        f"{day} {month}" for day in range(1, 32) for month in ("Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    }
    names, lines = figure.table()
    table = [list(line) for line in lines]
    assert names[0] == "date" and len(table) == len(results.time)
    first = np.datetime64("2023-11-05") + int(results.time[0])
    assert [row[0] for row in table[:2]] == [str(first), str(first + 1)]
    split = SplitFigure()
    split.show(experiment.split)
    assert split.panel.x_axis.label == "2023 to 2024" and "2024" in split.panel.x_axis.tick_labels.values()
    assert split.panel.wire()["calendar"] == {"start": 1_699_142_400_000, "unit": 86_400_000}
    names, lines = split.table()
    assert list(names)[:2] == ["row", "date"] and next(iter(lines))[:2] == [0, "2023-11-05"]
    assert "train from 2023-" in split.caption.summary or "train from 2024-" in split.caption.summary
    experiment.close()

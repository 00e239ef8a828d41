"""What every data set keeps to."""

import inspect
import re

import numpy as np
import pytest

from rcwidgets.core import datasets

SERIES = {
    "chua_series": lambda: datasets.chua_series(5, dt=0.05),
    "double_scroll_series": lambda: datasets.double_scroll_series(25),
    "integration_series": lambda: datasets.integration_series(100),
    "henon_series": lambda: datasets.henon_series(100),
    "logistic_series": lambda: datasets.logistic_series(100),
    "lorenz96_series": lambda: datasets.lorenz96_series(1),
    "lorenz_series": lambda: datasets.lorenz_series(1, dt=0.01),
    "mackey_glass_series": lambda: datasets.mackey_glass_series(100),
    "memory_series": lambda: datasets.memory_series(100),
    "mso_series": lambda: datasets.mso_series(100),
    "narma_series": lambda: datasets.narma_series(100),
    "rossler_series": lambda: datasets.rossler_series(1),
}
SEEDED = {
    "memory_series": lambda seed: datasets.memory_series(100, seed=seed)["u"],
    "narma_series": lambda seed: datasets.narma_series(100, seed=seed)["u"],
    "integration_batches": lambda seed: next(datasets.integration_batches(seed=seed)())[0],
    "integration_series": lambda seed: datasets.integration_series(100, seed=seed)["x"],
}
OWN = {"DataFile", "DataWarning", "from_csv", "from_frame"}
OTHERS = {"LORENZ_LYAPUNOV_TIME", "ROSSLER_LYAPUNOV_TIME", "integration_batches", "japanese_vowels", "sunspots"} | OWN


def test_every_public_data_set_is_under_these_laws():
    assert set(SERIES) | OTHERS == set(datasets.__all__)


@pytest.mark.parametrize("make", SERIES.values(), ids=list(SERIES))
def test_a_series_is_float64_with_the_time_first_and_always_the_same(make):
    first, second = make(), make()
    for name, values in first.items():
        assert values.dtype == np.float64
        assert values.shape == (100, values.shape[1])
        assert np.isfinite(values).all()
        assert np.ptp(values) > 0
        np.testing.assert_array_equal(values, second[name])


@pytest.mark.parametrize("make", SEEDED.values(), ids=list(SEEDED))
def test_the_seed_decides_the_random_numbers(make):
    np.testing.assert_array_equal(make(3), make(3))
    assert (make(3) != make(4)).any()
    with pytest.raises(ValueError, match=r"\w+.seed must be in \[0, 9223372036854775808\], got -1\."):
        make(-1)
    with pytest.raises(TypeError, match=r"\w+.seed must be a whole number, got 0.5\."):
        make(0.5)


@pytest.mark.parametrize("name", sorted(set(datasets.__all__) - {"LORENZ_LYAPUNOV_TIME", "ROSSLER_LYAPUNOV_TIME", "sunspots"} - OWN))
def test_the_docstring_names_its_source_and_shows_a_call(name):
    text = getattr(datasets, name).__doc__
    assert "Reference: " in text
    assert f">>> {name}" in text or f"{name}(" in text


TIMED = [
    name for name in SERIES if name in ("chua_series", "double_scroll_series", "lorenz96_series", "mackey_glass_series", "rossler_series")
]


@pytest.mark.parametrize("name", [*TIMED, "lorenz_series"])
def test_the_docstring_of_a_flow_names_its_integrator_and_step(name):
    text = " ".join(getattr(datasets, name).__doc__.split())
    assert re.search("Integrated by the Runge-Kutta method of order 4 with the fixed step `dt`(?: / `substeps`)?, in float64", text)


@pytest.mark.parametrize("name", [*SERIES, "integration_batches"])
def test_the_docstring_has_an_equation_and_all_parameters(name):
    make = getattr(datasets, name)
    assert re.search(r"^ +\w\S*(?:\(t\)|\[.*?\])?'?(?:\(t\))? = ", make.__doc__, re.MULTILINE)
    for parameter in inspect.signature(make).parameters:
        assert re.search(rf"\b{parameter}\b", make.__doc__), parameter


@pytest.mark.parametrize("name", TIMED)
def test_a_flow_refuses_a_duration_and_a_step_that_make_no_series(name):
    make = getattr(datasets, name)
    with pytest.raises(ValueError, match=rf"{name}.dt must be above 0, got -1\."):
        make(10, dt=-1)
    with pytest.raises(ValueError, match=rf"{name}.duration must be finite, got inf\."):
        make(float("inf"))
    with pytest.raises(ValueError, match=rf"{name}.duration must hold between 1 and 100000000 steps of dt = 1, got 1e-09\."):
        make(1e-9, dt=1)


@pytest.mark.parametrize("name", ["henon_series", "logistic_series", "memory_series", "mso_series", "narma_series"])
def test_a_map_refuses_a_number_of_steps_that_is_none(name):
    make = getattr(datasets, name)
    with pytest.raises(ValueError, match=rf"{name}.steps must be in \[1, 100000000\], got 0\."):
        make(0)
    with pytest.raises(TypeError, match=rf"{name}.steps must be a whole number, got 10.0\."):
        make(10.0)

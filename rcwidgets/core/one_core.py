"""How a program is compiled that has to stay on one core, since others run beside it."""

from functools import cache

import jax

_OPTIONS: tuple[dict[str, str | bool], ...] = (
    # YNNPACK splits a product of a few lanes over all cores, and takes a third more of their time (measured with jaxlib 0.10 at 400 units).
    {"xla_cpu_multi_thread_eigen": False, "xla_cpu_experimental_ynn_fusion_type": ""},
    {"xla_cpu_multi_thread_eigen": False},
)


@cache
def one_core_options() -> dict[str, str | bool] | None:
    """The options for `jax.jit`: as many of those for one core as this XLA knows; None on a GPU or where it knows none."""
    if jax.default_backend() != "cpu":
        return None
    for options in _OPTIONS:
        try:
            jax.jit(lambda x: x + 1, compiler_options=options)(1.0)
        except Exception:  # an option that this XLA does not know: each version raises another error
            continue
        return options
    return None

"""What the public names take and give: each argument, result and field has a type of its own, and none is Any."""

import inspect
import typing
from collections.abc import Iterator
from concurrent.futures import Executor
from types import FunctionType, ModuleType

import numpy as np
import optuna
import pandas
import pytest
from distributed import Client
from jax.typing import DTypeLike
from sklearn.utils import Tags

import rcwidgets as rc
from rcwidgets.core import sparse_arrays
from rcwidgets.core.spec.own_arrays import CheckedArray

OPTUNA = (
    optuna.Study,
    optuna.Trial,
    optuna.trial.FrozenTrial,
    optuna.samplers.BaseSampler,
    optuna.pruners.BasePruner,
    optuna.storages.BaseStorage,
    optuna.distributions.BaseDistribution,
)
LATE = {"pandas": pandas, "Tags": Tags, "sparse_arrays": sparse_arrays, "ArrayLike": np.typing.ArrayLike} | {
    one.__name__: one for one in (*OPTUNA, Client, Executor, CheckedArray)
}  # imported where they are used


def ours(thing: object) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("rcwidgets")


def is_any(hint: object) -> bool:
    """Whether Any is a part of a hint; that of NumPy's ArrayLike (dtype[Any]) and of JAX's DTypeLike (type[Any]) is not ours."""
    if hint == DTypeLike:
        return False
    if hint is typing.Any:
        return True
    if typing.get_origin(hint) is np.dtype or typing.get_origin(hint) is np.ndarray:
        return False
    return any(is_any(part) for part in (hint if isinstance(hint, list | tuple) else typing.get_args(hint)))


def functions(cls: type, name: str) -> Iterator[FunctionType]:
    """The functions behind an attribute of a class that are written in this package: a method, or a property's getter and setter."""
    found = inspect.getattr_static(cls, name)
    if isinstance(found, property):
        behind: list[object] = [found.fget, found.fset]
    else:
        behind = [getattr(found, "__func__", None) or getattr(found, "func", None) or found]
    yield from (one for one in behind if isinstance(one, FunctionType) and ours(one))


def public(thing: object, where: str) -> Iterator[tuple[str, FunctionType | type]]:
    """All functions that a public thing has, and the classes whose fields count; inherited ones too."""
    if isinstance(thing, ModuleType):
        listed = getattr(thing, "__all__", [name for name, one in vars(thing).items() if not name.startswith("_") and ours(one)])
        for name in listed:
            yield from public(getattr(thing, name), f"{where}.{name}")
    elif isinstance(thing, type):
        yield from ((where, cls) for cls in thing.__mro__ if ours(cls))
        for name in dir(thing):
            if name.startswith("__") or not name.startswith("_"):
                yield from ((f"{where}.{name}", one) for one in functions(thing, name))
    elif isinstance(inspect.unwrap(thing), FunctionType):  # type: ignore[arg-type]
        yield where, inspect.unwrap(thing)  # type: ignore[arg-type]


def untyped(where: str, thing: FunctionType | type) -> list[str]:
    """What has no type, or one with Any."""
    hints = typing.get_type_hints(thing, localns=LATE)
    if isinstance(thing, type):
        own = [name for name in vars(thing).get("__annotations__", {}) if not name.startswith("_")]
        return [f"{where}.{name}" for name in own if is_any(hints[name])]
    made = thing.__code__.co_filename.startswith("<") or thing.__qualname__.endswith(("__setattr__", "__delattr__"))  # by dataclass
    named = [] if made else [name for name in inspect.signature(thing).parameters if name not in ("self", "cls")]
    return [f"{where}({name})" for name in {*named, *hints} if name not in hints or is_any(hints[name])]


@pytest.mark.parametrize("name", rc.__all__)
def test_no_public_signature_has_any(name):
    found = [one for where, thing in public(getattr(rc, name), name) for one in untyped(where, thing)]
    assert not sorted(set(found)), "\n".join(sorted(set(found)))


def test_any_is_found_wherever_it_stands():
    def given(x: int, y: "dict[str, list[typing.Any]]", *more: str) -> typing.Callable[[typing.Any], int]:
        return id

    class Mixed:
        named: typing.ClassVar[dict[str, typing.Any]]

        def method(self, z) -> None: ...

    assert sorted(untyped("given", given)) == ["given(return)", "given(y)"]
    assert untyped("Mixed", Mixed) == ["Mixed.named"] and untyped("m", Mixed.method) == ["m(z)"]
    assert not is_any(np.typing.ArrayLike) and is_any(list[tuple[int, typing.Any]])

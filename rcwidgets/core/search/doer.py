"""Who measures the groups of a batch: this process, or the workers of an executor; and a store that keeps what is known."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from rcwidgets.core.parts.parts import Parts
from rcwidgets.core.parts.store import Store, key_of
from rcwidgets.core.search.bench import Bench, Found, Group
from rcwidgets.core.search.plain import keys_of, part_of, plain_bench, work

if TYPE_CHECKING:
    from distributed import Client

Doer = Callable[[Sequence[Group]], Iterator[tuple[Group, Found]]]


@contextmanager
def doer_of(bench: Bench, metric: Any, executor: "Executor | Client | None", store: str | os.PathLike[str] | None) -> Iterator[Doer]:
    """What measures groups of settings, and yields each when it is known."""
    if executor is None and store is None:
        yield lambda groups: ((group, bench.measured(group)) for group in groups)
        return
    told = plain_bench(bench, metric)
    with ExitStack() as stack:
        parts = None if executor is None else stack.enter_context(Parts(executor, work, told))
        kept = None if store is None else stack.enter_context(Store(store))
        common = keys_of(told, bench.trainer)

        def do(groups: Sequence[Group]) -> Iterator[tuple[Group, Found]]:
            left = list(groups)
            if kept is not None:
                left = []
                for group in groups:
                    known, rest = _known(kept, common, group)
                    if known is not None:
                        yield known
                    if rest is not None:
                        left.append(rest)
            for group, found in _measured(bench, parts, left):
                if kept is not None and not found.refused:
                    kept.put(dict(zip(_keys(common, group), found.errors, strict=True)))
                yield group, found

        yield do


def _measured(bench: Bench, parts: Parts | None, groups: Sequence[Group]) -> Iterator[tuple[Group, Found]]:
    if parts is None:
        yield from ((group, bench.measured(group)) for group in groups)
        return
    by_place = {(*group.places, group.seed): group for group in groups}
    told = [{**part_of(group), "places": list(group.places)} for group in groups]
    for part, found in parts.run(told):
        group = by_place[(*part["places"], part["seed"])]
        yield group, Found([float(error) for error in found["errors"]], found["reason"], found["refused"])


def _keys(common: Mapping[str, Any], group: Group) -> list[str]:
    return [key_of({**common, "setting": _text(one), "seed": group.seed, "fold": group.fold}) for one in group.settings]


def _text(setting: Mapping[str, Any]) -> dict[str, str]:
    return {name: repr(value) for name, value in setting.items()}


def _known(store: Store, common: Mapping[str, Any], group: Group) -> tuple[tuple[Group, Found] | None, Group | None]:
    """What a store has of a group, and the rest of it."""
    keys = _keys(common, group)
    there = store.get(keys)
    have = [k for k, key in enumerate(keys) if key in there]
    miss = [k for k, key in enumerate(keys) if key not in there]
    known = (group.some(have), Found([float(there[keys[k]]) for k in have])) if have else None
    return known, group.some(miss) if miss else None

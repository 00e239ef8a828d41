"""What a search is measured on as plain values, for workers elsewhere and for the keys of a store."""

from collections.abc import Mapping
from typing import Any

from rcwidgets.core.cores import cores
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.plain import graph_data, read_choice, read_document, spec_data
from rcwidgets.core.parts.plain import digest
from rcwidgets.core.parts.worker import Shared
from rcwidgets.core.search.bench import Bench, Group
from rcwidgets.core.search.space import Space
from rcwidgets.core.search.validation import measure_of
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.sweep.job import check_plain, plain_nodes
from rcwidgets.core.trainers.sweep.measure import Rows
from rcwidgets.core.trainers.sweep.sweep import METRICS
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.core.version import __version__


def plain_bench(bench: Bench, metric: Any) -> dict[str, Any]:
    """The bench as plain values and arrays; what is code is a ValueError or a TypeError in words."""
    if callable(metric):
        raise ValueError(
            f"rc.search.metric must be one of {', '.join(METRICS)} with an executor or a store, got a function. "
            "Code does not travel to workers, and has no key in a store."
        )
    trainer = bench.trainer
    check_plain(trainer, "rc.search")
    return {
        "models": {name: _plain_model(model) for name, model in bench.space.models.items()},
        "trainer": spec_data(trainer.settings),
        "parallel": trainer.parallel,
        "folds": [list(rows) for rows in bench.folds],
        "metric": metric,
        "seeds": list(bench.seeds),
        "lanes": bench.lanes,
    }


def _plain_model(model: Graph) -> dict[str, Any]:
    used = plain_nodes(model)
    arrays = {name: {key: own.value for key, own in node.arrays.items()} for name, node in used.by_name().items()}
    return {"document": graph_data(used, arrays=None), "arrays": {name: own for name, own in arrays.items() if own}}


def read_bench(told: Mapping[str, Any]) -> Bench:
    """The bench of what `plain_bench` gave; it measures groups that were made elsewhere, so it knows no axes."""
    models: dict[str, Graph] = {}
    for name, one in told["models"].items():
        graph = Graph.from_parts(read_document(one["document"]))
        for node, own in one["arrays"].items():
            graph = graph.replace(node, **own)
        models[name] = graph
    settings = read_choice("trainer", told["trainer"], {name: kind.settings for name, kind in RUNNERS.items()})
    trainer: AbstractTrainer = RUNNERS[settings.kind].trainer(next(iter(models.values())), **settings.knobs, parallel=told["parallel"])
    rows = [Rows(*one) for one in told["folds"]]
    space = Space(models, {}, {}, len(models) > 1)
    return Bench(trainer, space, rows, measure_of(told["metric"], rows), tuple(told["seeds"]), told["lanes"])


def part_of(group: Group) -> dict[str, Any]:
    """A group as plain values."""
    return {"settings": [dict(one) for one in group.settings], "structure": repr(group.structure), "seed": group.seed, "fold": group.fold}


def work(shared: Shared, part: Mapping[str, Any]) -> dict[str, Any]:
    """The errors of a group, or why there are none; this is what workers do."""
    bench: Bench = shared.made("bench", lambda: read_bench(shared.data))
    found = bench.measured(Group(part["structure"], (), part["settings"], part["seed"], part["fold"]))
    return {"errors": list(found.errors), "reason": found.reason, "refused": found.refused}


def keys_of(told: Mapping[str, Any], trainer: AbstractTrainer) -> dict[str, Any]:
    """What the key of each result holds beside its setting, seed and fold: the bench, version, precision and plan."""
    seen = {name: value for name, value in told.items() if name not in ("seeds", "lanes")}
    return {"rcwidgets": __version__, "bench": digest(seen), "dtype": str(trainer.dtype), "cores": cores()}

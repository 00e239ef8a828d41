"""The TypeScript types of what goes over the wire, made from the Python side.

`python -m scripts.typescript frontend/src/generated.ts` writes them; with `--check` it only says whether the file is up to date.
"""

import argparse
import sys
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rcwidgets.core.document.offer import Offer
from rcwidgets.core.document.ops import OPS, Op
from rcwidgets.core.document.schema import KnobSchema, NodeKind, Schema, TaskKind, TrainerKind
from rcwidgets.core.graph.graph import Edge
from rcwidgets.core.graph.plain import DocumentData, EdgeData, NodeData, SpecData
from rcwidgets.core.graph.rules import Word
from rcwidgets.core.graph.sizing import Problem
from rcwidgets.core.nodes.base import Family, Group
from rcwidgets.core.spec.json_values import defaults
from rcwidgets.core.spec.knob import Effect, KnobKind, KnobValue
from rcwidgets.live.on_demand.metrics_table import MetricCells, MetricRow
from rcwidgets.live.results.words import Metric
from rcwidgets.live.session.locks import LocksShown
from rcwidgets.live.session.split import Border
from rcwidgets.live.session.status import Activity, NodeState, NodeStatus, Status
from rcwidgets.widgets.app import APP, History, LeftOut, OwnData, Shown
from rcwidgets.widgets.caption import CAPTION, Window
from rcwidgets.widgets.message import Answer, Failure, Result
from rcwidgets.widgets.runs import RUNS
from rcwidgets.widgets.status import STATUS
from rcwidgets.widgets.sweep import SWEEP, Written
from rcwidgets.widgets.transport import TRANSPORT
from rcwidgets.widgets.upload import FileRead

HEAD = (
    "/** The shapes of schema, document, edits, status and messages. Python owns them: this file is generated, do not edit it by hand. */"
)
NAMED: dict[str, Any] = {
    "Effect": Effect,
    "KnobKind": KnobKind,
    "KnobValue": KnobValue,
    "Family": Family,
    "Group": Group,
    "Word": Word,
    "Window": Window,
    "Activity": Activity,
    "NodeState": NodeState,
    "Knob": KnobSchema,
    "Choice": SpecData,
    "Document": DocumentData,
    "DocumentNode": NodeData,
    "DocumentEdge": EdgeData,
    **{
        cls.__name__: cls
        for cls in (NodeKind, TaskKind, TrainerKind, Schema, LeftOut, OwnData, FileRead, History, Offer, LocksShown, Shown, Written)
    },
    **{cls.__name__: cls for cls in (NodeStatus, Problem, Metric, MetricCells, MetricRow, Border, Status, Result, Failure, Answer)},
}
RECORDS = {
    "Edit": ("op", OPS),
    "AppMessage": ("type", APP),
    "TransportMessage": ("type", TRANSPORT),
    "StatusMessage": ("type", STATUS),
    "CaptionMessage": ("type", CAPTION),
    "RunsMessage": ("type", RUNS),
    "SweepMessage": ("type", SWEEP),
}  # unions, told apart by the field of this name
_WIDEST = 140  # characters of a line
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}
_UNTOLD = {Problem: "said"}  # the page gets these words as the `text`


def typescript() -> str:
    """The whole text of generated.ts."""
    lines = [HEAD, ""]
    for name, hint in NAMED.items():
        if _has_fields(hint):
            fields = [f"{field}: {type_}" for field, type_ in fields_of(hint).items()]
            short = f"export interface {name} {{ {'; '.join(fields)} }}"
            lines += [short] if len(short) <= _WIDEST else [f"export interface {name} {{", *(f"  {field};" for field in fields), "}"]
        else:
            lines += [f"export type {name} = {ts(hint, name)};"]
    for name, (key, kinds) in RECORDS.items():
        lines += ["", f"export type {name} =", *(f"  | {_record(key, word, kind)}" for word, kind in kinds.items())]
        lines[-1] += ";"
    return "\n".join([*lines, ""])


def fields_of(hint: Any) -> dict[str, str]:
    """The fields of an interface or a record and their types; one that may be left out ends with "?"."""
    read = {record for _, kinds in RECORDS.values() for record in kinds.values()}
    optional = defaults(hint) if hint in read else getattr(hint, "__optional_keys__", ())
    hints = {name: ts(type_) for name, type_ in get_type_hints(hint).items() if name != _UNTOLD.get(hint)}
    return {f"{name}?" if name in optional else name: type_ for name, type_ in hints.items()}


def ts(hint: Any, name: str = "") -> str:
    """A Python type as TypeScript: by its own name where it has one other than `name`."""
    known = next((one for one, other in NAMED.items() if other == hint and one != name), None)
    if known or hint in (Edge, Op):
        return known or {Edge: "DocumentEdge", Op: "Edit"}[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        parts, origin = tuple(hint), Literal
    if origin is Literal:
        return " | ".join(str(part) if isinstance(part, int) else f'"{part}"' for part in parts)
    if origin in (Union, UnionType):
        return " | ".join(ts(part) for part in parts)
    if origin is list or (origin is tuple and parts[1:] == (...,)):
        return f"{ts(parts[0])}[]"
    if origin is tuple:
        return f"[{', '.join(ts(part) for part in parts)}]"
    if origin is dict:
        return f"Record<{ts(parts[0])}, {ts(parts[1])}>"
    if hint in _PLAIN:
        return _PLAIN[hint]
    raise TypeError(f"There is no TypeScript for the type {hint!r}. Give it a name in NAMED.")


def _has_fields(hint: Any) -> bool:
    return isinstance(hint, type) and not issubclass(hint, StrEnum) and bool(getattr(hint, "__annotations__", None))


def _record(key: str, word: str, kind: type) -> str:
    return "; ".join([f'{{ {key}: "{word}"', *(f"{name}: {type_}" for name, type_ in fields_of(kind).items() if name != key)]) + " }"


def main(arguments: list[str] | None = None) -> int:
    """Writes the file, or with --check returns 1 where it is out of date."""
    parser = argparse.ArgumentParser(prog="python -m scripts.typescript", description="Writes the TypeScript types of the wire.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    options = parser.parse_args(arguments)
    made = typescript()
    if not options.check:
        options.path.write_text(made, encoding="utf-8")
        return 0
    if options.path.is_file() and options.path.read_text(encoding="utf-8") == made:
        return 0
    print(f"{options.path} is out of date. Run: python -m scripts.typescript {options.path}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

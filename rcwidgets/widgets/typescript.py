"""The TypeScript types of what goes over the wire, made from the Python side.

`python -m rcwidgets.widgets.typescript frontend/src/generated.ts` writes them; with `--check` it only says whether the file is up to date.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rcwidgets.core.document.edits import OPS
from rcwidgets.core.graph.reading import FORMAT, VERSION
from rcwidgets.core.graph.rules import WORDS
from rcwidgets.core.graph.sizing import Problem
from rcwidgets.core.nodes.base import FAMILIES, GROUPS
from rcwidgets.core.spec.knobs import Effect
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS
from rcwidgets.live.session.split import Border
from rcwidgets.live.session.status import Activity, Metric, MetricCells, MetricRow, NodeStatus, Status

HEAD = "/** The shapes of schema, document, edits and status. Python owns them: this file is generated, do not edit it by hand. */"


def _union(words: Iterable[str]) -> str:
    return " | ".join(f'"{word}"' for word in words)


ALIASES = {
    "KnobKind": '"float" | "int" | "bool" | "choice" | "text" | "ints" | "columns"',
    "KnobValue": "number | string | boolean | number[] | string[] | null",
    "Family": _union(FAMILIES),
    "Group": _union(GROUPS),
    "Knobs": "Record<string, Knob>",
    "KnobValues": "Record<string, KnobValue>",
}
_SPEC = {"kind": "string", "label": "string", "doc": "string", "knobs": "Knobs", "order": "string[]"}
INTERFACES = {
    "Knob": {
        "label": "string",
        "doc": "string",
        "unit": "string",
        "effect": "Effect",
        "kind": "KnobKind",
        "default": "KnobValue",
        "low": "number | null",
        "high": "number | null",
        "slider": "[number, number, number] | null",
        "log": "boolean",
        "choices": "string[] | null",
        "presets": "number[] | null",
        "optional": "boolean",
        "auto": "[number, number] | null",
        "says": "KnobWords | null",
    },
    "KnobWords": {"number": "string", "range": "string", "span": "string"},
    "NodeKind": {
        **_SPEC,
        "aliases": "string[]",
        "family": "Family",
        "group": "Group",
        "takes": '"none" | "any"',
        "feedback": "boolean",
        "card": "string[]",
    },
    "TaskKind": _SPEC,
    "TrainerKind": {**_SPEC, "card": "string[]", "iterative": "boolean", "forces": "boolean"},
    "Words": {word if word in ("no_input", "no_feedback", "duplicate", "too_many_edges") else f"{word}?": "string" for word in WORDS},
    "Schema": {
        "nodes": "Record<string, NodeKind>",
        "tasks": "Record<string, TaskKind>",
        "trainers": "Record<string, TrainerKind>",
        "order": "{ nodes: string[]; tasks: string[]; trainers: string[] }",
        "words": "Words",
        "limits": "{ nodes: number; edges: number }",
    },
    "LeftOut": {"name": "string", "reason": "string"},
    "OwnData": {"name": "string", "rows": "number", "time": "string", "columns": "string[]", "left_out": "LeftOut[]"},
    "DocumentNode": {"id": "string", "name": "string", "kind": "string", "knobs": "KnobValues", "position": "[number, number] | null"},
    "DocumentEdge": {"source": "string", "target": "string", "feedback": "boolean"},
    "Choice": {"kind": "string", "knobs": "KnobValues"},
    "Document": {
        "format": f'"{FORMAT}"',
        "version": str(VERSION),
        "nodes": "DocumentNode[]",
        "edges": "DocumentEdge[]",
        "task": "Choice",
        "trainer": "Choice",
    },
}
_FIELDS = {
    "kind": "string",
    "id": "string",
    "position": "[number, number]",
    "source": "string",
    "target": "string",
    "feedback": "boolean",
    "nodes": "string[]",
    "edges": "DocumentEdge[]",
    "positions": "Record<string, [number, number]>",
    "owner": "string",
    "knob": "string",
    "value": "KnobValue",
    "node": "string",
    "name": "string",
    "paste nodes": "DocumentNode[]",
    "like": "Record<string, string>",
    "choose owner": '"task" | "trainer"',
    "keep": "boolean",
}  # the type of each field of an edit; "<op> <field>" where an op has a type of its own


def typescript() -> str:
    """The whole text of generated.ts."""
    aliases = {
        "Effect": _union(Effect),
        **ALIASES,
        "NodeKindName": _union(NODES),
        "TaskKindName": _union(TASKS),
        "TrainerKindName": _union(TRAINERS),
        "EditOp": _union(OPS),
        "Edit": "".join(f"\n  | {_edit(op)}" for op in OPS),
        "Activity": _union(get_args(Activity)),
    }
    interfaces = {
        **INTERFACES,
        "NodeStatus": _hints(NodeStatus),
        "Problem": {name: ts for name, ts in _hints(Problem).items() if name != "said"},  # the page gets its own words as `text`
        "Metric": _hints(Metric),
        "MetricCells": _hints(MetricCells),
        "MetricRow": _hints(MetricRow),
        "Border": _hints(Border),
        "Status": {**_hints(Status), "device": "string"},
    }
    lines = [HEAD, ""]
    lines += [f"export type {name} ={'' if type_.startswith(chr(10)) else ' '}{type_};" for name, type_ in aliases.items()]
    for name, fields in interfaces.items():
        lines += ["", f"export interface {name} {{", *(f"  {field}: {type_};" for field, type_ in fields.items()), "}"]
    return "\n".join([*lines, ""])


def ts(hint: Any) -> str:
    """A Python type as TypeScript; a named tuple becomes a reference to the interface of its name."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint == Activity:
        return "Activity"
    if origin is Literal:
        return _union(parts)
    if origin in (Union, UnionType):
        return " | ".join(ts(part) for part in parts)
    if origin is tuple and parts[1:] == (...,):
        return f"{ts(parts[0])}[]"
    if origin is dict and parts[0] is str:
        return f"Record<string, {ts(parts[1])}>"
    plain = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}
    if hint in plain:
        return plain[hint]
    if isinstance(hint, type) and hasattr(hint, "_fields"):
        return hint.__name__
    raise TypeError(f"There is no TypeScript for the type {hint!r}. Add it to ts().")


def _hints(cls: type) -> dict[str, str]:
    return {name: ts(hint) for name, hint in get_type_hints(cls).items()}


def _edit(op: str) -> str:
    _, required, optional = OPS[op]
    fields: Mapping[str, str] = {**dict.fromkeys(required, ""), **dict.fromkeys(optional, "?")}
    typed = [f"{name}{mark}: {_FIELDS.get(f'{op} {name}', _FIELDS[name])}" for name, mark in fields.items()]
    return f"{{ {'; '.join([f'op: {chr(34)}{op}{chr(34)}', *typed])} }}"


def main(arguments: list[str] | None = None) -> int:
    """Writes the file, or with --check returns 1 where it is out of date."""
    parser = argparse.ArgumentParser(prog="python -m rcwidgets.widgets.typescript", description="Writes the TypeScript types of the wire.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    options = parser.parse_args(arguments)
    made = typescript()
    if not options.check:
        options.path.write_text(made, encoding="utf-8")
        return 0
    if options.path.is_file() and options.path.read_text(encoding="utf-8") == made:
        return 0
    print(f"{options.path} is out of date. Run: python -m rcwidgets.widgets.typescript {options.path}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

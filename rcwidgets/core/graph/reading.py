"""The one validator of data from outside: files, share tokens, traits and messages. No name in the data leads to anything but a registry.

Plain JSON values go in, checked specs come out; an error names the path of the bad entry: "nodes[2].knobs.leak_rate: Reservoir.leak_rate
must be in [0.001, 1.0], got 1.7."
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

import numpy as np

from rcwidgets.core.graph.rules import MAX_EDGES, MAX_NODES, WORDS, refused
from rcwidgets.core.spec import naming
from rcwidgets.core.spec.knobs import Knob, Spec, knob_named
from rcwidgets.core.spec.refusal import RefusedValue
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS, kind_named

FORMAT = "rcwidgets"
VERSION = 1
WHOLE = "document"  # the path of the whole document
LONGEST = 256_000  # bytes of JSON
FARTHEST = 1e6  # pixels from the origin of the canvas
_LONGEST_WORD = 200  # characters of a knob's value
_EXPECTED = {"int": "a number", "float": "a number", "text": "a short text", "columns": "names of columns"}

Position = tuple[float, float]
Wire = tuple[str, str, bool]  # source id, target id, feedback


class DocumentError(ValueError):
    """A document that cannot be read: the words, led by the `path` of the bad entry ("document" for the whole)."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(f"{path} {words}" if words.startswith("must") else f"{path}: {words}")
        self.path, self.words = path, words


class Parts(NamedTuple):
    """What a document holds, checked: nodes and names by id, wires, positions by id, and the task and trainer where they are given."""

    nodes: dict[str, Any]
    names: dict[str, str]
    wires: tuple[Wire, ...]
    positions: dict[str, Position]
    task: Any
    trainer: Any


def fail(path: str, words: str) -> NoReturn:
    """Raises a DocumentError."""
    raise DocumentError(path, words)


@contextmanager
def entry(path: str) -> Iterator[None]:
    """Within this context a ValueError or TypeError becomes a DocumentError at `path`."""
    try:
        yield
    except DocumentError:
        raise
    except (ValueError, TypeError) as error:
        raise DocumentError(path, str(error)) from error


def parse(text: str | bytes) -> Any:
    """The JSON text as plain values: at most 256 kB, no key twice, no NaN."""
    size = len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else len(text)
    if size > LONGEST:
        fail(WHOLE, f"must be at most {LONGEST // 1000} kB, got {size / 1000:.0f} kB.")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=lambda word: fail(WHOLE, f"must hold finite numbers, got {word}."))
    except DocumentError:
        raise
    except RecursionError:
        raise DocumentError(WHOLE, "It is nested too deeply.") from None
    except ValueError as error:
        raise DocumentError(WHOLE, f"It is not JSON: {error}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        fail(WHOLE, f"It has a key twice: {shown(next(key for key in keys if keys.count(key) > 1))}.")
    return found


def read_document(data: Any) -> Parts:
    """A document of plain values, checked; task and trainer may be left out."""
    fields = read_object(WHOLE, data, ("format", "version", "nodes"), ("edges", "task", "trainer"))
    if fields["format"] != FORMAT:
        fail("format", f"must be {FORMAT!r}, got {shown(fields['format'])}. This is not a document of rcwidgets.")
    version = fields["version"]
    if not _is_integer(version) or version < 1:
        fail("version", f"must be a whole number from 1, got {shown(version)}.")
    if version > VERSION:
        words = f"The document is of version {version}; this rcwidgets reads up to version {VERSION}."
        fail("version", f"{words} Install a newer rcwidgets to open it.")
    nodes, names, positions = read_nodes("nodes", fields["nodes"])
    wires = read_wires("edges", fields.get("edges", []), nodes, names)
    task = read_choice("task", fields["task"], TASKS) if "task" in fields else None
    trainer = read_choice("trainer", fields["trainer"], TRAINERS) if "trainer" in fields else None
    return Parts(nodes, names, wires, positions, task, trainer)


def read_nodes(path: str, data: Any) -> tuple[dict[str, Any], dict[str, str], dict[str, Position]]:
    """A list of node objects: the specs (with the ids as their tokens), names and positions by id."""
    nodes: dict[str, Any] = {}
    names: dict[str, str] = {}
    positions: dict[str, Position] = {}
    for at, item in read_list(path, data, MAX_NODES, WORDS["too_many_nodes"]):
        fields = read_object(at, item, ("id", "name", "kind"), ("knobs", "arrays", "position"))
        id, name = read_name(f"{at}.id", fields["id"]), read_name(f"{at}.name", fields["name"])
        if id in nodes:
            fail(f"{at}.id", f"Ids must be unique: there is a node with the id {id!r} already.")
        if name in names.values():
            fail(f"{at}.name", f"Names must be unique: there is a node named {name!r} already.")
        nodes[id], names[id] = make_node(read_spec(at, fields, NODES, "node"), id, name), name
        if fields.get("position") is not None:
            positions[id] = read_position(f"{at}.position", fields["position"])
    return nodes, names, positions


def make_node(spec: Any, id: str, name: str | None = None) -> Any:
    """The node spec with this id; a name that a graph would not give by itself (as "reservoir_2") is fixed."""
    own = None if name is None or re.fullmatch(rf"{re.escape(spec.short_name)}(_\d+)?", name) else name
    return replace(spec, name=own, token=spec.token._replace(id=id))


def read_wires(path: str, data: Any, nodes: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Wire, ...]:
    """A list of edge objects between known nodes: no wire twice, none that its target refuses, no forward cycle."""
    wires: dict[Wire, str] = {}
    for at, item in read_list(path, data, MAX_EDGES, WORDS["too_many_edges"]):
        wire = read_wire(at, item)
        for end, id in zip(("source", "target"), wire[:2], strict=True):
            if id not in nodes:
                fail(f"{at}.{end}", f"There is no node with the id {id!r}.")
        source, target, feedback = wire
        word = refused(nodes[target], feedback=feedback) or ("duplicate" if wire in wires else None)
        if word:
            fail(at, WORDS[word].format(source=names[source], target=names[target]))
        wires[wire] = at
    cycle = find_cycle([wire[:2] for wire in wires if not wire[2]])
    if cycle:
        source, target = cycle[-2:]
        walk = " -> ".join(names[id] for id in [target, *cycle[1:]])
        fail(wires[source, target, False], WORDS["cycle"].format(source=names[source], target=names[target], path=walk))
    return tuple(wires)


def read_wire(at: str, data: Any) -> Wire:
    """One edge object."""
    fields = read_object(at, data, ("source", "target"), ("feedback",))
    feedback = read_flag(f"{at}.feedback", fields.get("feedback", False))
    return read_id(f"{at}.source", fields["source"]), read_id(f"{at}.target", fields["target"]), feedback


def find_cycle(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The ids along a cycle of (source, target) pairs, the first one again at the end; empty where there is none."""
    after: dict[str, list[str]] = {}
    for source, target in pairs:
        after.setdefault(source, []).append(target)
    done: set[str] = set()
    for root in after:
        walk, open_ = [root], [iter(after[root])]
        while walk:
            following = next((id for id in open_[-1] if id not in done), None)
            if following is None:
                done.add(walk.pop())
                open_.pop()
            elif following in walk:
                return [*walk[walk.index(following) :], following]
            elif following in after:
                walk.append(following)
                open_.append(iter(after[following]))
    return []


def read_choice(path: str, data: Any, kinds: dict[str, Any]) -> Any:
    """A task or trainer object: {kind, knobs}."""
    return read_spec(path, read_object(path, data, ("kind",), ("knobs",)), kinds, path)


def read_spec(at: str, fields: Mapping[str, Any], kinds: dict[str, Any], word: str) -> Any:
    """The spec of fields["kind"] with fields["knobs"] and fields["arrays"]; knobs that are left out take their defaults."""
    with entry(f"{at}.kind"):
        cls = kind_named(kinds, read_word(f"{at}.kind", fields["kind"]), word)
    given = fields.get("knobs", {})
    if not isinstance(given, Mapping):
        fail(f"{at}.knobs", f"must be an object, got {shown(given)}.")
    values = {}
    for name, value in given.items():
        with entry(f"{at}.knobs"):
            knob = knob_named(cls, read_word(f"{at}.knobs", name))
        with entry(f"{at}.knobs.{name}"):
            values[name] = knob_value(cls, name, knob, value)
    with entry(f"{at}.knobs"):
        spec = cls(**values)
    if "arrays" not in fields:
        return spec
    read = read_object(f"{at}.arrays", fields["arrays"], (), tuple(cls.takes_arrays))
    arrays = {name: read_array(f"{at}.arrays.{name}", array) for name, array in read.items()}
    with entry(f"{at}.arrays"):
        return replace(spec, **arrays)


def read_array(path: str, data: Any) -> np.ndarray:
    """A list of numbers, or of lists of as many numbers, as a float64 array."""
    if not isinstance(data, list | tuple) or not data:
        fail(path, f"must be a list of numbers, or of lists of them, got {shown(data)}.")
    flat = not isinstance(data[0], list | tuple)
    rows = [data] if flat else data
    for k, row in enumerate(rows):
        at = path if flat else f"{path}[{k}]"
        if not isinstance(row, list | tuple) or len(row) != len(rows[0]):
            fail(at, f"must be a list of {len(rows[0])} numbers, got {shown(row)}.")
        for value in row:
            if not (isinstance(value, float) or _is_integer(value)) or not math.isfinite(value):
                fail(at, f"must hold finite numbers, got {shown(value)}.")
    return np.array(data, dtype=np.float64)


def knob_value(cls: type[Spec], name: str, knob: Knob, value: Any) -> Any:
    """The value of a knob: a plain number, word, boolean or None in its legal range; whole numbers as a list, or as text such as "2, 3"."""
    where = f"{cls.kind}.{name}"
    if knob.kind == "ints":
        return knob.check(where, _whole_numbers(where, knob, value))
    if knob.kind == "columns" and isinstance(value, list | tuple):
        return knob.check(where, value)
    short = isinstance(value, str) and len(value) <= _LONGEST_WORD
    if not (short or value is None or isinstance(value, bool | float) or _is_integer(value)):
        rule = f"must be {_EXPECTED.get(knob.kind, 'one of its values')}"
        raise RefusedValue(f"{where} {rule}, got {shown(value)}.", knob.say(rule))
    return knob.check(where, value)


def _whole_numbers(where: str, knob: Knob, value: Any) -> Any:
    """What stands for whole numbers: one, a list of them, or a text of them with commas between."""
    if isinstance(value, str):
        words = value.strip().strip("()[]").split(",")
        words = words[:-1] if len(words) > 1 and not words[-1].strip() else words
        if len(value) > _LONGEST_WORD or not all(re.fullmatch(r"\s*[+-]?\d{1,9}\s*", word, re.ASCII) for word in words):
            rule = "must be whole numbers with commas between, such as 2, 3"
            raise RefusedValue(f"{where} {rule}, got {shown(value)}.", knob.say(rule))
        return [int(word) for word in words]
    if not all(_is_integer(one) for one in (value if isinstance(value, list | tuple) else [value])):
        rule = "must be a whole number or a list of them"
        raise RefusedValue(f"{where} {rule}, got {shown(value)}.", knob.say(rule))
    return value


def read_object(at: str, data: Any, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """An object with all required keys and no unknown ones."""
    if not isinstance(data, Mapping):
        fail(at, f"must be an object, got {shown(data)}.")
    known = (*required, *optional)
    unknown = next((key for key in data if key not in known), None)
    if unknown is not None:
        fail(at, f"Unknown key {shown(unknown)}. Known keys: {', '.join(known)}.")
    missing = next((key for key in required if key not in data), None)
    if missing is not None:
        fail(at, f"{missing!r} is missing. It needs: {', '.join(required)}.")
    return data


def read_list(path: str, data: Any, most: int, words: str) -> list[tuple[str, Any]]:
    """The items of a list with their paths; more than `most` are refused with `words`."""
    if not isinstance(data, list | tuple):
        fail(path, f"must be a list, got {shown(data)}.")
    if len(data) > most:
        fail(path, f"{words[:-1]}, got {len(data)}.")
    return [(f"{path}[{k}]", item) for k, item in enumerate(data)]


def read_word(path: str, data: Any) -> str:
    """A short text."""
    if not isinstance(data, str) or len(data) > _LONGEST_WORD:
        fail(path, f"must be a short text, got {shown(data)}.")
    return data


def read_flag(path: str, data: Any) -> bool:
    """True or false."""
    if not isinstance(data, bool):
        fail(path, f"must be true or false, got {shown(data)}.")
    return data


def read_id(path: str, data: Any) -> str:
    """An id or a name: 1 to 64 letters, digits, '_' or '-'."""
    if not naming.is_name(data):
        fail(path, f"must be 1 to 64 letters, digits, '_' or '-', got {shown(data)}.")
    return data


def read_name(path: str, data: Any) -> str:
    """The id or name of a node, which is none of the other owners of knobs."""
    if read_id(path, data) in naming.RESERVED:
        fail(path, f"must not be {data!r}, which names the {data} itself. Choose another one.")
    return data


def read_position(path: str, data: Any) -> Position:
    """A place (x, y) on the canvas, in pixels."""
    if not isinstance(data, list | tuple) or len(data) != 2:
        fail(path, f"must be [x, y], got {shown(data)}.")
    for value in data:
        if not (isinstance(value, float) or _is_integer(value)) or not math.isfinite(value) or abs(value) > FARTHEST:
            fail(path, f"must be two numbers in [{-FARTHEST:.0f}, {FARTHEST:.0f}], got {shown(value)}.")
    return float(data[0]), float(data[1])


def shown(value: Any) -> str:
    """A value in a few words, however large it is."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, int) and not isinstance(value, bool) and not _is_integer(value):
        return "a number of more than 300 digits"
    text = repr(value) if value is None or isinstance(value, bool | int | float) else type(value).__name__
    return {"None": "null", "True": "true", "False": "false"}.get(text, text)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 1000

"""The generated TypeScript: up to date, and of the same keys as what Python sends."""

from pathlib import Path
from typing import Literal, get_args

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.ops import OPS
from rcwidgets.core.document.schema import schema
from rcwidgets.core.graph.graph import Edge
from rcwidgets.core.nodes import Input, Reservoir
from rcwidgets.live.session.status import Metric
from scripts.typescript import NAMED, RECORDS, fields_of, main, ts, typescript

COMMITTED = Path(__file__).parents[1] / "frontend" / "src" / "generated.ts"


def test_the_committed_file_is_up_to_date():
    assert COMMITTED.read_text(encoding="utf-8") == typescript(), f"Run: python -m scripts.typescript {COMMITTED}"


def test_the_schema_has_the_keys_of_its_interfaces():
    made = schema()
    node = made["nodes"]["Reservoir"]
    pairs = {
        "Schema": made,
        "NodeKind": node,
        "Knob": node["knobs"]["units"],
        "TaskKind": made["tasks"]["lorenz"],
        "TrainerKind": made["trainers"]["RidgeTrainer"],
    }
    for name, value in pairs.items():
        assert set(fields_of(NAMED[name])) == set(value), name
    assert list(get_args(NAMED["Word"])) == list(made["words"])


def test_the_document_has_the_keys_of_its_interfaces_in_their_order():
    made = Document(Input(1) >> Reservoir(2)).to_data()
    pairs = {"Document": made, "DocumentNode": made["nodes"][0], "DocumentEdge": made["edges"][0], "Choice": made["task"]}
    for name, value in pairs.items():
        assert list(fields_of(NAMED[name])) == list(value), name
    assert fields_of(NAMED["DocumentEdge"]) == fields_of(Edge)


@pytest.mark.parametrize("group", ["nodes", "tasks", "trainers"])
def test_the_words_of_the_registries_are_in_the_unions(group):
    for entry in schema()[group].values():
        for alias, key in (("Family", "family"), ("Group", "group")):
            assert key not in entry or entry[key] in get_args(NAMED[alias])
        for knob in entry["knobs"].values():
            assert knob["kind"] in get_args(NAMED["KnobKind"])


def test_the_kinds_the_ops_and_the_status_are_there():
    text = typescript()
    assert 'export type Family = "source" | "state" | "readout" | "shape";' in text
    assert 'export type Activity = "idle" | "compiling" | "running" | "paused" | "failed";' in text
    assert "  problems: Problem[];" in text
    assert "  nodes: Record<string, NodeStatus>;" in text
    assert "  progress: number | null;" in text
    assert text.count("  | { op: ") == len(OPS)
    assert '  | { op: "set"; owner: string; knob: string; value: KnobValue }' in text
    assert '  | { op: "connect"; source: string; target: string; feedback?: boolean }' in text
    assert '  | { type: "edit"; edits: Edit[]; gesture?: string | null }' in text
    assert text.count("  | { type: ") == sum(len(kinds) for key, kinds in RECORDS.values() if key == "type")
    assert "export interface Answer { id: number; ok: boolean; result?: Result; error?: Failure }" in text
    assert "export interface Offer { text: string; label: string; edit: Edit }" in text


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (str, "string"),
        (int | None, "number | null"),
        (bool, "boolean"),
        (Literal["a", "b"], '"a" | "b"'),
        (tuple[Metric, ...], "Metric[]"),
        (dict[str, float], "Record<string, number>"),
        (tuple[float, float] | None, "[number, number] | null"),
        (list[Edge], "DocumentEdge[]"),
    ],
)
def test_python_types_become_typescript(hint, expected):
    assert ts(hint) == expected


def test_an_unknown_type_is_an_error():
    with pytest.raises(TypeError, match="There is no TypeScript for the type"):
        ts(complex)


def test_the_command_writes_and_checks(tmp_path, capsys):
    path = tmp_path / "generated.ts"
    assert main([str(path), "--check"]) == 1
    assert "is out of date. Run: python -m scripts.typescript" in capsys.readouterr().err
    assert main([str(path)]) == 0
    assert path.read_text(encoding="utf-8") == typescript()
    assert main([str(path), "--check"]) == 0
    path.write_text("old", encoding="utf-8")
    assert main(["--check", str(path)]) == 1

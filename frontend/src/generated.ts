/** The shapes of schema, document, edits, status and messages. Python owns them: this file is generated, do not edit it by hand. */

export type Effect = "live" | "redraw" | "rebuild";
export type KnobKind = "float" | "int" | "bool" | "choice" | "text" | "ints" | "columns";
export type KnobValue = number | string | boolean | number[] | string[] | null;
export type Family = "source" | "state" | "readout" | "shape";
export type Group = "Sources" | "Reservoirs" | "Recurrent" | "Readouts" | "Shape" | "Layers" | "Time";
export type Word = "no_input" | "no_feedback" | "duplicate" | "too_many_edges" | "too_many_nodes" | "cycle";
export type Window = [number, number, number, number];
export type Activity = "idle" | "compiling" | "running" | "paused" | "failed";
export type NodeState = "ok" | "working" | "waiting" | "warning" | "error" | "unwired" | "untrained";
export interface Knob {
  label: string;
  doc: string;
  unit: string;
  effect: Effect;
  kind: KnobKind;
  default: KnobValue;
  low: number | null;
  high: number | null;
  slider: [number, number, number] | null;
  log: boolean;
  choices: string[] | null;
  presets: number[] | null;
  optional: boolean;
  auto: [number, number] | null;
  says: Record<"number" | "range" | "span", string> | null;
}
export interface Choice { kind: string; knobs: Record<string, KnobValue> }
export interface Document { format: "rcwidgets"; version: 1; nodes: DocumentNode[]; edges: DocumentEdge[]; task: Choice; trainer: Choice }
export interface DocumentNode {
  id: string;
  name: string;
  kind: string;
  knobs: Record<string, KnobValue>;
  position: [number, number] | null;
}
export interface DocumentEdge { source: string; target: string; feedback: boolean }
export interface NodeKind {
  kind: string;
  label: string;
  doc: string;
  knobs: Record<string, Knob>;
  order: string[];
  aliases: string[];
  family: Family;
  group: Group;
  refuses: Record<"forward" | "feedback", Word | null>;
  card: string[];
}
export interface TaskKind { kind: string; label: string; doc: string; knobs: Record<string, Knob>; order: string[] }
export interface TrainerKind {
  kind: string;
  label: string;
  doc: string;
  knobs: Record<string, Knob>;
  order: string[];
  card: string[];
  iterative: boolean;
  forces: boolean;
}
export interface Schema {
  nodes: Record<string, NodeKind>;
  tasks: Record<string, TaskKind>;
  trainers: Record<string, TrainerKind>;
  order: Record<"nodes" | "tasks" | "trainers", string[]>;
  words: Record<Word, string>;
  limits: Record<"nodes" | "edges", number>;
}
export interface LeftOut { name: string; reason: string }
export interface OwnData {
  name: string;
  rows: number;
  time: string;
  columns: string[];
  left_out: LeftOut[];
  notes: string[];
  series: number;
  shortest: number;
  longest: number;
  classes: number;
}
export interface FileRead {
  name: string;
  options: Record<string, string | number | boolean | string[]>;
  found: Record<string, string>;
  names: string[];
  taken: string[];
  rows: string[][];
  columns: number;
  notes: string[];
  error: string | null;
  lines: string[];
  again: boolean;
}
export interface History { undo: string | null; redo: string | null }
export interface Offer { text: string; label: string; edit: Edit }
export interface LocksShown { locked: string[]; hidden: string[] }
export interface Shown {
  document: Document;
  revision: number;
  history: History;
  data: OwnData | null;
  file: FileRead | null;
  offer: Offer | null;
  locks: LocksShown;
}
export interface Written { knob: string; from: string; to: string; count: string; log: boolean }
export interface NodeStatus { state: NodeState; text: string; size: number | null; fixed: number; trained: number }
export interface Problem { owner: string | null; text: string; knob: string | null; unfinished: boolean }
export interface Metric { label: string; value: string; title: string }
export interface MetricCells { label: string; train: string; test: string }
export interface MetricRow {
  label: string;
  train: string;
  test: string;
  unit: string;
  definition: string;
  formula: string;
  note: string;
  channels: MetricCells[];
}
export interface Border { name: string; ends: string; row: number; low: number; high: number }
export interface Status {
  activity: Activity;
  message: string;
  outcome: string;
  pace: string;
  progress: number | null;
  nodes: Record<string, NodeStatus>;
  problems: Problem[];
  metrics: Metric[];
  revision: number;
  auto: boolean;
  old: string;
  output: string;
}
export interface Result { revision?: number; done?: boolean; label?: string | null; code?: string; csv?: string; words?: string }
export interface Failure { text: string; owner?: string | null; knob?: string | null; field?: string }
export interface Answer { id: number; ok: boolean; result?: Result; error?: Failure }

export type Edit =
  | { op: "add"; kind: string; id?: string | null; position?: [number, number] | null }
  | { op: "remove"; nodes?: string[]; edges?: DocumentEdge[] }
  | { op: "connect"; source: string; target: string; feedback?: boolean }
  | { op: "move"; positions: Record<string, [number, number]> }
  | { op: "set"; owner: string; knob: string; value: KnobValue }
  | { op: "reset"; owner: string; knob: string }
  | { op: "rename"; node: string; name: string }
  | { op: "choose"; owner: "task" | "trainer"; kind: string; keep?: boolean }
  | { op: "start" }
  | { op: "paste"; nodes: DocumentNode[]; edges?: DocumentEdge[]; like?: Record<string, string> | null };

export type AppMessage =
  | { type: "edit"; edits: Edit[]; gesture?: string | null }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "code" }
  | { type: "upload"; name: string; piece: number; pieces: number }
  | { type: "read"; options: Record<string, string | number | boolean | string[]> };

export type TransportMessage =
  | { type: "set"; owner: string; knob: string; value: KnobValue; gesture?: string | null }
  | { type: "run" }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "stop" }
  | { type: "step" }
  | { type: "reset" }
  | { type: "ready" }
  | { type: "drawn"; frame: number };

export type StatusMessage =
  | { type: "csv" };

export type CaptionMessage =
  | { type: "csv" }
  | { type: "choose"; name: string; value: string }
  | { type: "channels"; shown: number[] }
  | { type: "zoom"; panel: number; to: Window }
  | { type: "size"; panel: number; width: number; height: number }
  | { type: "split"; border: number; row: number; gesture?: string | null };

export type RunsMessage =
  | { type: "rename"; number: number; name: string }
  | { type: "pin"; number: number; pinned: boolean }
  | { type: "restore"; number: number }
  | { type: "code"; number: number }
  | { type: "csv" };

export type SweepMessage =
  | { type: "sweep"; x: Written; y: Written | null; seeds: string; metric: string; executor: string }
  | { type: "stop" }
  | { type: "look" }
  | { type: "take"; number: number; place: number }
  | { type: "csv" };

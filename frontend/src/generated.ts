/** The shapes of schema, document, edits and status. Python owns them: this file is generated, do not edit it by hand. */

export type Effect = "live" | "redraw" | "rebuild";
export type KnobKind = "float" | "int" | "bool" | "choice" | "text" | "ints" | "columns";
export type KnobValue = number | string | boolean | number[] | string[] | null;
export type Family = "source" | "state" | "readout" | "shape";
export type Group = "Sources" | "Reservoirs" | "Recurrent" | "Readouts" | "Shape" | "Layers" | "Time";
export type Knobs = Record<string, Knob>;
export type KnobValues = Record<string, KnobValue>;
export type NodeKindName = "Input" | "Reservoir" | "NVAR" | "VanillaRNN" | "GRU" | "LSTM" | "LinearReadout" | "Dense" | "Concat" | "Sum" | "Select" | "Reshape" | "Activation" | "LayerNorm" | "Dropout" | "Delay" | "Last" | "TimeMean";
export type TaskKindName = "lorenz" | "sunspots" | "mackey_glass" | "rossler" | "sines" | "narma" | "integration" | "data";
export type TrainerKindName = "RidgeTrainer" | "RLS" | "FORCELearning" | "LMS" | "BPTT";
export type EditOp = "add" | "remove" | "connect" | "move" | "set" | "reset" | "rename" | "choose" | "start" | "paste";
export type Edit =
  | { op: "add"; kind: string; id?: string; position?: [number, number] }
  | { op: "remove"; nodes?: string[]; edges?: DocumentEdge[] }
  | { op: "connect"; source: string; target: string; feedback?: boolean }
  | { op: "move"; positions: Record<string, [number, number]> }
  | { op: "set"; owner: string; knob: string; value: KnobValue }
  | { op: "reset"; owner: string; knob: string }
  | { op: "rename"; node: string; name: string }
  | { op: "choose"; owner: "task" | "trainer"; kind: string; keep?: boolean }
  | { op: "start" }
  | { op: "paste"; nodes: DocumentNode[]; edges?: DocumentEdge[]; like?: Record<string, string> };
export type Activity = "idle" | "compiling" | "running" | "paused" | "failed";

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
  says: KnobWords | null;
}

export interface KnobWords {
  number: string;
  range: string;
  span: string;
}

export interface NodeKind {
  kind: string;
  label: string;
  doc: string;
  knobs: Knobs;
  order: string[];
  aliases: string[];
  family: Family;
  group: Group;
  takes: "none" | "any";
  feedback: boolean;
  card: string[];
}

export interface TaskKind {
  kind: string;
  label: string;
  doc: string;
  knobs: Knobs;
  order: string[];
}

export interface TrainerKind {
  kind: string;
  label: string;
  doc: string;
  knobs: Knobs;
  order: string[];
  card: string[];
  iterative: boolean;
  forces: boolean;
}

export interface Words {
  no_input: string;
  no_feedback: string;
  duplicate: string;
  too_many_edges: string;
  too_many_nodes?: string;
  cycle?: string;
}

export interface Schema {
  nodes: Record<string, NodeKind>;
  tasks: Record<string, TaskKind>;
  trainers: Record<string, TrainerKind>;
  order: { nodes: string[]; tasks: string[]; trainers: string[] };
  words: Words;
  limits: { nodes: number; edges: number };
}

export interface LeftOut {
  name: string;
  reason: string;
}

export interface OwnData {
  name: string;
  rows: number;
  time: string;
  columns: string[];
  left_out: LeftOut[];
}

export interface DocumentNode {
  id: string;
  name: string;
  kind: string;
  knobs: KnobValues;
  position: [number, number] | null;
}

export interface DocumentEdge {
  source: string;
  target: string;
  feedback: boolean;
}

export interface Choice {
  kind: string;
  knobs: KnobValues;
}

export interface Document {
  format: "rcwidgets";
  version: 1;
  nodes: DocumentNode[];
  edges: DocumentEdge[];
  task: Choice;
  trainer: Choice;
}

export interface NodeStatus {
  state: "ok" | "working" | "waiting" | "warning" | "error" | "unwired" | "untrained";
  text: string;
  size: number | null;
  fixed: number;
  trained: number;
}

export interface Problem {
  owner: string | null;
  text: string;
  knob: string | null;
  unfinished: boolean;
}

export interface Metric {
  label: string;
  value: string;
  title: string;
}

export interface MetricCells {
  label: string;
  train: string;
  test: string;
}

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

export interface Border {
  name: string;
  ends: string;
  row: number;
  low: number;
  high: number;
}

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
  device: string;
}

/** The shapes of the schema and the document. Python owns them: this file is generated, do not edit it by hand. */

export type Effect = "live" | "redraw" | "rebuild";
export type KnobKind = "float" | "int" | "bool" | "choice";
export type KnobValue = number | string | boolean | null;

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
}

export type Knobs = Record<string, Knob>;
export type KnobValues = Record<string, KnobValue>;
export type Family = "source" | "state" | "readout" | "shape";
export type Group = "Sources" | "Reservoirs" | "Recurrent" | "Readouts" | "Shape";

export interface NodeKind {
  kind: string;
  label: string;
  family: Family;
  group: Group;
  doc: string;
  takes: "none" | "any";
  feedback: boolean;
  card: string[];
  knobs: Knobs;
}

export interface TaskKind {
  kind: string;
  label: string;
  doc: string;
  knobs: Knobs;
}

export interface TrainerKind {
  kind: string;
  label: string;
  doc: string;
  card: string[];
  knobs: Knobs;
}

export interface Words {
  no_input: string;
  no_feedback: string;
  duplicate: string;
  too_many_edges: string;
}

export interface Schema {
  nodes: Record<string, NodeKind>;
  tasks: Record<string, TaskKind>;
  trainers: Record<string, TrainerKind>;
  words: Words;
  limits: { nodes: number; edges: number };
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

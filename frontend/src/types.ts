/** The wire between the kernel and the page: the traits of the three models, and the messages with their answers. */
import type { Document, DocumentEdge, DocumentNode, KnobValue, OwnData, Schema } from "./generated";

export type Point = [number, number];
/** Who owns a knob: a node by its id, or the trainer, or the task. */
export type Owner = string;

export type Edit =
  | { op: "add"; kind: string; id?: string; position: Point }
  | { op: "remove"; nodes: string[]; edges: DocumentEdge[] }
  | { op: "connect"; source: string; target: string; feedback: boolean }
  | { op: "move"; positions: Record<string, Point> }
  | { op: "set"; owner: Owner; knob: string; value: KnobValue }
  | { op: "reset"; owner: Owner; knob: string }
  | { op: "rename"; node: string; name: string }
  | { op: "choose"; owner: "task" | "trainer"; kind: string }
  /** What task and trainer start with takes the place of the model. */
  | { op: "start" }
  | { op: "paste"; nodes: DocumentNode[]; edges: DocumentEdge[]; like: Record<string, string> };

export type AppMessage =
  | { type: "edit"; edits: Edit[]; gesture?: string }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "code" }
  /** A file in pieces, each the one buffer of its message; the answer to the last piece tells whether it could be read. */
  | { type: "upload"; name: string; piece: number; pieces: number };

export type TransportMessage =
  | { type: "ready" }
  | { type: "run" }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "stop" }
  | { type: "step" }
  | { type: "reset" }
  | { type: "set"; owner: Owner; knob: string; value: KnobValue; gesture: string };

/** The figures are on the screen as of a frame of the status. It gets no answer. */
export interface Drawn {
  type: "drawn";
  frame: number;
}

export interface Failure {
  text: string;
  owner?: string | null;
  knob?: string | null;
  /** The field of the form of a sweep that is wrong. */
  field?: string;
}

export interface Answer {
  id: number;
  ok: boolean;
  result?: Record<string, unknown> | null;
  error?: Failure | null;
}

/** What task and trainer would rather start from: a sentence, the words of the button, and the edit that it makes. */
export interface Offer {
  text: string;
  label: string;
  edit: Edit;
}

export interface History {
  undo: string | null;
  redo: string | null;
}

export type View = "playground" | "editor";

/** The traits of the app model; the page reads them and never writes them. */
export interface AppTraits {
  document: Document;
  revision: number;
  schema: Schema;
  history: History;
  data: OwnData | null;
  offer: Offer | null;
  status_model: string | null;
  transport_model: string | null;
  view: View;
  height: number;
}

export type Activity = "idle" | "compiling" | "running" | "paused" | "failed";
export type NodeState = "ok" | "working" | "waiting" | "warning" | "error" | "unwired" | "untrained";

export interface NodeStatus {
  state: NodeState;
  text: string;
  size: number | null;
  fixed: number;
  trained: number;
}

export interface Problem {
  owner: string | null;
  knob: string | null;
  text: string;
  /** Nothing is wrong: something is still to be done. */
  unfinished: boolean;
}

export interface Metric {
  label: string;
  value: string;
  title: string;
}

/** The traits of the status model; the worker thread writes them. */
export interface Status {
  activity: Activity;
  message: string;
  /** The error that came of what `message` tells, in words; else empty. */
  outcome: string;
  pace: string;
  progress: number | null;
  nodes: Record<string, NodeStatus>;
  problems: Problem[];
  metrics: Metric[];
  device: string;
  revision: number;
  auto: boolean;
  /** What the results are of, where they are another model's: "of the last model: Lorenz, 1 step". */
  old: string;
}

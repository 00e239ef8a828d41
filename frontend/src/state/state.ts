/** What one view of the app knows: the traits as they came, and what belongs to this view only (selection, hands on controls, notices). */
import type { StoreApi } from "zustand/vanilla";
import type { Document, KnobValue, Schema } from "../generated";
import type { Places } from "../model/layout";
import type { Point, Status, Traits } from "../types";

/** A value that the hand has set and the kernel's document does not hold yet. */
export interface Override {
  value: KnobValue | Point;
  /** Grows with every change of the value; only the answer to the newest one counts. */
  ticket: number;
  /** Null until the kernel has answered; then the revision from which the document holds the value. */
  settled: number | null;
  /** While a pointer holds the control, the document does not take it back. */
  held: boolean;
}

/** Where a control stands: on a card, in the inspector, or in the top bar. */
export type Place = "card" | "panel" | "bar";

/** What was typed into a field and refused, and into which: it stays there until it is mended. */
export interface Typed {
  text: string;
  at: Place;
}

/** Wiring by keyboard: the source, and which of the other nodes is offered. */
export interface Connecting {
  source: string;
  targets: string[];
  index: number;
}

/** Wiring by pointer: what is under the pointer now, in pixels of the canvas. */
export interface Pulling {
  source: string | null;
  target: string | null;
  x: number;
  y: number;
  /** The width of the canvas: words near its right end stand left of the pointer. */
  width: number;
}

export interface Selection {
  nodes: string[];
  edges: string[];
}

/** An undo or redo that is under way: what it brings back is selected. */
export interface Returning {
  ticket: number;
  before: Document;
  /** The revision from which the document has it; null until the kernel has answered. */
  revision: number | null;
  /** Whether the focus is on the canvas, and goes to what comes back where that is one thing. */
  focus: boolean;
}

export interface AppState extends Traits {
  status: Status;
  /** The offer that this view has closed. */
  declined: string | null;
  /** The file that is on its way to the kernel, or read again there, and how much of it is there; null where that is not known. */
  loading: { name: string; share: number | null } | null;
  /** Whether the dialog about the file is open. */
  fileShown: boolean;
  /** Places of nodes that the document leaves open. */
  computed: Places;
  overrides: Record<string, Override>;
  /** Sentences at their owner: "node.knob", "node", "trainer.beta", or "" for the whole. */
  errors: Record<string, string>;
  /** What was typed at the control of an error: "node.knob". */
  typed: Record<string, Typed>;
  selection: Selection;
  /** The node or wire that gets the focus as soon as it is drawn. */
  focus: string | null;
  /** The nodes that made room for the one that was added last. */
  beside: string[];
  returning: Returning | null;
  connecting: Connecting | null;
  pulling: Pulling | null;
  renaming: string | null;
  notice: string | null;
  /** Whether the notice is seen in the status too: a refusal stands at its control. */
  noticeSeen: boolean;
  /** Grows with each notice, so that the same words are spoken again. */
  notices: number;
  waiting: boolean;
  connected: boolean;
  /** Whether the server answers: while it does not, what is sent waits in the page. */
  reached: boolean;
  code: { text: string } | null;
  /** Whether the sheet of keys is open. */
  keysShown: boolean;
}

export type Store = StoreApi<AppState>;

const NONE = { kind: "", knobs: {} };

export const EMPTY_DOCUMENT: Document = { format: "rcwidgets", version: 1, nodes: [], edges: [], task: NONE, trainer: NONE };

export const EMPTY_SCHEMA: Schema = {
  nodes: {},
  tasks: {},
  trainers: {},
  order: { nodes: [], tasks: [], trainers: [] },
  words: { no_input: "", no_feedback: "", duplicate: "", too_many_edges: "", too_many_nodes: "", cycle: "" },
  limits: { nodes: 200, edges: 500 },
};

export const EMPTY_STATUS: Status = {
  activity: "idle",
  message: "",
  outcome: "",
  pace: "",
  progress: null,
  nodes: {},
  problems: [],
  metrics: [],
  device: "",
  revision: 0,
  auto: true,
  old: "",
  output: "",
};

export const initialState = (): AppState => ({
  schema: EMPTY_SCHEMA,
  document: EMPTY_DOCUMENT,
  revision: -1,
  history: { undo: null, redo: null },
  data: null,
  file: null,
  reading: null,
  offer: null,
  locks: { locked: [], hidden: [] },
  declined: null,
  loading: null,
  fileShown: false,
  view: "playground",
  height: 330,
  status: EMPTY_STATUS,
  computed: {},
  overrides: {},
  errors: {},
  typed: {},
  selection: { nodes: [], edges: [] },
  focus: null,
  beside: [],
  returning: null,
  connecting: null,
  pulling: null,
  renaming: null,
  notice: null,
  noticeSeen: true,
  notices: 0,
  waiting: false,
  connected: true,
  reached: true,
  code: null,
  keysShown: false,
});

export const knobEntry = (owner: string, knob: string): string => `knob:${owner}.${knob}`;
export const placeEntry = (id: string): string => `place:${id}`;
export const WHOLE = "";

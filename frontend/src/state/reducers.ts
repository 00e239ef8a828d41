/** Pure steps from one state to the next. */
import type { Document } from "../generated";
import { edgeKey, nodeOf } from "../model/graph";
import { knobOf, sameValue, valueIn } from "../model/knobs";
import { freePlace, laidOut, type Places, type Rectangle, type Size } from "../model/layout";
import type { Failure, Owner, Point, Status, Traits } from "../types";
import { placeEntry, WHOLE, type AppState, type Override, type Place, type Selection } from "./state";

/** How large a card will be before it has been measured: a header, a row per card knob, a footer. */
export function estimatedSize(state: Pick<AppState, "schema" | "document">, id: string): Size {
  const kind = state.schema.nodes[state.document.nodes.find((node) => node.id === id)?.kind ?? ""];
  const trainer = kind?.family === "readout" ? (state.schema.trainers[state.document.trainer.kind]?.card.length ?? 0) : 0;
  const rows = (kind?.card.length ?? 0) + trainer;
  return { width: rows > 0 ? 184 : 148, height: 62 + (rows > 0 ? 41 * rows + 10 : 0) };
}

/**
 * Places for the nodes that the document leaves open. A node keeps its place while wires and nodes come and go around it, and takes it
 * again when it comes back.
 */
export function computedPlaces(state: Pick<AppState, "schema" | "document">, before: Places): Places {
  const open = state.document.nodes.filter((node) => node.position === null);
  if (open.every((node) => before[node.id])) return before;
  const sizeOf = (id: string): Size => estimatedSize(state, id);
  if (open.length === state.document.nodes.length) return laidOut(state.document, sizeOf);
  const places: Places = {};
  const taken: Rectangle[] = [];
  const take = (id: string, [x, y]: Point): void => void taken.push({ x, y, ...sizeOf(id) });
  for (const node of state.document.nodes) {
    const place = node.position ?? before[node.id];
    if (!place) continue;
    if (!node.position) places[node.id] = place;
    take(node.id, place);
  }
  for (const node of open) {
    if (places[node.id]) continue;
    const place = freePlace({ x: 0, y: 0, width: 0, height: 0 }, taken, sizeOf(node.id));
    places[node.id] = place;
    take(node.id, place);
  }
  return places;
}

/** Where every node stands in this view: under the hand, as the document says, or as computed. */
export function placesOf(state: Pick<AppState, "document" | "computed" | "overrides">): Places {
  return Object.fromEntries(
    state.document.nodes.map(({ id, position }) => {
      const held = state.overrides[placeEntry(id)];
      return [id, held ? (held.value as Point) : (position ?? state.computed[id] ?? [0, 0])];
    }),
  );
}

function keptSelection(selection: Selection, before: Document, after: Document): Selection {
  const gone = new Set(before.nodes.map((node) => node.id));
  for (const node of after.nodes) gone.delete(node.id);
  const goneEdges = new Set(before.edges.map(edgeKey));
  for (const edge of after.edges) goneEdges.delete(edgeKey(edge));
  if (!selection.nodes.some((id) => gone.has(id)) && !selection.edges.some((key) => goneEdges.has(key))) return selection;
  return { nodes: selection.nodes.filter((id) => !gone.has(id)), edges: selection.edges.filter((key) => !goneEdges.has(key)) };
}

/** A refusal goes with its owner, and where the knob has another value now: what was refused is not what stands there. */
function keptErrors(state: AppState, after: Traits): Record<string, string> {
  const owners = new Set([WHOLE, "trainer", "task", ...after.document.nodes.map((node) => node.id)]);
  const kept = Object.entries(state.errors).filter(([key]) => {
    const [owner = "", knob] = key.split(".");
    const [before, now] = [state, after].map(({ schema, document }) => valueIn(schema, document, owner, knob ?? ""));
    const same = !knob || sameValue(before ?? null, now ?? null);
    return same && owners.has(owner);
  });
  return Object.fromEntries(kept);
}

/**
 * An undo or redo is over as soon as the document has it: the nodes that are back are selected, or else the wires that are. Those that came
 * with a choice at the task or the trainer are not: the inspector stays at the choice.
 */
export function withReturned(state: AppState): AppState {
  const { returning } = state;
  if (!returning || returning.revision === null || state.revision < returning.revision) return state;
  const chosen = (document: AppState["document"]): string => JSON.stringify([document.task, document.trainer]);
  if (chosen(returning.before) !== chosen(state.document)) return { ...state, returning: null };
  const had = new Set([...returning.before.nodes.map((node) => node.id), ...returning.before.edges.map(edgeKey)]);
  const nodes = state.document.nodes.map((node) => node.id).filter((id) => !had.has(id));
  const edges = nodes.length > 0 ? [] : state.document.edges.map(edgeKey).filter((key) => !had.has(key));
  const back = [...nodes, ...edges];
  if (back.length === 0) return { ...state, returning: null };
  const focus = returning.focus && back.length === 1 ? (back[0] as string) : state.focus;
  return { ...state, returning: null, selection: { nodes, edges }, focus };
}

/** The kernel's document, revision and the rest; overrides that it now holds go. */
export function withTraits(state: AppState, traits: Traits): AppState {
  const fresh = traits.document !== state.document || traits.revision !== state.revision || traits.schema !== state.schema;
  const next = { ...state, ...traits };
  if (!fresh) return next;
  next.computed = computedPlaces(next, state.computed);
  next.selection = keptSelection(state.selection, state.document, traits.document);
  next.errors = keptErrors(state, traits);
  next.typed = Object.fromEntries(Object.entries(state.typed).filter(([key]) => key in next.errors || !(key in state.errors)));
  next.overrides = Object.fromEntries(
    Object.entries(state.overrides).filter(([, entry]) => entry.held || entry.settled === null || traits.revision < entry.settled),
  );
  const here = (id: string): boolean => traits.document.nodes.some((node) => node.id === id);
  if (state.connecting && !here(state.connecting.source)) next.connecting = null;
  if (state.connecting) next.connecting = next.connecting && { ...next.connecting, targets: next.connecting.targets.filter(here) };
  if (state.renaming && !here(state.renaming)) next.renaming = null;
  return withReturned(next);
}

export function withOverride(state: AppState, key: string, value: Override["value"], ticket: number, held: boolean): AppState {
  return { ...state, overrides: { ...state.overrides, [key]: { value, ticket, settled: null, held } } };
}

/** The hand lets go of a control; the document shows through again as soon as it holds the value. */
export function withReleased(state: AppState, key: string): AppState {
  const entry = state.overrides[key];
  if (!entry?.held) return state;
  if (entry.settled !== null && state.revision >= entry.settled) return withoutOverride(state, key);
  return { ...state, overrides: { ...state.overrides, [key]: { ...entry, held: false } } };
}

export function withoutOverride(state: AppState, key: string, ticket?: number): AppState {
  const entry = state.overrides[key];
  if (!entry || (ticket !== undefined && entry.ticket !== ticket)) return state;
  const { [key]: _, ...overrides } = state.overrides;
  return { ...state, overrides };
}

/** The kernel took the change: the document holds it from this revision on. */
export function withSettled(state: AppState, key: string, ticket: number, revision: number | null): AppState {
  const entry = state.overrides[key];
  if (!entry || entry.ticket !== ticket) return state;
  const settled = revision ?? state.revision + 1;
  if (!entry.held && state.revision >= settled) return withoutOverride(state, key);
  return { ...state, overrides: { ...state.overrides, [key]: { ...entry, settled } } };
}

export const errorKey = (failure: Pick<Failure, "owner" | "knob">): string =>
  failure.owner ? (failure.knob ? `${failure.owner}.${failure.knob}` : failure.owner) : WHOLE;

export const withError = (state: AppState, key: string, text: string): AppState => ({ ...state, errors: { ...state.errors, [key]: text } });

export function withoutError(state: AppState, key: string): AppState {
  if (!(key in state.errors) && !(key in state.typed)) return state;
  const { [key]: _, ...errors } = state.errors;
  const { [key]: __, ...typed } = state.typed;
  return { ...state, errors, typed };
}

/** Whether the inspector shows the knobs of this owner now. */
function inPanel(state: AppState, owner: Owner): boolean {
  const { nodes, edges } = state.selection;
  if (nodes.length === 0 && edges.length === 0) return owner === "task" || owner === "trainer";
  if (nodes.length !== 1) return false;
  const kind = state.schema.nodes[nodeOf(state.document, nodes[0] as string)?.kind ?? ""];
  return owner === nodes[0] || (owner === "trainer" && kind?.family === "readout");
}

/** Whether the panel of the user's own data shows. */
export const showsData = (state: AppState): boolean =>
  inPanel(state, "task") &&
  Object.values(state.schema.tasks[state.document.task.kind]?.knobs ?? {}).some((knob) => knob.kind === "columns");

function onCard(state: AppState, owner: Owner, knob: string): boolean {
  if (owner === "task") return false;
  if (owner !== "trainer") return state.schema.nodes[nodeOf(state.document, owner)?.kind ?? ""]?.card.includes(knob) ?? false;
  const readout = state.document.nodes.some((node) => state.schema.nodes[node.kind]?.family === "readout");
  return readout && (state.schema.trainers[state.document.trainer.kind]?.card.includes(knob) ?? false);
}

/** Where the sentence of a refused knob stands, once: where it was typed, else at the control that shows; null where none does. */
export function placeOfError(state: AppState, owner: Owner, knob: string): Place | null {
  const places: Place[] = [];
  if (owner === "task" && state.view === "playground" && knobOf(state.schema, state.document, owner, knob)?.presets?.length)
    places.push("bar");
  else if (inPanel(state, owner)) places.push("panel");
  if (onCard(state, owner, knob)) places.push("card");
  const typed = state.typed[`${owner}.${knob}`]?.at;
  return typed && places.includes(typed) ? typed : (places[0] ?? null);
}

/** What the worker says: what it did, led by what came of it. */
export const workerLine = ({ outcome, message }: Pick<Status, "outcome" | "message">): string =>
  outcome ? `${outcome}, ${message}` : message;

/** What must be said before all else: that nobody is there to listen; or null. */
export function urgentLine(state: Pick<AppState, "connected" | "waiting" | "reached">): string | null {
  if (!state.reached) return "the server is not reached, goes on when it is back";
  if (!state.connected) return "disconnected, run the cell again";
  return state.waiting ? "waits for the running cell" : null;
}

export type Look = "ok" | "working" | "waiting" | "unfinished" | "warning" | "error";

/** How the whole stands: wrong, not finished, going on with a warning, or well. */
export function lookOf(state: Pick<AppState, "connected" | "waiting" | "reached" | "status">): Look {
  const { activity, problems, nodes } = state.status;
  if (!state.connected || !state.reached || state.waiting || activity === "paused") return "waiting";
  if (activity === "running" || activity === "compiling") return "working";
  if (problems.length > 0) return problems.every((problem) => problem.unfinished) ? "unfinished" : "error";
  if (activity === "failed") return "error";
  const states = Object.values(nodes).map((node) => node.state);
  if (states.includes("untrained")) return "unfinished";
  return states.includes("warning") ? "warning" : "ok";
}

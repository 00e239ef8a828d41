/** Pure steps from one state to the next. */
import type { Document } from "../generated";
import { edgeKey } from "../model/graph";
import { sameValue, valueOf } from "../model/knobs";
import { freePlace, laidOut, type Places, type Rectangle, type Size } from "../model/layout";
import type { AppTraits, Failure, Point, Status } from "../types";
import { placeEntry, WHOLE, type AppState, type Override, type Selection } from "./state";

export type Traits = Pick<AppTraits, "document" | "revision" | "schema" | "history" | "data" | "view" | "height">;

/** How large a card will be before it has been measured: a header, a row per card knob, a footer. */
export function estimatedSize(state: Pick<AppState, "schema" | "document">, id: string): Size {
  const kind = state.schema.nodes[state.document.nodes.find((node) => node.id === id)?.kind ?? ""];
  const trainer = kind?.family === "readout" ? (state.schema.trainers[state.document.trainer.kind]?.card.length ?? 0) : 0;
  const rows = (kind?.card.length ?? 0) + trainer;
  return { width: rows > 0 ? 184 : 148, height: 62 + (rows > 0 ? 35 * rows + 9 : 0) };
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
    const [before, now] = [state, after].map(({ schema, document }) => valueOf(schema, document, owner, knob ?? ""));
    const same = !knob || sameValue(before ?? null, now ?? null);
    return same && owners.has(owner);
  });
  return Object.fromEntries(kept);
}

/** The kernel's document, revision and the rest; overrides that it now holds go. */
export function withTraits(state: AppState, traits: Traits): AppState {
  const fresh = traits.document !== state.document || traits.revision !== state.revision || traits.schema !== state.schema;
  const next = { ...state, ...traits };
  if (!fresh) return next;
  next.computed = computedPlaces(next, state.computed);
  next.selection = keptSelection(state.selection, state.document, traits.document);
  next.errors = keptErrors(state, traits);
  next.overrides = Object.fromEntries(
    Object.entries(state.overrides).filter(([, entry]) => entry.held || entry.settled === null || traits.revision < entry.settled),
  );
  const here = (id: string): boolean => traits.document.nodes.some((node) => node.id === id);
  if (state.connecting && !here(state.connecting.source)) next.connecting = null;
  if (state.connecting) next.connecting = next.connecting && { ...next.connecting, targets: next.connecting.targets.filter(here) };
  if (state.renaming && !here(state.renaming)) next.renaming = null;
  return next;
}

/** The worker's status. A new message of the worker takes the place of this view's notice. */
export const withStatus = (state: AppState, status: Status): AppState => ({
  ...state,
  status,
  notice: status.message === state.status.message ? state.notice : null,
});

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
  if (!(key in state.errors)) return state;
  const { [key]: _, ...errors } = state.errors;
  return { ...state, errors };
}

/** What the live region says. */
export function statusLine(state: Pick<AppState, "connected" | "waiting" | "notice" | "status">): string {
  if (!state.connected) return "disconnected, run the cell again";
  if (state.waiting) return "waits for the running cell";
  return state.notice ?? state.status.message;
}

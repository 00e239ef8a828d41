import { describe, expect, it } from "vitest";
import { exampleDocument } from "../dev/kernel";
import { schema } from "../dev/schema";
import {
  placesOf,
  lookOf,
  urgentLine,
  workerLine,
  withError,
  withOverride,
  withReleased,
  withSettled,
  withTraits,
} from "../src/state/reducers";
import { EMPTY_STATUS, initialState, knobEntry, type AppState } from "../src/state/state";
import type { Status, Traits } from "../src/types";

const traits = (revision: number, document = exampleDocument()): Traits => ({
  document,
  revision,
  schema,
  history: { undo: null, redo: null },
  data: null,
  file: null,
  reading: null,
  offer: null,
  locks: { locked: [], hidden: [] },
  view: "playground",
  height: 330,
});
const loaded = (): AppState => withTraits(initialState(), traits(1));
const entry = knobEntry("r", "leak_rate");

describe("a value under the hand", () => {
  it("stays while the pointer holds it, whatever the kernel sends", () => {
    const held = withOverride(loaded(), entry, 0.5, 1, true);
    const later = withTraits(withSettled(held, entry, 1, 2), traits(9));
    expect(later.overrides[entry]?.value).toBe(0.5);
    expect(withReleased(later, entry).overrides[entry]).toBeUndefined();
  });

  it("stays until the document of the answered revision arrives", () => {
    const sent = withSettled(withOverride(loaded(), entry, 0.5, 1, false), entry, 1, 3);
    expect(withTraits(sent, traits(2)).overrides[entry]?.value).toBe(0.5);
    expect(withTraits(sent, traits(3)).overrides[entry]).toBeUndefined();
  });

  it("goes at once where the document came before the answer", () => {
    const state = withTraits(withOverride(loaded(), entry, 0.5, 1, false), traits(3));
    expect(withSettled(state, entry, 1, 3).overrides[entry]).toBeUndefined();
  });

  it("does not heed the answer to an older value", () => {
    const state = withOverride(withOverride(loaded(), entry, 0.5, 1, false), entry, 0.6, 2, false);
    expect(withSettled(state, entry, 1, 1).overrides[entry]).toMatchObject({ value: 0.6, settled: null });
  });
});

describe("a new document", () => {
  it("takes selection and errors of nodes that are gone, and keeps those that are coming", () => {
    const state = { ...withError(loaded(), "r.leak_rate", "no"), selection: { nodes: ["r", "coming"], edges: ["i>r"] } };
    const document = exampleDocument();
    document.nodes = document.nodes.filter((node) => node.id !== "r");
    document.edges = [];
    const after = withTraits(state, traits(2, document));
    expect(after.selection).toEqual({ nodes: ["coming"], edges: [] });
    expect(after.errors).toEqual({});
  });

  it("takes the refusal of a value only where the knob has another one now", () => {
    const state = withError(withError(loaded(), "r.leak_rate", "no"), "r.units", "too many");
    const document = exampleDocument();
    const reservoir = document.nodes.find((node) => node.id === "r");
    if (reservoir) reservoir.knobs = { ...reservoir.knobs, leak_rate: 0.77 };
    expect(withTraits(state, traits(2, document)).errors).toEqual({ "r.units": "too many" });
  });

  it("selects what an undo brings back, but not where it came with a choice of the task", () => {
    const before = { ...exampleDocument(), nodes: [], edges: [] };
    const back = (document: AppState["document"]): string[] => {
      const waiting: AppState = { ...loaded(), returning: { ticket: 1, before: document, revision: 2, focus: false } };
      return withTraits(waiting, traits(2)).selection.nodes;
    };
    expect(back(before)).toEqual(exampleDocument().nodes.map((node) => node.id));
    expect(back({ ...before, task: { ...before.task, knobs: { ...before.task.knobs, horizon: 7 } } })).toEqual([]);
  });

  it("lays out nodes without a place, and moves none that has been seen", () => {
    const state = loaded();
    const before = placesOf(state);
    expect(new Set(Object.values(before).map(String)).size).toBe(3);
    const document = exampleDocument();
    document.nodes.push({ id: "n", name: "gru", kind: "GRU", knobs: {}, position: [5, 300] });
    const after = placesOf(withTraits(state, traits(2, document)));
    expect(after).toMatchObject({ ...before, n: [5, 300] });
  });

  it("moves no node when a wire or a node goes, and brings it back to where it was", () => {
    const state = loaded();
    const before = placesOf(state);
    const document = exampleDocument();
    document.nodes = document.nodes.filter((node) => node.id !== "r");
    document.edges = [];
    const without = withTraits(state, traits(2, document));
    const { r, ...others } = before;
    expect(placesOf(without)).toEqual(others);
    expect(placesOf(withTraits(without, traits(3)))).toEqual({ r, ...others });
  });
});

describe("the status line", () => {
  it("tells the gravest first", () => {
    const state = { ...loaded(), status: { ...EMPTY_STATUS, message: "trained in 62 ms", outcome: "Test NRMSE 2.5e-5" } };
    expect(workerLine(state.status)).toBe("Test NRMSE 2.5e-5, trained in 62 ms");
    expect(workerLine({ ...state.status, outcome: "" })).toBe("trained in 62 ms");
    expect(urgentLine(state)).toBeNull();
    expect(urgentLine({ ...state, waiting: true })).toBe("waits for the running cell");
    expect(urgentLine({ ...state, waiting: true, connected: false })).toBe("disconnected, run the cell again");
    expect(urgentLine({ ...state, waiting: true, connected: false, reached: false })).toMatch(/^the server is not reached/);
  });

  it("is not red where nothing but work is left, and not green where there is a warning", () => {
    const problem = { owner: "r", knob: null, text: "r has no input.", unfinished: true };
    const node = { text: "", size: 3, fixed: 0, trained: 0 };
    const look = (part: Partial<Status>): string =>
      lookOf({ connected: true, reached: true, waiting: false, status: { ...EMPTY_STATUS, ...part } });
    expect(look({})).toBe("ok");
    expect(look({ activity: "failed", problems: [problem] })).toBe("unfinished");
    expect(look({ activity: "idle", nodes: { r: { ...node, state: "untrained" } } })).toBe("unfinished");
    expect(look({ activity: "failed", problems: [problem, { ...problem, unfinished: false }] })).toBe("error");
    expect(look({ activity: "failed" })).toBe("error");
    expect(look({ nodes: { r: { ...node, state: "warning" } } })).toBe("warning");
    expect(look({ activity: "running", problems: [problem] })).toBe("working");
  });
});

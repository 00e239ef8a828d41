/** An in-memory kernel: models with traits, and a document that edits change. For the dev page and the tests. */
import type { AnyModel, Host } from "@anywidget/types";
import type { Document, DocumentEdge, DocumentNode, FileRead, KnobValue } from "../src/generated";
import { edgeKey } from "../src/model/graph";
import { knobOf } from "../src/model/knobs";
import type { Edit, Failure, Status } from "../src/types";
import { schema } from "./schema";

type Listener = (...args: unknown[]) => void;

/** A model as anywidget hands it out, with the kernel's end in reach. */
export class FakeModel {
  readonly sent: Record<string, unknown>[] = [];
  onMessage: (message: Record<string, unknown>, buffers?: ArrayBuffer[]) => void = () => undefined;
  comm_live = true;
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(readonly state: Record<string, unknown>) {}

  get = (name: string): unknown => this.state[name];
  on = (name: string, listener: Listener): void =>
    void (this.listeners.get(name) ?? this.listeners.set(name, new Set()).get(name))?.add(listener);
  off = (name: string, listener: Listener): void => void this.listeners.get(name)?.delete(listener);
  send = (message: Record<string, unknown>, _callbacks?: unknown, buffers: ArrayBuffer[] = []): void => {
    this.sent.push(structuredClone(message));
    this.onMessage(message, buffers);
  };
  set = (): void => {
    throw new Error("The page never writes traits.");
  };
  save_changes = (): void => this.set();

  /** The kernel changes traits: all of them first, then the events. */
  push(traits: Record<string, unknown>): void {
    Object.assign(this.state, traits);
    for (const name of Object.keys(traits)) this.fire(`change:${name}`);
  }

  answer(content: Record<string, unknown>): void {
    this.fire("msg:custom", content, []);
  }

  fire(event: string, ...args: unknown[]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...args);
  }

  get listenerCount(): number {
    return [...this.listeners.values()].reduce((count, set) => count + set.size, 0);
  }
}

const graphName = (kind: string): string => (kind === "LinearReadout" ? "readout" : kind.replace(/RNN$/, "").toLowerCase());

function knobsOfKind(kind: string): Record<string, KnobValue> {
  return Object.fromEntries(Object.entries(schema.nodes[kind]?.knobs ?? {}).map(([name, knob]) => [name, knob.default]));
}

export function exampleDocument(): Document {
  const make = (id: string, kind: string, knobs: Record<string, KnobValue> = {}): DocumentNode => ({
    id,
    kind,
    name: graphName(kind),
    knobs: { ...knobsOfKind(kind), ...knobs },
    position: null,
  });
  return {
    format: "rcwidgets",
    version: 1,
    nodes: [make("i", "Input"), make("r", "Reservoir", { spectral_radius: 0.95 }), make("o", "LinearReadout")],
    edges: [
      { source: "i", target: "r", feedback: false },
      { source: "r", target: "o", feedback: false },
    ],
    task: { kind: "lorenz", knobs: { horizon: 1, noise: 0 } },
    trainer: { kind: "RidgeTrainer", knobs: { beta: 1e-6 } },
  };
}

class Refused extends Error {
  constructor(readonly failure: Failure) {
    super(failure.text);
  }
}

export class FakeKernel {
  readonly app: FakeModel;
  readonly status: FakeModel;
  readonly transport = new FakeModel({});
  /** While busy, nothing is answered. */
  busy = false;
  private uploaded = "";
  private readonly backlog: (() => void)[] = [];
  private readonly past: { document: Document; gesture: string | null; words: string }[] = [];
  private readonly future: { document: Document; words: string }[] = [];

  constructor(
    public document: Document = exampleDocument(),
    view: "playground" | "editor" = "playground",
  ) {
    this.app = new FakeModel({
      document,
      revision: 1,
      schema,
      history: { undo: null, redo: null },
      data: null,
      file: null,
      reading: null,
      offer: null,
      locks: { locked: [], hidden: [] },
      status_model: "anywidget:status",
      transport_model: "IPY_MODEL_transport",
      view,
      height: 330,
    });
    this.status = new FakeModel(this.statusOf() as unknown as Record<string, unknown>);
    for (const model of [this.app, this.transport]) model.onMessage = (message, buffers) => this.receive(model, message, buffers);
    const manager = { get_model: async (id: string) => this.modelOf(id) };
    for (const model of [this.app, this.status, this.transport]) Object.assign(model, { widget_manager: manager });
  }

  get host(): Host {
    return {
      getModel: async (reference: string) => this.modelOf(reference.replace("anywidget:", "")) as unknown as AnyModel,
      getWidget: async () => {
        throw new Error("not here");
      },
    } as Host;
  }

  get model(): AnyModel {
    return this.app as unknown as AnyModel;
  }

  disconnect(): void {
    for (const model of [this.app, this.status, this.transport]) {
      model.comm_live = false;
      model.fire("comm_live_update");
    }
  }

  rest(): void {
    this.busy = false;
    for (const step of this.backlog.splice(0)) step();
  }

  private modelOf(id: string): FakeModel {
    const model = { status: this.status, transport: this.transport }[id];
    if (!model) throw new Error(`no model ${id}`);
    return model;
  }

  private receive(model: FakeModel, message: Record<string, unknown>, buffers: ArrayBuffer[] = []): void {
    const step = (): void => {
      try {
        const result = this.handle(message, buffers);
        model.answer({ id: message["id"], ok: true, result: { revision: this.app.get("revision"), ...result } });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        model.answer({ id: message["id"], ok: false, error: error.failure });
      }
    };
    if (this.busy) this.backlog.push(step);
    else step();
  }

  private handle(message: Record<string, unknown>, buffers: ArrayBuffer[]): Record<string, unknown> {
    const type = message["type"] as string;
    if (type === "edit") this.change(message["edits"] as Edit[], (message["gesture"] as string | undefined) ?? null);
    else if (type === "set")
      this.change([{ op: "set", ...(message as { owner: string; knob: string; value: KnobValue }) }], message["gesture"] as string);
    else if (type === "undo" || type === "redo") return this.travel(type);
    else if (type === "upload") this.take(message as { name: string; piece: number; pieces: number }, buffers);
    else if (type === "read") this.again((message as unknown as { options: FileRead["options"] }).options);
    else if (type === "code") return { code: CODE };
    else if (type === "pause") this.status.push({ activity: "paused", message: "paused", auto: false });
    else if (type === "resume") this.status.push({ activity: "idle", message: "trained in 62 ms", auto: true });
    else if (type === "run" || type === "stop") this.status.push({ activity: "idle", message: "trained in 62 ms" });
    return {};
  }

  private change(edits: Edit[], gesture: string | null): void {
    const before = this.document;
    const after = edits.reduce((document, edit) => applied(document, edit), structuredClone(before));
    const last = this.past.at(-1);
    if (!last || gesture === null || last.gesture !== gesture) this.past.push({ document: before, gesture, words: wordsFor(edits) });
    this.future.length = 0;
    this.show(after);
  }

  /** Reads a file as the kernel would, but only its first line: the names. */
  private take({ name, piece, pieces }: { name: string; piece: number; pieces: number }, [buffer]: ArrayBuffer[]): void {
    if (piece === 0) this.uploaded = "";
    this.uploaded += new TextDecoder().decode(buffer);
    if (piece + 1 < pieces) return;
    const [head = "", ...rows] = this.uploaded.trim().split("\n");
    const odd = rows.findIndex((row) => row.split(",").length !== head.split(",").length);
    if (odd >= 0) throw new Refused({ text: `${name}: Line ${odd + 2} has another number of cells.`, owner: "task" });
    const left_out = head.includes("city") ? [{ name: "city", reason: "text" }] : [];
    const columns = head.split(",").filter((column) => column !== "city");
    const names = head.split(",");
    const file: FileRead = {
      name,
      options: {},
      found: { separator: "comma", decimal: "point" },
      names,
      taken: names.map((column) => (column === "city" ? "left out: text" : "number")),
      rows: rows.slice(0, 5).map((row) => row.split(",")),
      columns: names.length,
      notes: ["Line 1 was read as the names."],
      error: null,
      lines: [],
      again: true,
    };
    this.app.push({ data: { name, rows: rows.length, time: "row", columns, left_out, notes: file.notes }, file });
    this.change([{ op: "choose", owner: "task", kind: "data" }], null);
  }

  /** Reads the last file again: without its first lines, say. */
  private again(options: FileRead["options"]): void {
    const file = this.app.state["file"] as FileRead;
    if (options["skip_rows"] === "many") {
      const error = 'Lines to skip must be a number, got "many".';
      this.app.push({ file: { ...file, options, error } });
      throw new Refused({ text: `${file.name}: ${error}`, owner: "task" });
    }
    this.app.push({ file: { ...file, options, error: null } });
  }

  private travel(type: "undo" | "redo"): Record<string, unknown> {
    const words = (type === "undo" ? this.past : this.future).at(-1)?.words ?? null;
    if (type === "undo") {
      const entry = this.past.pop();
      if (!entry) return { done: false, label: null };
      this.future.push({ document: this.document, words: entry.words });
      this.show(entry.document);
    } else {
      const entry = this.future.pop();
      if (!entry) return { done: false, label: null };
      this.past.push({ document: this.document, gesture: null, words: entry.words });
      this.show(entry.document);
    }
    return { done: true, label: words };
  }

  private show(document: Document): void {
    this.document = document;
    this.app.push({
      document,
      revision: (this.app.get("revision") as number) + 1,
      history: { undo: this.past.at(-1)?.words ?? null, redo: this.future.at(-1)?.words ?? null },
    });
    this.status.push(this.statusOf() as unknown as Record<string, unknown>);
  }

  statusOf(): Status {
    const { nodes, edges } = this.document;
    const size = (node: DocumentNode): number => Number(node.knobs["units"] ?? 3);
    const wired = (node: DocumentNode): boolean => node.kind === "Input" || edges.some((edge) => edge.target === node.id && !edge.feedback);
    return {
      activity: "idle",
      message: "trained in 62 ms",
      outcome: "Test NRMSE 3.0e-4",
      pace: "",
      progress: null,
      nodes: Object.fromEntries(
        nodes.map((node) => [
          node.id,
          {
            state: wired(node) ? "ok" : "unwired",
            text: node.kind === "Input" ? "x, y, z" : "",
            size: wired(node) ? size(node) : null,
            fixed: node.kind === "Reservoir" ? size(node) * (size(node) + 4) : 0,
            trained: node.kind === "LinearReadout" ? 1203 : 0,
          },
        ]),
      ),
      problems: nodes
        .filter((node) => !wired(node))
        .map((node) => ({ owner: node.id, knob: null, text: `${node.name} has no input. Wire a node to it.`, unfinished: true })),
      metrics: [
        { label: "Train NRMSE", value: "2.1e-4", title: "Root mean squared error over the standard deviation, training part" },
        { label: "Test NRMSE", value: "3.0e-4", title: "Root mean squared error over the standard deviation, test part" },
        {
          label: "Closed loop, error below 0.3 for",
          value: "5.8 Lyapunov times",
          title: "How long the network follows the series by itself",
        },
        { label: "Last change", value: "62 ms", title: "From the change to the new forecast" },
      ],
      device: "CPU",
      revision: 1,
      auto: true,
      old: "",
      output: "",
    };
  }
}

function wordsFor(edits: Edit[]): string {
  const edit = edits.at(-1);
  if (edit?.op === "remove") return `Delete ${edit.nodes?.join(", ")}`;
  return edit?.op === "set" ? `Set ${edit.knob} of ${edit.owner}` : (edit?.op ?? "change");
}

function applied(document: Document, edit: Edit): Document {
  const node = (id: string): DocumentNode | undefined => document.nodes.find((other) => other.id === id);
  switch (edit.op) {
    case "add": {
      const base = graphName(edit.kind);
      const count = document.nodes.filter((other) => other.name === base || other.name.startsWith(`${base}_`)).length;
      const name = count === 0 ? base : `${base}_${count + 1}`;
      document.nodes.push({
        id: edit.id ?? `${name}x`,
        name,
        kind: edit.kind,
        knobs: knobsOfKind(edit.kind),
        position: edit.position ?? null,
      });
      break;
    }
    case "remove": {
      const { nodes = [], edges = [] } = edit;
      const gone = new Set(edges.map(edgeKey));
      document.nodes = document.nodes.filter((other) => !nodes.includes(other.id));
      document.edges = document.edges.filter(
        (edge: DocumentEdge) => !gone.has(edgeKey(edge)) && !nodes.includes(edge.source) && !nodes.includes(edge.target),
      );
      break;
    }
    case "connect":
      document.edges.push({ source: edit.source, target: edit.target, feedback: edit.feedback ?? false });
      break;
    case "move":
      for (const [id, place] of Object.entries(edit.positions)) {
        const moved = node(id);
        if (moved) moved.position = place;
      }
      break;
    case "set":
    case "reset": {
      const knob = knobOf(schema, document, edit.owner, edit.knob);
      const value = edit.op === "set" ? edit.value : (knob?.default ?? null);
      if (edit.knob === "units" && typeof value === "number" && value > 10000) {
        throw new Refused({ text: "Units need 3.2 GB. Choose fewer units.", owner: edit.owner, knob: edit.knob });
      }
      if (edit.knob === "order" && value === "two") {
        const text = "Order must be whole numbers with commas between, such as 2, 3.";
        throw new Refused({ text, owner: edit.owner, knob: edit.knob });
      }
      const values =
        edit.owner === "task" ? document.task.knobs : edit.owner === "trainer" ? document.trainer.knobs : node(edit.owner)?.knobs;
      const several = edit.knob === "order" && typeof value === "string" ? value.split(",").map(Number) : null;
      if (values) values[edit.knob] = several ? (several.length === 1 ? Number(several[0]) : several) : value;
      break;
    }
    case "rename": {
      if (document.nodes.some((other) => other.name === edit.name))
        throw new Refused({ text: `'${edit.name}' is taken. Choose another name.`, owner: edit.node });
      const renamed = node(edit.node);
      if (renamed) renamed.name = edit.name;
      break;
    }
    case "choose": {
      const kinds = edit.owner === "task" ? schema.tasks : schema.trainers;
      const knobs = Object.fromEntries(Object.entries(kinds[edit.kind]?.knobs ?? {}).map(([name, knob]) => [name, knob.default]));
      document[edit.owner] = { kind: edit.kind, knobs };
      break;
    }
    case "paste":
      document.nodes.push(...structuredClone(edit.nodes));
      document.edges.push(...(edit.edges ?? []));
      break;
  }
  return document;
}

const CODE = `import rcwidgets as rc

input = rc.Input()
reservoir = rc.Reservoir(400, spectral_radius=0.95, leak_rate=0.3)
readout = rc.LinearReadout()
model = input >> reservoir >> readout

trainer = rc.RidgeTrainer(model, beta=1e-06)
`;

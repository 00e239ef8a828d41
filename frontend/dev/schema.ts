/** A schema like the one that Python sends, for looking at the page without a kernel. */
import type { Knob, NodeKind, Schema, TaskKind, TrainerKind } from "../src/generated";

type Loose<Kind> = Omit<Kind, "order">;
type LooseSchema = Omit<Schema, "nodes" | "tasks" | "trainers" | "order"> & {
  nodes: Record<string, Loose<NodeKind>>;
  tasks: Record<string, Loose<TaskKind>>;
  trainers: Record<string, Loose<TrainerKind>>;
};

/** What the kernel says of a number that cannot be. */
function says({ label, kind, low, high }: Knob): Knob["says"] {
  if (kind !== "float" && kind !== "int") return null;
  const span = `between ${(low ?? 0).toLocaleString("en-US")} and ${(high ?? 0).toLocaleString("en-US")}`;
  return { number: `${label} must be a ${kind === "int" ? "whole " : ""}number ${span}.`, range: `${label} must lie ${span}.`, span };
}

const knob = (label: string, part: Partial<Knob> = {}): Knob => {
  const made = plain(label, part);
  return { ...made, says: says(made) };
};

const plain = (label: string, part: Partial<Knob>): Knob => ({
  label,
  doc: `${label} of the node.`,
  unit: "",
  effect: "live",
  kind: "float",
  default: 0,
  low: 0,
  high: 10,
  slider: null,
  log: false,
  choices: null,
  presets: null,
  optional: false,
  auto: null,
  says: null,
  ...part,
});

const NO_FEEDBACK = { forward: null, feedback: "no_feedback" } as const;

const node = (kind: string, part: Partial<NodeKind>): Loose<NodeKind> => ({
  kind,
  label: kind,
  aliases: [],
  family: "state",
  group: "Reservoirs",
  doc: `A ${kind} node.`,
  refuses: { forward: null, feedback: null },
  card: [],
  knobs: {},
  ...part,
});

const units = knob("Units", { kind: "int", default: 400, low: 1, high: 20000, effect: "rebuild", doc: "Number of units." });
const seed = knob("Seed", {
  kind: "int",
  default: null,
  low: 0,
  high: 2 ** 31,
  effect: "redraw",
  optional: true,
  doc: "Seed of the draw.",
});
const leak = knob("Leak rate", {
  default: 0.3,
  low: 0.001,
  high: 1,
  slider: [0.001, 1, 0.05],
  log: true,
  doc: "1 forgets the last state at once.",
});

const reservoir = node("Reservoir", {
  aliases: ["esn", "echo state network", "feedback"],
  doc: "Leaky tanh units with fixed random recurrent weights.",
  card: ["spectral_radius", "leak_rate", "input_scaling"],
  knobs: {
    units,
    spectral_radius: knob("Spectral radius", { default: 0.9, slider: [0, 2, 0.01], doc: "Largest absolute eigenvalue of the recurrence." }),
    leak_rate: leak,
    input_scaling: knob("Input scaling", { default: 1, slider: [0, 3, 0.01], doc: "How strongly the input drives the units." }),
    bias_scaling: knob("Bias scaling", { default: 0, slider: [0, 2, 0.01] }),
    noise: knob("Noise", { default: 0, high: 1, slider: [0, 0.1, 0.001] }),
    connectivity: knob("Connectivity", { default: 0.1, high: 1, slider: [0.01, 1, 0.01], effect: "redraw" }),
    seed,
    topology: knob("Topology", {
      kind: "choice",
      default: "random",
      choices: ["random", "cycle", "orthogonal", "delay line"],
      effect: "rebuild",
      low: null,
      high: null,
    }),
    activation: knob("Activation", {
      kind: "choice",
      default: "tanh",
      choices: ["tanh", "relu", "identity"],
      effect: "rebuild",
      low: null,
      high: null,
    }),
    dense: knob("Dense form", { kind: "bool", default: true, effect: "rebuild", low: null, high: null }),
  },
});

const recurrent = { group: "Recurrent", knobs: { units: { ...units, default: 32 }, seed } } as const;
const features = knob("Features", { kind: "int", default: null, low: 1, high: 1000, effect: "rebuild", optional: true });

const columns = (label: string): Knob =>
  knob(label, { kind: "columns", default: null, low: null, high: null, effect: "rebuild", optional: true });

/** Writes down the order of the keys, as Python does. */
function ordered({ nodes, tasks, trainers, ...rest }: LooseSchema): Schema {
  const each = <Kind extends Pick<NodeKind, "knobs">>(kinds: Record<string, Kind>): Record<string, Kind & { order: string[] }> =>
    Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, { ...kind, order: Object.keys(kind.knobs) }]));
  const order = { nodes: Object.keys(nodes), tasks: Object.keys(tasks), trainers: Object.keys(trainers) };
  return { ...rest, nodes: each(nodes), tasks: each(tasks), trainers: each(trainers), order };
}

export const schema: Schema = ordered({
  nodes: Object.fromEntries(
    [
      node("Input", {
        family: "source",
        group: "Sources",
        refuses: { forward: "no_input", feedback: "no_feedback" },
        doc: "The series that drives the network.",
        knobs: { features },
      }),
      reservoir,
      node("NVAR", {
        refuses: NO_FEEDBACK,
        doc: "Products of delayed inputs: a linear readout is enough.",
        card: ["delay", "order"],
        knobs: {
          delay: { ...units, label: "Delay", default: 2, high: 1000, doc: "Number of taps of each input." },
          order: { ...units, kind: "ints", label: "Order", default: 2, high: 10, doc: "Degrees of the products, such as 2 or 2, 3." },
        },
      }),
      node("VanillaRNN", recurrent),
      node("GRU", recurrent),
      node("LSTM", recurrent),
      node("LinearReadout", {
        family: "readout",
        group: "Readouts",
        refuses: NO_FEEDBACK,
        aliases: ["output", "ridge"],
        doc: "A linear map, trained in closed form.",
        knobs: { features },
      }),
      node("Dense", {
        family: "readout",
        group: "Readouts",
        refuses: NO_FEEDBACK,
        doc: "A linear map, trained by gradients.",
        knobs: { features },
      }),
      node("Select", {
        family: "shape",
        group: "Shape",
        refuses: NO_FEEDBACK,
        doc: "Gives some of its features.",
        knobs: { features: knob("Features", { kind: "text", default: "0", low: null, high: null, effect: "rebuild" }) },
      }),
      node("Concat", { family: "shape", group: "Shape", refuses: NO_FEEDBACK, doc: "Puts its inputs side by side." }),
      node("Delay", {
        family: "shape",
        group: "Shape",
        refuses: NO_FEEDBACK,
        doc: "Holds its input back.",
        knobs: { steps: { ...units, label: "Steps", default: 1, unit: "steps" } },
      }),
    ].map((entry) => [entry.kind, entry]),
  ),
  tasks: Object.fromEntries(
    [
      ["lorenz", "Lorenz", "A chaotic attractor with three variables."],
      ["mackey_glass", "Mackey-Glass", "A delay equation with a chaotic solution."],
      ["sunspots", "Sunspots", "Monthly sunspot numbers."],
      ["data", "Your data", "Learn targets from inputs, both columns of data of your own."],
    ].map(([kind = "", label = "", doc = ""]) => [
      kind,
      {
        kind,
        label,
        doc,
        knobs: {
          horizon: knob("Horizon", {
            kind: "int",
            unit: "steps ahead",
            default: 1,
            low: 1,
            high: 1000,
            presets: [1, 10, 100],
            doc: "How far ahead the forecast looks.",
          }),
          noise: knob("Measurement noise", { default: 0, high: 1, slider: [0, 0.5, 0.01], doc: "Noise added to the series." }),
          ...(kind === "data" ? { inputs: columns("Inputs"), targets: columns("Targets") } : {}),
        },
      },
    ]),
  ),
  trainers: {
    RidgeTrainer: {
      kind: "RidgeTrainer",
      label: "Ridge",
      doc: "Least squares with a penalty on large weights.",
      card: ["beta"],
      iterative: false,
      forces: false,
      knobs: {
        beta: knob("Ridge beta", { default: 1e-6, high: 1e6, slider: [1e-12, 100, 0.1], log: true, doc: "Penalty on large weights." }),
      },
    },
    BPTT: {
      kind: "BPTT",
      label: "BPTT",
      doc: "Gradient descent through time.",
      card: ["learning_rate"],
      iterative: true,
      forces: false,
      knobs: {
        learning_rate: knob("Learning rate", { default: 1e-3, high: 10, slider: [1e-6, 1, 0.1], log: true }),
        batch: knob("Batch", { kind: "int", default: 32, low: 1, high: 4096, effect: "rebuild" }),
      },
    },
  },
  words: {
    no_input: "'{target}' gives the data and takes no input.",
    no_feedback: "'{target}' takes no feedback. Feedback goes to a reservoir or a recurrent node.",
    duplicate: "'{source}' is wired to '{target}' already.",
    too_many_edges: "A graph holds at most 500 wires.",
    too_many_nodes: "A graph holds at most 200 nodes.",
    cycle: "This wire closes a circle.",
  },
  limits: { nodes: 200, edges: 500 },
});

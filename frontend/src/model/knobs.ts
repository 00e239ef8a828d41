/** Finding a knob, its value and its owner's name in the schema and the document. */
import type { Document, Effect, Knob, KnobValue, NodeKind, Schema } from "../generated";
import type { Owner } from "../types";
import { nodeOf } from "./graph";

export const EFFECTS: { effect: Effect; title: string }[] = [
  { effect: "live", title: "Changes at once" },
  { effect: "redraw", title: "Draws new weights" },
  { effect: "rebuild", title: "Compiles anew" },
];

export function knobsOf(schema: Schema, document: Document, owner: Owner): NodeKind["knobs"] {
  if (owner === "trainer") return schema.trainers[document.trainer.kind]?.knobs ?? {};
  if (owner === "task") return schema.tasks[document.task.kind]?.knobs ?? {};
  return schema.nodes[nodeOf(document, owner)?.kind ?? ""]?.knobs ?? {};
}

export const knobOf = (schema: Schema, document: Document, owner: Owner, name: string): Knob | undefined =>
  knobsOf(schema, document, owner)[name];

/** The document's value of a knob; the default where the document does not hold it. */
export function valueIn(schema: Schema, document: Document, owner: Owner, name: string): KnobValue {
  const values = owner === "trainer" ? document.trainer.knobs : owner === "task" ? document.task.knobs : nodeOf(document, owner)?.knobs;
  const value = values?.[name];
  return value === undefined ? (knobOf(schema, document, owner, name)?.default ?? null) : value;
}

/** What an empty value stands for, where the knob follows its use: the trainer decides. */
export function autoOf(schema: Schema, document: Document, knob: Knob | undefined): number | null {
  if (!knob?.auto) return null;
  return schema.trainers[document.trainer.kind]?.forces ? knob.auto[1] : knob.auto[0];
}

/** Whether two values of a knob are the same; several whole numbers are compared one by one. */
export function sameValue(a: KnobValue, b: KnobValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((number, place) => number === b[place]);
}

/** What a group of an owner's controls is called: the node's name, "Trainer" or "Task". */
export function ownerName(document: Document, owner: Owner): string {
  if (owner === "trainer") return "Trainer";
  if (owner === "task") return "Task";
  return nodeOf(document, owner)?.name ?? owner;
}

export const knobKey = (owner: Owner, knob: string): string => `${owner}.${knob}`;

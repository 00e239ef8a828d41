/** The schema as it came, its kinds and knobs in their order: a notebook that was saved has the keys of its widgets' state sorted. */
import type { NodeKind, Schema } from "../generated";

const known = new WeakMap<Schema, Schema>();

function inOrder<Value>(values: Record<string, Value>, order: readonly string[]): Record<string, Value> {
  return Object.fromEntries(order.filter((name) => name in values).map((name) => [name, values[name] as Value]));
}

function kindsInOrder<Kind extends Pick<NodeKind, "knobs" | "order">>(
  kinds: Record<string, Kind>,
  order: readonly string[],
): Record<string, Kind> {
  return inOrder(
    Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, { ...kind, knobs: inOrder(kind.knobs, kind.order) }])),
    order,
  );
}

/** The same schema for the same trait, so that it is seen to be no other one. */
export function schemaInOrder(schema: Schema): Schema {
  const made = known.get(schema) ?? {
    ...schema,
    nodes: kindsInOrder(schema.nodes, schema.order.nodes),
    tasks: kindsInOrder(schema.tasks, schema.order.tasks),
    trainers: kindsInOrder(schema.trainers, schema.order.trainers),
  };
  known.set(schema, made);
  return made;
}

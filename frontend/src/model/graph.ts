/** Questions about the wires of a document. */
import type { Document, DocumentEdge, DocumentNode } from "../generated";

type Wires = Pick<Document, "edges">;

export const edgeKey = (edge: DocumentEdge): string => `${edge.source}>${edge.target}${edge.feedback ? ">feedback" : ""}`;
export const nodeOf = (document: Document, id: string): DocumentNode | undefined => document.nodes.find((node) => node.id === id);
export const nameOf = (document: Document, id: string): string => nodeOf(document, id)?.name ?? id;

/** Whether forward wires lead from one node to the other (a node leads to itself). */
export function leadsTo(document: Wires, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  while (open.length > 0) {
    const id = open.pop() as string;
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const edge of document.edges) if (!edge.feedback && edge.source === id) open.push(edge.target);
  }
  return false;
}

/** A wire to a node upstream, or to the node itself, runs one step late. */
export const isFeedback = (document: Wires, source: string, target: string): boolean => leadsTo(document, target, source);

/** The forward wires into a node, in the order in which it reads them. */
export const inputsOf = (document: Wires, target: string): DocumentEdge[] =>
  document.edges.filter((edge) => edge.target === target && !edge.feedback);

/** The nodes from inputs to readouts: each after all that feed it; nodes without wires keep the document's order. */
export function topological(document: Document): DocumentNode[] {
  const waiting = new Map(document.nodes.map((node) => [node.id, inputsOf(document, node.id).length]));
  const ready = document.nodes.filter((node) => waiting.get(node.id) === 0);
  const done: DocumentNode[] = [];
  while (ready.length > 0) {
    const node = ready.shift() as DocumentNode;
    done.push(node);
    for (const edge of document.edges) {
      if (edge.feedback || edge.source !== node.id) continue;
      const left = (waiting.get(edge.target) ?? 0) - 1;
      waiting.set(edge.target, left);
      const target = left === 0 ? nodeOf(document, edge.target) : undefined;
      if (target) ready.push(target);
    }
  }
  return [...done, ...document.nodes.filter((node) => !done.includes(node))];
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An id that no node of the document has. */
export function freshId(document: Document): string {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const id = `n${Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("")}`;
    if (!nodeOf(document, id)) return id;
  }
}

/** A name that is not taken: "reservoir", then "reservoir_2", "reservoir_3". */
export function freshName(taken: ReadonlySet<string>, name: string): string {
  const base = name.replace(/_\d+$/, "");
  if (!taken.has(base)) return base;
  for (let count = 2; ; count += 1) if (!taken.has(`${base}_${count}`)) return `${base}_${count}`;
}

/** What was copied on a canvas. It stays in the page: every view of every model can paste it. */
import type { Document, DocumentEdge, DocumentNode } from "../generated";
import type { Edit, Point } from "../types";
import type { Places } from "./layout";
import { freshId, freshName } from "./graph";

interface Copied {
  nodes: DocumentNode[];
  edges: DocumentEdge[];
  pasted: number;
}

let copied: Copied | null = null;

/** Remembers the nodes, their places and the wires among them; returns how many nodes it took. */
export function copyNodes(document: Document, ids: string[], places: Places): number {
  const nodes = document.nodes
    .filter((node) => ids.includes(node.id))
    .map((node) => ({ ...node, position: places[node.id] ?? node.position }));
  if (nodes.length === 0) return 0;
  const inside = new Set(nodes.map((node) => node.id));
  copied = { nodes, edges: document.edges.filter((edge) => inside.has(edge.source) && inside.has(edge.target)), pasted: 0 };
  return nodes.length;
}

/** The edit that pastes what was copied, with fresh ids and names, a little lower right each time; null where nothing was copied. */
export function pasteEdit(document: Document): Extract<Edit, { op: "paste" }> | null {
  if (!copied) return null;
  copied.pasted += 1;
  const shift = 32 * copied.pasted;
  const names = new Set(document.nodes.map((node) => node.name));
  const ids = new Map<string, string>();
  const nodes = copied.nodes.map((node) => {
    const id = freshId(document);
    const name = freshName(names, node.name);
    ids.set(node.id, id);
    names.add(name);
    const [x, y] = node.position ?? [0, 0];
    return { ...node, id, name, position: [x + shift, y + shift] as Point };
  });
  const edges = copied.edges.map((edge) => ({ ...edge, source: ids.get(edge.source) as string, target: ids.get(edge.target) as string }));
  const like = Object.fromEntries([...ids].map(([from, to]) => [to, from]));
  return { op: "paste", nodes, edges, like };
}

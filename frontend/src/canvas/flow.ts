/** The document as React Flow's nodes and edges. */
import type { Edge, Node } from "@xyflow/react";
import type { Document, DocumentNode, Schema } from "../generated";
import { edgeKey, inputsOf, nameOf } from "../model/graph";
import { formatCount } from "../model/numbers";
import type { Places, Size } from "../model/layout";
import type { Selection } from "../state/state";
import type { NodeStatus, Status } from "../types";

export type CardNode = Node<Record<string, never>, "card">;

export interface WireData extends Record<string, unknown> {
  text: string;
}

export type WireEdge = Edge<WireData, "forward" | "feedback">;

/** The part of the status that the canvas draws. */
export type NodeNews = Pick<Status, "nodes" | "problems">;

const DATA = {};

export const features = (count: number): string => (count === 1 ? "1 feature" : `${formatCount(count)} features`);

/** A node's accessible name: it starts with the name in the graph. */
export function nodeLabel(schema: Schema, node: DocumentNode, status: NodeStatus | undefined, problem: string | undefined): string {
  const size = status?.size === null || status?.size === undefined ? null : features(status.size);
  const unfinished = status?.state === "unwired" ? "not connected yet" : null;
  const said = problem ?? (status?.text || status?.state);
  return [node.name, schema.nodes[node.kind]?.label ?? node.kind, size, unfinished, said].filter(Boolean).join(", ");
}

/** Makes node objects; one that did not change stays the same object, so that React Flow skips it. */
export class NodeMaker {
  private readonly made = new Map<string, { key: string; node: CardNode }>();

  make(
    schema: Schema,
    document: Document,
    places: Places,
    status: NodeNews,
    selection: Selection,
    measured: ReadonlyMap<string, Size>,
  ): CardNode[] {
    return document.nodes.map((node) => {
      const [x, y] = places[node.id] ?? [0, 0];
      const size = measured.get(node.id);
      const selected = selection.nodes.includes(node.id);
      const problem = status.problems.find((entry) => entry.owner === node.id)?.text;
      const label = nodeLabel(schema, node, status.nodes[node.id], problem);
      const key = JSON.stringify([x, y, size?.width, size?.height, selected, label]);
      const known = this.made.get(node.id);
      if (known?.key === key) return known.node;
      const made: CardNode = {
        id: node.id,
        type: "card",
        position: { x, y },
        data: DATA,
        selected,
        ariaLabel: label,
        ...(size ? { measured: { ...size } } : {}),
      };
      this.made.set(node.id, { key, node: made });
      return made;
    });
  }
}

/** The wires with their counts; where a node reads several, each says which place it takes. */
export function edgesOf(document: Document, status: Pick<NodeNews, "nodes">, selection: Selection): WireEdge[] {
  return document.edges.map((edge): WireEdge => {
    const id = edgeKey(edge);
    const size = status.nodes[edge.source]?.size;
    const inputs = inputsOf(document, edge.target);
    const place = inputs.length > 1 && !edge.feedback ? `${inputs.findIndex((other) => edgeKey(other) === id) + 1}` : null;
    const count = size === null || size === undefined ? null : formatCount(size);
    const words = `from ${nameOf(document, edge.source)} to ${nameOf(document, edge.target)}`;
    return {
      id,
      source: edge.source,
      target: edge.target,
      type: edge.feedback ? "feedback" : "forward",
      sourceHandle: edge.feedback ? "late-out" : "out",
      targetHandle: edge.feedback ? "late-in" : "in",
      selected: selection.edges.includes(id),
      data: { text: edge.feedback ? "feedback, 1 step late" : [place ? `${place}:` : null, count].filter(Boolean).join(" ") },
      ariaLabel: edge.feedback ? `Feedback wire ${words}, 1 step late` : `Wire ${words}${place ? `, input ${place}` : ""}`,
    };
  });
}

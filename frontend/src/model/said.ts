/** What has happened, in words for the live region: what eyes see on the canvas, ears hear. */
import type { Document, DocumentEdge } from "../generated";
import type { Point, Result } from "../types";
import { nameOf } from "./graph";

/** "reservoir_2", or "3 nodes". */
export const theseNodes = (document: Document, ids: string[]): string =>
  ids.length === 1 ? nameOf(document, ids[0] as string) : `${ids.length} nodes`;

export const wireName = (document: Document, edge: DocumentEdge): string =>
  `the ${edge.feedback ? "feedback " : ""}wire from ${nameOf(document, edge.source)} to ${nameOf(document, edge.target)}`;

/** "reservoir moved right"; a step is one of the four directions. */
export function movedWords(document: Document, ids: string[], [right, down]: Point): string {
  const way = right > 0 ? "right" : right < 0 ? "left" : down > 0 ? "down" : "up";
  return `${theseNodes(document, ids)} moved ${way}`;
}

/** "Undid: delete reservoir_2", of the kernel's answer to an undo or a redo. */
export function travelled(type: "undo" | "redo", result: Result | undefined): string {
  const label = result?.label;
  if (result?.done === false || !label) return type === "undo" ? "Nothing to undo" : "Nothing to redo";
  return `${type === "undo" ? "Undid" : "Redid"}: ${label[0]?.toLowerCase() ?? ""}${label.slice(1)}`;
}

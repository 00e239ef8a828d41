/** Why a wire cannot be made. The rules of the kinds and the sentences come from the schema: Python and the page refuse in the same words. */
import type { Document, Schema, Word } from "../generated";
import { edgeKey, isFeedback, nameOf, nodeOf } from "./graph";

export interface Wire {
  source: string;
  target: string;
  feedback: boolean;
  /** The sentence that refuses the wire, or null where it can be made. */
  refusal: string | null;
}

function say(schema: Schema, word: Word, source: string, target: string): string {
  const sentence = schema.words[word];
  return sentence.replaceAll("{source}", source).replaceAll("{target}", target);
}

/** The wire that dropping the output of `source` on `target` would make, with the reason where it cannot be made. */
export function wireBetween(schema: Schema, document: Document, source: string, target: string): Wire {
  const feedback = isFeedback(document, source, target);
  const kind = schema.nodes[nodeOf(document, target)?.kind ?? ""];
  const names = [nameOf(document, source), nameOf(document, target)] as const;
  const key = edgeKey({ source, target, feedback });
  const taken = document.edges.some((edge) => edgeKey(edge) === key) ? "duplicate" : null;
  const full = document.edges.length >= schema.limits.edges ? "too_many_edges" : null;
  const word = kind ? (kind.refuses[feedback ? "feedback" : "forward"] ?? taken ?? full) : null;
  return { source, target, feedback, refusal: word ? say(schema, word, ...names) : null };
}

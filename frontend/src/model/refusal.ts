/** Why a wire cannot be made. The sentences come from the schema, so that Python and the page refuse in the same words. */
import type { Document, Schema, Words } from "../generated";
import { edgeKey, isFeedback, nameOf, nodeOf } from "./graph";

export interface Wire {
  source: string;
  target: string;
  feedback: boolean;
  /** The sentence that refuses the wire, or null where it can be made. */
  refusal: string | null;
}

function say(schema: Schema, word: keyof Words, source: string, target: string): string {
  const sentence = schema.words?.[word] ?? "This wire is not possible.";
  return sentence.replaceAll("{source}", source).replaceAll("{target}", target);
}

/** The wire that dropping the output of `source` on `target` would make, with the reason where it cannot be made. */
export function wireBetween(schema: Schema, document: Document, source: string, target: string): Wire {
  const feedback = isFeedback(document, source, target);
  const kind = schema.nodes[nodeOf(document, target)?.kind ?? ""];
  const names = [nameOf(document, source), nameOf(document, target)] as const;
  const key = edgeKey({ source, target, feedback });
  const word: keyof Words | null = !kind
    ? null
    : feedback && !kind.feedback
      ? "no_feedback"
      : !feedback && kind.takes === "none"
        ? "no_input"
        : document.edges.some((edge) => edgeKey(edge) === key)
          ? "duplicate"
          : document.edges.length >= (schema.limits?.edges ?? Infinity)
            ? "too_many_edges"
            : null;
  return { source, target, feedback, refusal: word ? say(schema, word, ...names) : null };
}

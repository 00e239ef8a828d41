/** What a card says at its foot: how the node stands, in a form and in words. */
import { placeOfError, type Look } from "../state/reducers";
import type { AppState } from "../state/state";
import type { NodeState, NodeStatus } from "../types";

const WORDS: Record<NodeState, string> = {
  ok: "ok",
  working: "working",
  waiting: "waits",
  warning: "warning",
  error: "error",
  unwired: "not connected yet",
  untrained: "not trained yet",
};
const LOOKS: Record<NodeState, Look> = {
  ok: "ok",
  working: "working",
  waiting: "waiting",
  warning: "warning",
  error: "error",
  unwired: "unfinished",
  untrained: "unfinished",
};

export interface Foot {
  status: NodeStatus | undefined;
  look: Look;
  /** How the node stands, in a word or two. */
  word: string;
  /** What is to be done about it, or what was refused and is told nowhere else. */
  sentence: string | null;
}

/** A refusal that no control on the page shows: of the node itself, as its name, or of a knob that is out of sight. */
function refusalOf(state: AppState, id: string): string | null {
  for (const [key, text] of Object.entries(state.errors)) {
    const [owner, knob] = key.split(".");
    if (owner !== id) continue;
    if (knob ? placeOfError(state, id, knob) === null : !(state.selection.nodes.length === 1 && state.selection.nodes[0] === id))
      return text;
  }
  return null;
}

export function footOf(state: AppState, id: string): Foot {
  const status = state.status.nodes[id];
  const known = status?.state ?? "waiting";
  const refusal = refusalOf(state, id);
  if (refusal !== null) return { status, look: "error", word: "", sentence: refusal };
  const problem = state.status.problems.find((entry) => entry.owner === id);
  if (known === "unwired") return { status, look: "unfinished", word: WORDS.unwired, sentence: problem?.text ?? (status?.text || null) };
  if (problem && known !== "error")
    return { status, look: problem.unfinished ? "unfinished" : "warning", word: "", sentence: problem.text };
  if (known === "error") return { status, look: "error", word: "", sentence: problem?.text ?? (status?.text || WORDS.error) };
  return { status, look: LOOKS[known], word: status?.text || WORDS[known], sentence: null };
}

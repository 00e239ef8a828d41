/** Which node kinds a search finds, the best first: names before aliases, aliases before texts. */
import type { NodeKind } from "../generated";

/** "linear", "readout" of "LinearReadout"; "nvar" of "NVAR". */
const partsOf = (name: string): string[] => (name.match(/[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+/g) ?? []).map((part) => part.toLowerCase());
const begins = (texts: readonly string[], word: string): boolean => texts.some((text) => text.startsWith(word));
const holds = (texts: readonly string[], word: string): boolean => texts.some((text) => text.includes(word));
const wordsOf = (texts: readonly string[]): string[] => texts.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u));

/** How well a kind fits a text: 0 is best, null is not at all. */
function rankOf(kind: NodeKind, text: string): number | null {
  const names = [kind.kind, kind.label].map((name) => name.toLowerCase());
  const tests = [
    names.includes(text),
    begins(names, text),
    kind.aliases.includes(text),
    begins([...partsOf(kind.kind), ...partsOf(kind.label)], text),
    begins(kind.aliases, text) || begins(wordsOf(kind.aliases), text),
    holds(names, text),
    begins([kind.group.toLowerCase()], text),
    begins(wordsOf([kind.doc]), text),
    holds([...kind.aliases, kind.doc.toLowerCase()], text),
  ];
  const rank = tests.indexOf(true);
  return rank < 0 ? null : rank;
}

/** The kinds that fit what was typed, the best first; several words must all fit, and count as their worst. All kinds where nothing was typed. */
export function searched(kinds: readonly NodeKind[], typed: string): NodeKind[] {
  const text = typed.trim().toLowerCase();
  if (text === "") return [...kinds];
  const ranked = kinds.map((kind) => {
    const whole = rankOf(kind, text);
    const ranks = text.split(/\s+/).map((word) => rankOf(kind, word));
    const rank = whole ?? (ranks.includes(null) ? null : Math.max(...(ranks as number[])));
    return { kind, rank };
  });
  return ranked
    .filter((entry): entry is { kind: NodeKind; rank: number } => entry.rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .map(({ kind }) => kind);
}

/** The alias by which a kind was found, where its name does not say it. */
export function aliasFound(kind: NodeKind, typed: string): string | null {
  const text = typed.trim().toLowerCase();
  if (text === "" || holds([kind.kind.toLowerCase(), kind.label.toLowerCase()], text)) return null;
  return kind.aliases.find((alias) => begins([alias, ...wordsOf([alias])], text)) ?? null;
}

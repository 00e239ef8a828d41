/** Reads a model's traits, and calls back whenever one of them changes. */
import type { AnyModel } from "@anywidget/types";

/** Listens to the traits; the returned function stops it. Reads all of them at once, so that traits sent together arrive together. */
export function watchTraits<Traits extends object>(
  model: AnyModel,
  names: readonly (keyof Traits & string)[],
  onChange: (traits: Traits) => void,
): () => void {
  let last: readonly (readonly [string, unknown])[] = [];
  const read = (): void => {
    const entries = names.map((name) => [name, model.get(name)] as const).filter(([, value]) => value !== undefined);
    // Traits that came in one message fire one event each; the first one has read them all.
    if (
      entries.length === last.length &&
      entries.every(([name, value], place) => last[place]?.[0] === name && Object.is(last[place]?.[1], value))
    )
      return;
    last = entries;
    onChange(Object.fromEntries(entries) as Traits);
  };
  for (const name of names) model.on(`change:${name}`, read);
  read();
  return () => {
    for (const name of names) model.off(`change:${name}`, read);
  };
}

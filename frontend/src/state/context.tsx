/** How components reach the store and the actions. */
import { createContext, useContext, useRef, useSyncExternalStore } from "react";
import type { Actions } from "./actions";
import type { AppState } from "./state";
import type { Store } from "./store";

export interface App {
  store: Store;
  actions: Actions;
  /** A word that no other view in the page has, for element ids. */
  id: string;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("This component needs an AppContext around it.");
  return app;
}

function shallowEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a) as (keyof typeof a)[];
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], (b as typeof a)[key]));
}

/** A part of the state; the component renders again only when that part changes (compared one level deep). */
export function useSelect<Part>(select: (state: AppState) => Part): Part {
  const { store } = useApp();
  const last = useRef<{ part: Part } | null>(null);
  return useSyncExternalStore(store.subscribe, () => {
    const part = select(store.get());
    if (!last.current || !shallowEqual(last.current.part, part)) last.current = { part };
    return last.current.part;
  });
}

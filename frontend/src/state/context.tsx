/** How components reach the store and the actions. */
import { createContext, useContext } from "react";
import { shallow } from "zustand/shallow";
import { useStoreWithEqualityFn } from "zustand/traditional";
import type { Actions } from "./actions";
import type { AppState, Store } from "./state";

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

/** A part of the state; the component renders again only when that part changes (compared one level deep). */
export const useSelect = <Part,>(select: (state: AppState) => Part): Part => useStoreWithEqualityFn(useApp().store, select, shallow);

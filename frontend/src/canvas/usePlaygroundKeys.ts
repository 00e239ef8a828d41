/** The keys of the whole Playground: those of the app, Ctrl-Z in the parts around it, and none of them for the host. */
import { useEffect, useMemo, type RefObject } from "react";
import { guardKeys } from "../hostKeys";
import { useApp } from "../state/context";
import { watchTyping, type Typing } from "../typing";
import { Keys } from "./keys";

const BOX = ".rcw-playground";

export function usePlaygroundKeys(root: RefObject<HTMLElement | null>, focusSearch: () => void): Keys {
  const { store, actions } = useApp();
  const typing = useMemo<{ now: Typing | null }>(() => ({ now: null }), []);
  const keys = useMemo(
    () =>
      new Keys({
        store,
        actions,
        focusSearch,
        typing: { is: (target) => typing.now?.is(target) ?? false },
        get root() {
          return root.current as HTMLElement;
        },
      }),
    [store, actions, focusSearch, typing, root],
  );

  useEffect(() => {
    const app = root.current;
    if (!app) return undefined;
    let leave = listen(app, keys, typing);
    let asked = 0;
    // A view is made before it is put into the page.
    const grow = (): void => {
      if (!app.isConnected) {
        asked = requestAnimationFrame(grow);
        return;
      }
      const box = app.closest<HTMLElement>(BOX);
      if (!box) return;
      leave();
      leave = listen(box, keys, typing);
    };
    grow();
    return () => {
      cancelAnimationFrame(asked);
      leave();
    };
  }, [root, keys, typing]);
  return keys;
}

/** Listens in `box`, which may be more than the app; the returned function ends it. */
function listen(box: HTMLElement, keys: Keys, typing: { now: Typing | null }): () => void {
  const around = (event: KeyboardEvent): void => keys.handleAround(event);
  const leaveHost = guardKeys(box);
  const watched = watchTyping(box);
  typing.now = watched;
  if (box.matches(BOX)) {
    box.tabIndex = -1; // a click on a figure brings the focus here, and not to the notebook's cell
    box.addEventListener("keydown", around);
  }
  return () => {
    leaveHost();
    watched.remove();
    box.removeEventListener("keydown", around);
  };
}

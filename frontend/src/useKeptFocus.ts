/** The focus stays in the app when what had it goes or is switched off: a deleted node, a closed field, a button with nothing left to do. */
import { useEffect, type RefObject } from "react";

export function useKeptFocus(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const app = root.current;
    if (!app) return undefined;
    let last: Element | null = null;
    const onFocus = ({ target }: FocusEvent): void => {
      last = target instanceof Element && app.contains(target) ? target : null;
    };
    /** A press outside takes the focus away for good, also where nothing takes it. */
    const onPress = ({ target }: PointerEvent): void => {
      if (!app.contains(target as Node)) last = null;
    };
    const look = (): void => {
      if (!last || (last.isConnected && !last.matches(":disabled"))) return;
      const { activeElement } = document;
      if (activeElement === document.body || activeElement === last) app.focus({ preventScroll: true });
      else last = null;
    };
    const changes = new MutationObserver(look);
    changes.observe(app, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
    document.addEventListener("focusin", onFocus);
    document.addEventListener("pointerdown", onPress, true);
    return () => {
      changes.disconnect();
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("pointerdown", onPress, true);
    };
  }, [root]);
}

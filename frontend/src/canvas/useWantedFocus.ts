/** Gives the focus to the node or wire that the state names, as soon as it is drawn. */
import { useEffect, type RefObject } from "react";
import { useApp, useSelect } from "../state/context";

const DRAWN = ".react-flow__node[data-id], .react-flow__edge[data-id]";

/** `drawn` is another value whenever more may have been drawn. */
export function useWantedFocus(canvas: RefObject<HTMLElement | null>, drawn: unknown): void {
  const { store } = useApp();
  const wanted = useSelect((state) => state.focus);
  useEffect(() => {
    if (wanted === null) return;
    const all = canvas.current?.querySelectorAll<HTMLElement | SVGElement>(DRAWN) ?? [];
    const element = [...all].find((one) => one.getAttribute("data-id") === wanted);
    // A node that has not been measured yet is hidden and takes no focus.
    if (!element || (element instanceof HTMLElement && element.style.visibility === "hidden")) return;
    element.focus({ preventScroll: true });
    store.setState({ focus: null });
  }, [wanted, drawn, canvas, store]);
}

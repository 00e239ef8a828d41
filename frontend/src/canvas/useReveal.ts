/**
 * Moves the view just so far that a node shows: the one that the keyboard reaches, is offered for a wire, is chosen in the outline, or is
 * new. The zoom stays, and where a new one goes again, the view goes back.
 */
import { useReactFlow, useStoreApi, type Viewport } from "@xyflow/react";
import { useCallback, useEffect, useRef, type RefObject } from "react";
import { useApp, useSelect } from "../state/context";
import type { CardNode, WireEdge } from "./flow";

const MARGIN = 12;
/** The buttons at the top of the canvas cover so much. */
const TOOLS = 38;

/** How far a stretch must move to lie between `first` and `last`; its start counts more than its end. */
function shift(start: number, length: number, first: number, last: number): number {
  if (start < first) return first - start;
  const over = start + length - last;
  return over > 0 ? -Math.min(over, start - first) : 0;
}

const alike = (a: Viewport, b: Viewport): boolean => Math.hypot(a.x - b.x, a.y - b.y) < 1 && a.zoom === b.zoom;

export function useReveal(canvas: RefObject<HTMLElement | null>, nodes: readonly CardNode[]): void {
  const flow = useReactFlow<CardNode, WireEdge>();
  const pane = useStoreApi<CardNode, WireEdge>();
  const { store } = useApp();
  const wanted = useSelect((state) => {
    const mode = state.connecting;
    return mode ? (mode.targets[mode.index] ?? null) : state.selection.nodes.length === 1 ? (state.selection.nodes[0] as string) : null;
  });

  /** What the view was moved for, the last one last: from where, and where to unless a hand moves it on. */
  const away = useRef<{ ids: readonly string[]; from: Viewport; to: Viewport }[]>([]);

  const reveal = useCallback(
    (...some: string[]) => {
      const { width: wide, height: high } = pane.getState();
      if (wide === 0 || some.length === 0 || some.some((id) => !flow.getInternalNode(id)?.measured.width)) return;
      const now = flow.getViewport();
      const { x, y, zoom } = now;
      const bounds = flow.getNodesBounds(some);
      const right = shift(bounds.x * zoom + x, bounds.width * zoom, MARGIN, wide - MARGIN);
      const down = shift(bounds.y * zoom + y, bounds.height * zoom, TOOLS, high - MARGIN);
      if (right === 0 && down === 0) return;
      const to = { x: x + right, y: y + down, zoom };
      const last = away.current.at(-1);
      if (last && alike(last.to, now)) last.to = to;
      void flow.setViewport(to);
    },
    [flow, pane],
  );

  useEffect(() => {
    if (wanted !== null && !canvas.current?.querySelector(".dragging")) reveal(wanted);
  }, [wanted, reveal, canvas]);

  const known = useRef<readonly string[] | null>(null);
  /** What was added last, until the hand does something else on the canvas. */
  const fresh = useRef<{ ids: readonly string[]; heights: string }>({ ids: [], heights: "" });
  useEffect(() => {
    if (nodes.some((node) => !node.measured?.width)) return;
    const here = nodes.map((node) => node.id);
    const before = known.current;
    known.current = here;
    const added = before ? here.filter((id) => !before.includes(id)) : [];
    for (let last = away.current.at(-1); last && !last.ids.some((id) => here.includes(id)); last = away.current.at(-1)) {
      away.current.pop();
      if (alike(last.to, flow.getViewport())) void flow.setViewport(last.from);
    }
    const heights = (some: readonly string[]): string =>
      nodes.map((node) => (some.includes(node.id) ? node.measured?.height : "")).join(" ");
    if (added.length === 0) {
      // A new card grows when it has news to tell, such as that it is not wired.
      const grown = fresh.current.ids.length > 0 && fresh.current.heights !== heights(fresh.current.ids);
      if (!grown) return;
      fresh.current.heights = heights(fresh.current.ids);
      reveal(...fresh.current.ids);
      return;
    }
    fresh.current = { ids: added, heights: heights(added) };
    away.current.push({ ids: added, from: flow.getViewport(), to: flow.getViewport() });
    reveal(...added, ...store.getState().beside.filter((id) => here.includes(id)));
    reveal(...added); // what is new counts more than what made room for it
  }, [nodes, reveal, store, flow]);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const onFocus = (event: FocusEvent): void => {
      const target = event.target as Element;
      const id = target.closest<HTMLElement>(".react-flow__node")?.dataset["id"];
      // The browser scrolls what has the focus into view; the canvas itself must not scroll.
      for (const box of [element, element.querySelector(".react-flow")]) box?.scrollTo?.(0, 0);
      if (id && target.matches(":focus-visible") && !target.matches("input")) reveal(id);
    };
    const onHand = (): void => {
      fresh.current = { ids: [], heights: "" };
    };
    const hands = ["pointerdown", "wheel", "keydown"] as const;
    element.addEventListener("focusin", onFocus);
    for (const hand of hands) element.addEventListener(hand, onHand, { capture: true, passive: true });
    return () => {
      element.removeEventListener("focusin", onFocus);
      for (const hand of hands) element.removeEventListener(hand, onHand, { capture: true });
    };
  }, [canvas, reveal]);
}

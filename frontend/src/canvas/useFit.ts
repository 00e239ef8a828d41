/**
 * Fits the view to the graph: once when it first can, again where another model takes its place, and with the size of the canvas while
 * nobody has moved the view or a node. A node that comes or goes never changes the zoom.
 */
import { getViewportForBounds, useReactFlow, useStoreApi, type ReactFlowInstance } from "@xyflow/react";
import { useCallback, useEffect, useRef, type RefObject } from "react";
import type { Rectangle, Size } from "../model/layout";
import { useApp } from "../state/context";
import type { AppState } from "../state/state";
import type { CardNode, WireEdge } from "./flow";

/** The room that a feedback loop takes below its nodes. */
const LOOP = 78;
const MARGIN = 18;
/** The buttons at the top of the canvas cover so much. */
const TOOLS = 42;

const calm = (): boolean => typeof matchMedia === "function" && matchMedia("(prefers-reduced-motion: reduce)").matches;

function boundsOf(flow: ReactFlowInstance<CardNode, WireEdge>, state: AppState): Rectangle | null {
  const nodes = flow.getNodes();
  if (nodes.length === 0) return null;
  const bounds = flow.getNodesBounds(nodes);
  return { ...bounds, height: bounds.height + (state.document.edges.some((edge) => edge.feedback) ? LOOP : 0) };
}

export type Fit = (smooth: boolean) => void;

export function useFitView(): Fit {
  const flow = useReactFlow<CardNode, WireEdge>();
  const pane = useStoreApi<CardNode, WireEdge>();
  const { store } = useApp();
  return useCallback(
    (smooth) => {
      const bounds = boundsOf(flow, store.get());
      const { width, height } = pane.getState();
      if (!bounds || width === 0 || height === 0) return;
      const padding = { left: `${MARGIN}px`, right: `${MARGIN}px`, top: `${TOOLS}px`, bottom: `${MARGIN}px` } as const;
      const viewport = getViewportForBounds(bounds, width, height, 0.3, 1, padding);
      // Whole pixels keep the text sharp.
      for (const side of ["x", "y"] as const) viewport[side] = Math.round(viewport[side]);
      void flow.setViewport(viewport, smooth && !calm() ? { duration: 200 } : {});
    },
    [flow, store, pane],
  );
}

export function useFit(size: Size, seen: boolean, nodes: CardNode[]): { touched: RefObject<boolean> } {
  const fit = useFitView();
  const touched = useRef(false);
  const last = useRef<{ ids: readonly string[]; size: Size } | null>(null);

  useEffect(() => {
    if (!seen || nodes.some((node) => !node.measured?.width)) return;
    const here = nodes.map((node) => node.id);
    const before = last.current;
    last.current = { ids: here, size };
    const another = before === null || (before.ids.length > 0 && here.length > 0 && !here.some((id) => before.ids.includes(id)));
    if (another) touched.current = false;
    if (another || (before.size !== size && !touched.current)) fit(false);
  }, [seen, size, fit, nodes]);

  return { touched };
}

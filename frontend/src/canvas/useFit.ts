/** Fits the view to the graph: once when it first can, and again while nobody has moved the view or a node. */
import { getViewportForBounds, useNodesInitialized, useReactFlow, useStoreApi, type ReactFlowInstance } from "@xyflow/react";
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
  const ready = useNodesInitialized();
  const fit = useFitView();
  const flow = useReactFlow<CardNode, WireEdge>();
  const touched = useRef(false);
  const known = useRef<ReadonlySet<string>>(new Set());
  const ids = nodes.map((node) => node.id).join(" ");

  useEffect(() => {
    if (ready && seen && !touched.current) fit(false);
  }, [ready, seen, size, fit, ids]);

  // A node that was added outside of what is seen comes into view.
  useEffect(() => {
    if (!ready) return;
    const here = ids === "" ? [] : ids.split(" ");
    const added = here.filter((id) => !known.current.has(id));
    const first = known.current.size === 0;
    known.current = new Set(here);
    if (first || added.length === 0) return;
    const corner = flow.getViewport();
    const hidden = added.some((id) => {
      const { x, y, width, height } = flow.getNodesBounds([id]);
      const left = x * corner.zoom + corner.x;
      const top = y * corner.zoom + corner.y;
      return left < 0 || top < 0 || left + width * corner.zoom > size.width || top + height * corner.zoom > size.height;
    });
    if (hidden) fit(true);
  }, [ready, ids, flow, fit, size]);

  return { touched };
}

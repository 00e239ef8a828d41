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
/** On a canvas narrower than this they stand below those at the left. */
const TIGHT = 420;
const TOOLS_BELOW = 80;
/** And on one narrower than this, in two lines. */
const TIGHTEST = 280;
const TOOLS_WRAPPED = 108;

const calm = (): boolean => typeof matchMedia === "function" && matchMedia("(prefers-reduced-motion: reduce)").matches;

function boundsOf(flow: ReactFlowInstance<CardNode, WireEdge>, state: AppState): Rectangle | null {
  const nodes = flow.getNodes();
  if (nodes.length === 0) return null;
  const bounds = flow.getNodesBounds(nodes);
  return { ...bounds, height: bounds.height + (state.document.edges.some((edge) => edge.feedback) ? LOOP : 0) };
}

/**
 * `readable` shows one node rather than all of them where these would be too small to be read. `size` is that of the canvas where it is
 * known: the pane learns a new size later than the canvas.
 */
export type Fit = (smooth: boolean, readable?: boolean, size?: Size) => void;

/** The scale below which nobody can read a card or catch its slider, and that at which one card is shown then. */
const SMALLEST = 0.6;
const NEAR = 0.9;

/** The node that a small canvas shows: the selected one, else the first one with a slider. */
function foremost(flow: ReactFlowInstance<CardNode, WireEdge>, state: AppState): Rectangle | null {
  const { nodes } = state.document;
  const sliders = (kind: string): number => state.schema.nodes[kind]?.card.length ?? 0;
  const chosen = nodes.find(({ id }) => state.selection.nodes.includes(id)) ?? nodes.find(({ kind }) => sliders(kind) > 0) ?? nodes[0];
  return chosen ? flow.getNodesBounds([chosen.id]) : null;
}

export function useFitView(): Fit {
  const flow = useReactFlow<CardNode, WireEdge>();
  const pane = useStoreApi<CardNode, WireEdge>();
  const { store } = useApp();
  return useCallback(
    (smooth, readable = false, size = pane.getState()) => {
      const bounds = boundsOf(flow, store.getState());
      const { width, height } = size;
      if (!bounds || width === 0 || height === 0) return;
      const padding = {
        left: `${MARGIN}px`,
        right: `${MARGIN}px`,
        top: `${width < TIGHTEST ? TOOLS_WRAPPED : width < TIGHT ? TOOLS_BELOW : TOOLS}px`,
        bottom: `${MARGIN}px`,
      } as const;
      let viewport = getViewportForBounds(bounds, width, height, 0.3, 1, padding);
      const one = readable && viewport.zoom < SMALLEST ? foremost(flow, store.getState()) : null;
      if (one) viewport = getViewportForBounds(one, width, height, SMALLEST, NEAR, padding);
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
    if (another || (before.size !== size && !touched.current)) fit(false, true, size);
  }, [seen, size, fit, nodes]);

  return { touched };
}

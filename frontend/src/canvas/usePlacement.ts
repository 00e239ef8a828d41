/** Adding a node from the palette: at the place of a drop, after the node that is selected, or in a free place of what is seen. */
import { useReactFlow } from "@xyflow/react";
import { useMemo, type RefObject } from "react";
import { nodeOf } from "../model/graph";
import { freePlace, placeAfter, type Rectangle, type Size } from "../model/layout";
import { useApp } from "../state/context";
import { estimatedSize, placesOf } from "../state/reducers";
import type { CardNode } from "./flow";

/** How much taller a card is that says, on a second line, that it is not wired yet. */
const LINE = 17;

export interface Placement {
  /** Adds the kind under a point of the page; false where that is not on the canvas. */
  drop: (kind: string, x: number, y: number) => boolean;
  /** Adds the kind after the selected node, or in a free place where none is selected. */
  add: (kind: string) => void;
}

export function usePlacement(canvas: RefObject<HTMLElement | null>): Placement {
  const flow = useReactFlow<CardNode>();
  const { store, actions } = useApp();
  return useMemo(() => {
    const sizeOfKind = (kind: string) => {
      const { schema, document } = store.getState();
      const node = { id: "-", name: "", kind, knobs: {}, position: null };
      return estimatedSize({ schema, document: { ...document, nodes: [node] } }, "-");
    };
    const sizeOf = (id: string): Size => {
      const size = flow.getInternalNode(id)?.measured;
      return size?.width && size.height ? { width: size.width, height: size.height } : estimatedSize(store.getState(), id);
    };
    /** Of the selected nodes the one that is furthest on. */
    const anchor = (): string | null => {
      const state = store.getState();
      const places = placesOf(state);
      const end = (id: string): number => (places[id]?.[0] ?? 0) + sizeOf(id).width;
      const here = state.selection.nodes.filter((id) => nodeOf(state.document, id));
      return here.sort((a, b) => end(b) - end(a))[0] ?? null;
    };
    return {
      drop: (kind, x, y) => {
        const box = canvas.current?.getBoundingClientRect();
        if (!box || x < box.left || x > box.right || y < box.top || y > box.bottom) return false;
        const at = flow.screenToFlowPosition({ x, y });
        actions.addNode(kind, [Math.round(at.x - sizeOfKind(kind).width / 2), Math.round(at.y - 17)]);
        return true;
      },
      add: (kind) => {
        const state = store.getState();
        const places = placesOf(state);
        const size = { ...sizeOfKind(kind), height: sizeOfKind(kind).height + LINE };
        const after = anchor();
        if (after !== null) {
          const isSource = (name: string | undefined): boolean => state.schema.nodes[name ?? ""]?.family === "source";
          const flows = { source: isSource(kind), anchorIsSource: isSource(nodeOf(state.document, after)?.kind) };
          const { position, moved } = placeAfter(state.document, { places, sizeOf }, after, size, flows);
          actions.addNode(kind, position, moved);
          return;
        }
        const box = canvas.current?.getBoundingClientRect();
        const corner = flow.screenToFlowPosition({ x: box?.left ?? 0, y: (box?.top ?? 0) + 28 }); // below the buttons
        const far = flow.screenToFlowPosition({ x: box?.right ?? 640, y: box?.bottom ?? 330 });
        const visible = { x: corner.x, y: corner.y, width: far.x - corner.x, height: far.y - corner.y };
        const taken = Object.entries(places).map(([id, [x, y]]): Rectangle => ({ x, y, ...sizeOf(id) }));
        actions.addNode(kind, freePlace(visible, taken, size));
      },
    };
  }, [flow, store, actions, canvas]);
}

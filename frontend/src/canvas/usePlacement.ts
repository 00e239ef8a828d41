/** Adding a node from the palette: at the place of a drop, or in a free place of what is seen. */
import { useReactFlow } from "@xyflow/react";
import { useMemo, type RefObject } from "react";
import { freePlace, type Rectangle } from "../model/layout";
import { useApp } from "../state/context";
import { estimatedSize, placesOf } from "../state/reducers";
import type { CardNode } from "./flow";

/** How much taller a card is that says, on a second line, that it is not wired yet. */
const LINE = 17;

export interface Placement {
  /** Adds the kind under a point of the page; false where that is not on the canvas. */
  drop: (kind: string, x: number, y: number) => boolean;
  /** Adds the kind in a free place. */
  add: (kind: string) => void;
}

export function usePlacement(canvas: RefObject<HTMLElement | null>): Placement {
  const flow = useReactFlow<CardNode>();
  const { store, actions } = useApp();
  return useMemo(() => {
    const sizeOfKind = (kind: string) => {
      const { schema, document } = store.get();
      const node = { id: "-", name: "", kind, knobs: {}, position: null };
      return estimatedSize({ schema, document: { ...document, nodes: [node] } }, "-");
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
        const box = canvas.current?.getBoundingClientRect();
        const corner = flow.screenToFlowPosition({ x: box?.left ?? 0, y: box?.top ?? 0 });
        const far = flow.screenToFlowPosition({ x: box?.right ?? 640, y: (box?.bottom ?? 330) - 30 });
        const visible = { x: corner.x, y: corner.y, width: far.x - corner.x, height: far.y - corner.y };
        const state = store.get();
        const taken = Object.entries(placesOf(state)).map(([id, [x, y]]): Rectangle => {
          const size = flow.getInternalNode(id)?.measured;
          return { x, y, ...estimatedSize(state, id), ...(size?.width && size.height ? { width: size.width, height: size.height } : {}) };
        });
        const size = sizeOfKind(kind);
        actions.addNode(kind, freePlace(visible, taken, { ...size, height: size.height + LINE }));
      },
    };
  }, [flow, store, actions, canvas]);
}

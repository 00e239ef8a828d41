/** Dragging a node kind to the canvas with pointer events, so that a finger can do it as well as a mouse. */
import { useRef, useState, type PointerEvent, type RefObject } from "react";
import type { Placement } from "../canvas/usePlacement";
import type { NodeKind } from "../generated";

const THRESHOLD = 5;

export interface Ghost {
  kind: NodeKind;
  /** Pixels from the corner of the app. */
  x: number;
  y: number;
}

export function usePaletteDrag(root: RefObject<HTMLElement | null>, placement: Placement, onAdded?: () => void) {
  const [ghost, setGhost] = useState<Ghost | null>(null);
  const start = useRef<{ pointer: number; x: number; y: number } | null>(null);
  const dragged = useRef(false);

  const end = (): void => {
    start.current = null;
    setGhost(null);
  };

  const handlersOf = (kind: NodeKind) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      dragged.current = false;
      if (event.button !== 0) return;
      start.current = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture?.(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const from = start.current;
      if (!from || from.pointer !== event.pointerId) return;
      if (!dragged.current && Math.hypot(event.clientX - from.x, event.clientY - from.y) < THRESHOLD) return;
      dragged.current = true;
      const box = root.current?.getBoundingClientRect();
      setGhost({ kind, x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) });
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const from = start.current;
      end();
      if (from && dragged.current && placement.drop(kind.kind, event.clientX, event.clientY)) onAdded?.();
    },
    onPointerCancel: end,
  });

  /** Whether the click that comes now ends a drag. */
  const justDragged = (): boolean => {
    const was = dragged.current;
    dragged.current = false;
    return was;
  };

  return { ghost, handlersOf, justDragged };
}

/** Wiring by pointer: where the wire's end is, which node is under it, and what happens when it is dropped. */
import type { FinalConnectionState, OnConnectStartParams } from "@xyflow/react";
import { useCallback, useEffect, useRef, type RefObject } from "react";
import { useApp } from "../state/context";

type AnyPointer = MouseEvent | TouchEvent;

function pointOf(event: AnyPointer): { x: number; y: number } {
  const touch = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
}

function nodeAt(canvas: HTMLElement, x: number, y: number): string | null {
  const root = canvas.getRootNode() as Document | ShadowRoot;
  const node = root.elementFromPoint?.(x, y)?.closest<HTMLElement>(".react-flow__node") ?? null;
  return node && canvas.contains(node) ? (node.dataset["id"] ?? null) : null;
}

export function usePull(canvas: RefObject<HTMLElement | null>) {
  const { store, actions } = useApp();
  const stop = useRef<() => void>(() => undefined);
  /** A wire back to its own node counts only after it has left the node, so that a mere click makes none. */
  const left = useRef(false);

  useEffect(() => () => stop.current(), []);

  const onConnectStart = useCallback(
    (_: AnyPointer, { nodeId, handleType }: OnConnectStartParams) => {
      left.current = false;
      const source = handleType === "source" ? nodeId : null;
      const follow = (event: PointerEvent): void => {
        const element = canvas.current;
        if (!element || !nodeId) return;
        const box = element.getBoundingClientRect();
        const under = nodeAt(element, event.clientX, event.clientY);
        if (under !== nodeId) left.current = true;
        const target = under === nodeId && !left.current ? null : under;
        const ends = handleType === "target" && target ? { source: target, target: nodeId } : { source, target };
        store.setState({ pulling: { ...ends, x: event.clientX - box.left, y: event.clientY - box.top, width: box.width } });
      };
      window.addEventListener("pointermove", follow);
      stop.current = () => window.removeEventListener("pointermove", follow);
    },
    [canvas, store],
  );

  const onConnectEnd = useCallback(
    (event: AnyPointer, connection: FinalConnectionState) => {
      stop.current();
      store.setState({ pulling: null });
      const from = connection.fromNode?.id;
      const { x, y } = pointOf(event);
      const under = (canvas.current ? nodeAt(canvas.current, x, y) : null) ?? connection.toNode?.id;
      if (!from || !under || (under === from && !left.current)) return;
      if (connection.fromHandle?.type === "target") actions.connect(under, from);
      else actions.connect(from, under);
    },
    [actions, canvas, store],
  );

  return { onConnectStart, onConnectEnd };
}

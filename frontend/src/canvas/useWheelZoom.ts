/** A plain wheel scrolls the notebook; with Ctrl or Cmd it zooms the canvas, around the pointer, and the notebook does not hear it. */
import { useReactFlow } from "@xyflow/react";
import { useEffect, type RefObject } from "react";

const LEAST = 0.2;
const MOST = 2;

export function useWheelZoom(canvas: RefObject<HTMLElement | null>): void {
  const flow = useReactFlow();
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      const box = element.getBoundingClientRect();
      const { x, y, zoom } = flow.getViewport();
      const lines = event.deltaMode === 1 ? 0.05 : event.deltaMode ? 1 : 0.002;
      const next = Math.min(MOST, Math.max(LEAST, zoom * 2 ** (-event.deltaY * lines)));
      const at = { x: event.clientX - box.left, y: event.clientY - box.top };
      void flow.setViewport({ x: at.x - ((at.x - x) * next) / zoom, y: at.y - ((at.y - y) * next) / zoom, zoom: next });
    };
    element.addEventListener("wheel", onWheel, { passive: false, capture: true });
    return () => element.removeEventListener("wheel", onWheel, { capture: true });
  }, [canvas, flow]);
}

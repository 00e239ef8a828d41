/** Tells the styles how large the canvas is drawn, so that places for the hand keep their size on the screen. */
import { useStoreApi } from "@xyflow/react";
import { useEffect, type RefObject } from "react";

export function useZoom(canvas: RefObject<HTMLElement | null>): void {
  const pane = useStoreApi();
  useEffect(() => {
    const tell = (): void => canvas.current?.style.setProperty("--rcw-zoom", String(pane.getState().transform[2]));
    tell();
    return pane.subscribe((state, before) => {
      if (state.transform[2] !== before.transform[2]) tell();
    });
  }, [canvas, pane]);
}

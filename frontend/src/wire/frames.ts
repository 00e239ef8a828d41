/** Tells the kernel which results are on the screen: it sends the next ones then, so that a slow page is behind by one frame, not by a queue. */
import type { AnyModel } from "@anywidget/types";
import type { TransportMessage } from "../types";
import { tell } from "./models";

/** Answers each frame of the status on the transport; the returned function stops it. */
export function answerFrames(status: AnyModel, transport: AnyModel): () => void {
  let asked = 0;
  const answer = (): void => {
    const frame = Number(status.get("frame"));
    if (asked === 0) asked = requestAnimationFrame(onNext);
    function onNext(): void {
      // bqplot draws in the frame that comes first, and the one after that shows it.
      asked = requestAnimationFrame(() => {
        asked = 0;
        const drawn: TransportMessage = { type: "drawn", frame };
        if (!tell(transport, drawn)) return;
        if (Number(status.get("frame")) !== frame) answer();
      });
    }
  };
  status.on("change:frame", answer);
  return () => {
    cancelAnimationFrame(asked);
    status.off("change:frame", answer);
  };
}

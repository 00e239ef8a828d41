/** Requests over one comm: `{id, type, ...}` out, `{id, ok, result?, error?}` back, with the bytes beside it where there are some. */
import type { AnyModel } from "@anywidget/types";
import type { Answer } from "../types";
import { tell } from "./models";

/** A request without an answer for so long (in ms) is waiting for the cell that the kernel runs. */
export const PATIENCE = 800;
export const WAITING = "Waits for the running cell.";
const GONE = "The kernel is gone: run the cell again.";

/** Why the kernel did not do it; empty where it did. */
export const refusalOf = ({ ok, error }: Answer): string => (ok ? "" : (error?.text ?? "The kernel refused it."));

export interface Received extends Answer {
  buffers: readonly DataView[];
}

interface Pending {
  settle: (answer: Received) => void;
  timer: ReturnType<typeof setTimeout>;
  late: boolean;
}

export class Requests<Message extends { type: string }> {
  private readonly pending = new Map<number, Pending>();
  // Every view of a model hears all of its messages, so ids start at a random place.
  private next = Math.floor(Math.random() * 2 ** 46);

  constructor(
    private readonly model: AnyModel,
    private readonly onWaiting: (waiting: boolean) => void = () => undefined,
    private readonly onGone: () => void = () => undefined,
  ) {
    model.on("msg:custom", this.receive);
  }

  /** Sends a message; the promise resolves with the kernel's answer, and stays open while the kernel is silent. */
  send(message: Message, buffers?: ArrayBuffer[]): Promise<Received> {
    return new Promise((settle) => this.ask(message, settle, buffers));
  }

  /** Sends a message; `settle` hears the answer at once when it comes. */
  ask(message: Message, settle: (answer: Received) => void = () => undefined, buffers?: ArrayBuffer[]): void {
    this.next += 1;
    const id = this.next;
    const timer = setTimeout(() => {
      const entry = this.pending.get(id);
      if (!entry) return;
      entry.late = true;
      this.onWaiting(true);
    }, PATIENCE);
    this.pending.set(id, { settle, timer, late: false });
    if (tell(this.model, { id, ...message }, buffers)) return;
    this.receive({ id, ok: false, error: { text: GONE } });
    this.onGone();
  }

  get waiting(): boolean {
    return [...this.pending.values()].some((entry) => entry.late);
  }

  dispose(): void {
    this.model.off("msg:custom", this.receive);
    for (const entry of this.pending.values()) clearTimeout(entry.timer);
    this.pending.clear();
  }

  private readonly receive = (content: unknown, buffers: readonly DataView[] = []): void => {
    const answer = content as Partial<Answer> | null;
    const entry = typeof answer?.id === "number" ? this.pending.get(answer.id) : undefined;
    if (!entry) return;
    clearTimeout(entry.timer);
    this.pending.delete((answer as Answer).id);
    if (entry.late) this.onWaiting(this.waiting);
    entry.settle({ ...(answer as Answer), buffers });
  };
}

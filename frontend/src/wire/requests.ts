/** Requests over one comm: `{id, type, ...}` out, `{id, ok, result?, error?}` back, with the bytes beside it where there are some. */
import type { AnyModel } from "@anywidget/types";
import type { Answer } from "../types";
import { tell } from "./models";
import { reachOf, type Reach, type Standing } from "./reach";

/** A request without an answer for so long (in ms) is waiting for the cell that the kernel runs, or the server is not reached. */
export const PATIENCE = 800;
export const WAITING = "Waits for the running cell.";
export const UNREACHED = "The server is not reached: this waits until it is.";
/** So long (in ms) after the server is reached again an answer may still come; what was on its way when it went may be lost. */
export const RETURN = 4000;
const LOST = "The server was not reached when this was sent. Do it again.";
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
  /** Whether the server was not reached while the answer was awaited. */
  cut: boolean;
}

export class Requests<Message extends { type: string }> {
  private readonly pending = new Map<number, Pending>();
  // Every view of a model hears all of its messages, so ids start at a random place.
  private next = Math.floor(Math.random() * 2 ** 46);
  private readonly reach: Reach;
  private readonly leave: () => void;
  private back: ReturnType<typeof setTimeout> | null = null;
  private said = "";

  /** `onWaiting` hears in words what late requests wait for, and "" when none waits any more. */
  constructor(
    private readonly model: AnyModel,
    private readonly onWaiting: (words: string) => void = () => undefined,
    private readonly onGone: () => void = () => undefined,
  ) {
    model.on("msg:custom", this.receive);
    this.reach = reachOf(model);
    this.leave = this.reach.watch(this.hearReach);
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
      if (entry) this.becomeLate(id, entry);
    }, PATIENCE);
    this.pending.set(id, { settle, timer, late: false, cut: this.reach.standing === "unreached" });
    if (tell(this.model, { id, ...message }, buffers)) return;
    this.receive({ id, ok: false, error: { text: GONE } });
    this.onGone();
  }

  get waiting(): boolean {
    return [...this.pending.values()].some((entry) => entry.late);
  }

  dispose(): void {
    this.model.off("msg:custom", this.receive);
    this.leave();
    if (this.back !== null) clearTimeout(this.back);
    for (const entry of this.pending.values()) clearTimeout(entry.timer);
    this.pending.clear();
  }

  private becomeLate(id: number, entry: Pending): void {
    entry.late = true;
    if (!this.reach.known) this.say();
    else
      void this.reach.look().then(() => {
        if (this.pending.has(id)) this.say();
      });
  }

  private say(): void {
    const words = this.waiting ? (this.reach.standing === "unreached" ? UNREACHED : WAITING) : "";
    if (words !== this.said) this.onWaiting(words);
    this.said = words;
  }

  private readonly hearReach = (standing: Standing): void => {
    if (this.waiting) this.say();
    if (this.back !== null) clearTimeout(this.back);
    this.back = null;
    if (standing === "gone") {
      for (const id of [...this.pending.keys()]) this.receive({ id, ok: false, error: { text: GONE } });
      this.onGone();
    } else if (standing === "unreached") {
      for (const entry of this.pending.values()) entry.cut = true;
    } else {
      this.back = setTimeout(this.giveUpLost, RETURN);
    }
  };

  /** What was sent to a server that was not there is not waited for: the control shows the kernel's value again, and says why. */
  private readonly giveUpLost = (): void => {
    this.back = null;
    const lost = [...this.pending].filter(([, entry]) => entry.cut).map(([id]) => id);
    for (const id of lost) this.receive({ id, ok: false, error: { text: LOST } });
  };

  private readonly receive = (content: unknown, buffers: readonly DataView[] = []): void => {
    const answer = content as Partial<Answer> | null;
    const entry = typeof answer?.id === "number" ? this.pending.get(answer.id) : undefined;
    if (!entry) return;
    clearTimeout(entry.timer);
    this.pending.delete((answer as Answer).id);
    if (entry.late) this.say();
    entry.settle({ ...(answer as Answer), buffers });
  };
}

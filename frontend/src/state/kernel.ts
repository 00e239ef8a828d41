/** How an action reaches the kernel: what is sent and answered, the values that the hand is ahead with, and what is said of it. */
import type { Answer, AppMessage, Edit, Owner, Point, TransportMessage } from "../types";
import type { Requests } from "../wire/requests";
import { throttleLast, type Throttled } from "../wire/throttle";
import { errorKey, placesOf, withError, withOverride, withoutError, withoutOverride, withSettled } from "./reducers";
import { knobEntry, WHOLE, type AppState, type Override, type Store } from "./state";

/** The least time between two messages of one slider, in ms: about 30 a second. */
export const INTERVAL = 33;
const NOTICE_TIME = 5000;

type LiveSet = Extract<TransportMessage, { type: "set" }>;
type Channel<Message extends { type: string }> = Pick<Requests<Message>, "send">;

export class Kernel {
  private tickets = 0;
  private readonly senders = new Map<string, Throttled<{ message: LiveSet; ticket: number }>>();
  private lastError: string | null = null;
  private noticeTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    readonly store: Store,
    private readonly app: Channel<AppMessage>,
    readonly transport: Channel<TransportMessage> | null,
  ) {}

  send(message: AppMessage, buffers?: ArrayBuffer[]): Promise<Answer> {
    return this.app.send(message, buffers);
  }

  /** Sends edits and shows what comes of them. */
  async edit(edits: Edit[], about: { gesture?: string; entry?: string; owner?: Owner; knob?: string } = {}): Promise<Answer> {
    const ticket = about.entry ? this.store.getState().overrides[about.entry]?.ticket : undefined;
    const answer = await this.send({ type: "edit", edits, gesture: about.gesture ?? null });
    this.fail(answer, about);
    if (about.entry && ticket !== undefined) this.settle([[about.entry, ticket]], answer);
    return answer;
  }

  ticket(): number {
    this.tickets += 1;
    return this.tickets;
  }

  /** This view shows a value before the kernel's document has it. */
  override(key: string, value: Override["value"], held: boolean): number {
    const ticket = this.ticket();
    this.store.setState((state) => withOverride(state, key, value, ticket, held));
    return ticket;
  }

  settle(entries: (readonly [string, number])[], answer: Answer): void {
    const step = (state: AppState, [entry, ticket]: readonly [string, number]): AppState =>
      answer.ok ? withSettled(state, entry, ticket, answer.result?.revision ?? null) : withoutOverride(state, entry, ticket);
    this.store.setState((state) => entries.reduce(step, state));
  }

  /** What sends the positions of a live knob, not too often. */
  senderOf(owner: Owner, knob: string): Throttled<{ message: LiveSet; ticket: number }> {
    const entry = knobEntry(owner, knob);
    let sender = this.senders.get(entry);
    if (!sender) {
      sender = throttleLast(({ message, ticket }) => {
        void this.transport?.send(message).then((answer) => {
          this.fail(answer, { owner, knob });
          this.settle([[entry, ticket]], answer);
        });
      }, INTERVAL);
      this.senders.set(entry, sender);
    }
    return sender;
  }

  /** Nodes without a place of their own keep the one they are seen at, once anything else gets one. */
  frozen(except: string[]): [] | [Extract<Edit, { op: "move" }>] {
    const state = this.store.getState();
    const places = placesOf(state);
    const open = state.document.nodes.filter((node) => node.position === null && !except.includes(node.id));
    if (open.length === 0) return [];
    return [{ op: "move", positions: Object.fromEntries(open.map(({ id }) => [id, places[id] as Point])) }];
  }

  /** Shows an error where it belongs, or clears the one that stood there. */
  fail(answer: Answer, about: { owner?: Owner; knob?: string }): void {
    if (answer.ok) {
      this.store.setState((state) => withoutError(withoutError(state, errorKey(about)), WHOLE));
      if (this.store.getState().notice === this.lastError) this.store.setState({ notice: null });
      return;
    }
    const text = answer.error?.text ?? "The kernel refused this change.";
    const key = errorKey({ owner: answer.error?.owner ?? about.owner, knob: answer.error?.knob ?? about.knob });
    this.store.setState((state) => withError(state, key, text));
    this.notify(text, false);
    this.lastError = text;
  }

  /** Says why nothing was done, in the live region and on the canvas, for a while. */
  refuse(text: string): void {
    this.notify(text, false);
    this.store.setState((state) => withError(state, WHOLE, text));
    setTimeout(() => this.store.setState((state) => (state.errors[WHOLE] === text ? withoutError(state, WHOLE) : state)), NOTICE_TIME);
  }

  /** Says something in the live region for a while; what is seen elsewhere is only spoken. */
  notify(text: string, seen = true): void {
    if (this.noticeTimer !== null) clearTimeout(this.noticeTimer);
    this.store.setState((state) => ({ notice: text, noticeSeen: seen, notices: state.notices + 1 }));
    this.noticeTimer = setTimeout(() => this.store.setState({ notice: null }), NOTICE_TIME);
  }

  /** The notice has been said: the worker has news since. */
  quiet(): void {
    if (this.noticeTimer !== null) clearTimeout(this.noticeTimer);
    this.store.setState({ notice: null });
  }

  dispose(): void {
    for (const sender of this.senders.values()) sender.flush();
    for (const sender of this.senders.values()) sender.cancel();
    if (this.noticeTimer !== null) clearTimeout(this.noticeTimer);
  }
}

/** What a person can do. Each action changes this view at once where it can, sends a message, and shows the answer. */
import type { DocumentEdge, KnobValue } from "../generated";
import { cutFile, LONGEST_FILE_NAME, refusedFile } from "../model/files";
import { copyNodes, pasteEdit } from "../model/clipboard";
import { edgeKey, freshId, nameOf, nodeOf } from "../model/graph";
import { formatValue } from "../model/numbers";
import { theseNodes, travelled, wireName } from "../model/said";
import { knobOf } from "../model/knobs";
import type { Places } from "../model/layout";
import { wireBetween } from "../model/refusal";
import type { Answer, AppMessage, Edit, Offer, Owner, Point, TransportMessage } from "../types";
import { freshGesture } from "../wire/gestures";
import type { Requests } from "../wire/requests";
import { throttleLast, type Throttled } from "../wire/throttle";
import { errorKey, placesOf, withError, withOverride, withoutError, withoutOverride, withReleased, withReturned, withSettled } from "./reducers";
import { knobEntry, placeEntry, selectedEdges, WHOLE, type Override, type Typed } from "./state";
import type { Store } from "./store";

/** The least time between two messages of one slider, in ms: about 30 a second. */
export const INTERVAL = 33;
const NOTICE_TIME = 5000;

type LiveSet = Extract<TransportMessage, { type: "set" }>;
type Channel<Message extends { type: string }> = Pick<Requests<Message>, "send">;

export class Actions {
  private tickets = 0;
  private readonly senders = new Map<string, Throttled<{ message: LiveSet; ticket: number }>>();
  private lastError: string | null = null;
  private noticeTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly store: Store,
    private readonly app: Channel<AppMessage>,
    private readonly transport: Channel<TransportMessage> | null,
  ) {}

  // Knobs

  /** The hand moves a control. Live knobs go to the kernel at once; the others wait for `commitKnob`. */
  moveKnob(owner: Owner, knob: string, value: KnobValue, gesture: string, held: boolean): void {
    const ticket = this.override(knobEntry(owner, knob), value, held);
    this.store.update((state) => withoutError(state, `${owner}.${knob}`));
    if (this.isLive(owner, knob)) this.senderOf(owner, knob)({ message: { type: "set", owner, knob, value, gesture }, ticket });
  }

  /** The hand lets go, or a value was typed or chosen: it is sent now. */
  commitKnob(owner: Owner, knob: string, value: KnobValue, gesture: string = freshGesture(), typed?: Typed): void {
    this.moveKnob(owner, knob, value, gesture, false);
    if (typed) this.store.update((state) => ({ ...state, typed: { ...state.typed, [`${owner}.${knob}`]: typed } }));
    if (this.isLive(owner, knob)) this.senderOf(owner, knob).flush();
    else void this.edit([{ op: "set", owner, knob, value }], { gesture, entry: knobEntry(owner, knob), owner, knob });
  }

  /** The pointer lets go of a control: the last value is sent, if it was held back. */
  releaseKnob(owner: Owner, knob: string, gesture: string): void {
    const entry = this.store.get().overrides[knobEntry(owner, knob)];
    if (!entry?.held) return;
    if (this.isLive(owner, knob)) {
      this.senderOf(owner, knob).flush();
      this.store.update((state) => withReleased(state, knobEntry(owner, knob)));
    } else this.commitKnob(owner, knob, entry.value as KnobValue, gesture);
  }

  resetKnob(owner: Owner, knob: string): void {
    const { schema, document } = this.store.get();
    this.override(knobEntry(owner, knob), knobOf(schema, document, owner, knob)?.default ?? null, false);
    const known = knobOf(schema, document, owner, knob);
    void this.edit([{ op: "reset", owner, knob }], { entry: knobEntry(owner, knob), owner, knob }).then((answer) => {
      if (answer.ok && known) this.notify(`${known.label} reset to ${formatValue(known, known.default)}`);
    });
  }

  /** A sentence at a control that nothing was sent for; what was typed there stays. */
  refuseKnob(owner: Owner, knob: string, text: string, typed: Typed): void {
    const key = `${owner}.${knob}`;
    this.store.update((state) => ({ ...withError(state, key, text), typed: { ...state.typed, [key]: typed } }));
    this.notify(text, false);
  }

  clearError(key: string): void {
    this.store.update((state) => withoutError(state, key));
  }

  choose(owner: "task" | "trainer", kind: string): void {
    // The inspector shows what belongs to the task, such as the data to load, only while nothing is selected.
    if (owner === "task") this.store.patch({ selection: { nodes: [], edges: [] } });
    const { schema } = this.store.get();
    const label = (owner === "task" ? schema.tasks : schema.trainers)[kind]?.label ?? kind;
    void this.edit([{ op: "choose", owner, kind }], { owner }).then((answer) => {
      if (answer.ok) this.notify(`${owner === "task" ? "Task" : "Trainer"}: ${label}`);
    });
  }

  /** Takes what the kernel offers; one undo takes it back. */
  takeOffer(offer: Offer): void {
    this.store.patch({ selection: { nodes: [], edges: [] } });
    void this.edit([offer.edit]);
  }

  declineOffer(offer: Offer): void {
    this.store.patch({ declined: offer.text + offer.label });
  }

  // Data

  /** Sends a CSV file to the kernel, which reads it and trains on it; or says why not. */
  async loadFile(file: Pick<File, "name" | "size" | "arrayBuffer">): Promise<void> {
    if (this.store.get().loading !== null) return;
    this.clearError("task");
    const refused = refusedFile(file);
    if (refused) {
      this.refuseFile(refused);
      return;
    }
    this.store.patch({ loading: file.name });
    try {
      const pieces = cutFile(await file.arrayBuffer());
      const name = file.name.slice(-LONGEST_FILE_NAME);
      for (const [piece, buffer] of pieces.entries()) {
        const answer = await this.app.send({ type: "upload", name, piece, pieces: pieces.length }, [buffer]);
        if (!answer.ok) {
          this.refuseFile(answer.error?.text ?? "The kernel refused this file.");
          return;
        }
      }
      this.notify(`${file.name} loaded`);
    } catch (error) {
      this.refuseFile(`${file.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.store.patch({ loading: null });
    }
  }

  private refuseFile(text: string): void {
    this.store.update((state) => withError(state, "task", text)); // the panel is an alert: it says it itself
  }

  // Graph

  /** Adds a node, which is selected and gets the focus; `moved` are others that make room for it. */
  addNode(kind: string, position: Point, moved: Places = {}): void {
    const { document, schema } = this.store.get();
    if (document.nodes.length >= schema.limits.nodes) {
      this.refuse(`A graph holds at most ${schema.limits.nodes} nodes. Remove one first.`);
      return;
    }
    const id = freshId(document);
    this.store.patch({ selection: { nodes: [id], edges: [] }, focus: id, beside: Object.keys(moved) });
    const room: Edit[] = Object.keys(moved).length > 0 ? [{ op: "move", positions: moved }] : [];
    void this.edit([...this.frozen([]), ...room, { op: "add", kind, id, position }]).then((answer) => {
      if (!answer.ok) this.store.patch({ focus: null });
      else this.notify(`${nodeOf(this.store.get().document, id)?.name ?? kind} added`);
    });
  }

  /** Makes the wire, or says why not. */
  connect(source: string, target: string): void {
    const { schema, document } = this.store.get();
    const wire = wireBetween(schema, document, source, target);
    if (wire.refusal) {
      this.refuse(wire.refusal);
      return;
    }
    void this.edit([{ op: "connect", source, target, feedback: wire.feedback }]).then((answer) => {
      if (!answer.ok) return;
      const way = wire.feedback ? "feedback, 1 step late" : "connected";
      this.notify(`${nameOf(document, source)} to ${nameOf(document, target)}: ${way}`);
    });
  }

  remove(nodes: string[], edgeKeys: string[]): void {
    const { document } = this.store.get();
    const here = nodes.filter((id) => nodeOf(document, id));
    const edges: DocumentEdge[] = selectedEdges(document, edgeKeys, edgeKey);
    if (here.length + edges.length === 0) return;
    this.store.patch({ selection: { nodes: [], edges: [] } });
    const what = here.length > 0 ? theseNodes(document, here) : edges.length === 1 ? wireName(document, edges[0] as DocumentEdge) : `${edges.length} wires`;
    void this.edit([{ op: "remove", nodes: here, edges }]).then((answer) => {
      if (answer.ok) this.notify(`Deleted ${what}`);
    });
  }

  /** While nodes are dragged: only this view shows it. */
  dragNodes(positions: Places): void {
    this.tickets += 1;
    const ticket = this.tickets;
    const places = Object.entries(positions);
    this.store.update((state) => places.reduce((next, [id, place]) => withOverride(next, placeEntry(id), place, ticket, true), state));
  }

  /** A drag, a layout or an arrow key has ended: one message. What has happened is said where it is not seen by the hand that did it. */
  moveNodes(positions: Places, gesture?: string, said?: string): void {
    const moved = Object.entries(positions).map(([id, place]): [string, Point] => [id, [Math.round(place[0]), Math.round(place[1])]]);
    const tickets = moved.map(([id, place]) => [placeEntry(id), this.override(placeEntry(id), place, false)] as const);
    const [freeze] = this.frozen(moved.map(([id]) => id));
    const edit: Edit = { op: "move", positions: { ...(freeze?.positions ?? {}), ...Object.fromEntries(moved) } };
    void this.send({ type: "edit", edits: [edit], ...(gesture ? { gesture } : {}) }).then((answer) => {
      if (!answer.ok) this.fail(answer, {});
      else if (said) this.notify(said);
      this.settle(tickets, answer);
    });
  }

  /** Gives a node another name; what it gives back is why the kernel refuses it, or null where it did not. */
  async rename(node: string, name: string): Promise<string | null> {
    const before = nameOf(this.store.get().document, node);
    const answer = await this.send({ type: "edit", edits: [{ op: "rename", node, name }] });
    if (answer.ok) {
      this.notify(`Renamed ${before} to ${name}`);
      return null;
    }
    const text = answer.error?.text ?? "The kernel refused this name.";
    this.notify(text, false);
    return text;
  }

  copy(ids: string[]): void {
    const state = this.store.get();
    const count = copyNodes(state.document, ids, placesOf(state));
    if (count > 0) this.notify(count === 1 ? "1 node copied" : `${count} nodes copied`);
  }

  paste(): void {
    const edit = pasteEdit(this.store.get().document);
    if (!edit) return;
    const ids = edit.nodes.map((node) => node.id);
    this.store.patch({ selection: { nodes: ids, edges: [] }, focus: ids.length === 1 ? (ids[0] as string) : null });
    void this.edit([...this.frozen([]), edit]).then((answer) => {
      if (answer.ok) this.notify(`Pasted ${theseNodes(this.store.get().document, ids)}`);
    });
  }

  // Experiment

  /** Takes the last change back; `focus` where the focus is on the canvas, and may go to what comes back. */
  undo(focus = false): void {
    this.travel("undo", focus);
  }

  redo(focus = false): void {
    this.travel("redo", focus);
  }

  private travel(type: "undo" | "redo", focus: boolean): void {
    this.tickets += 1;
    const ticket = this.tickets;
    this.store.update((state) => {
      const before = state.returning?.before ?? state.document;
      return { ...state, overrides: {}, errors: {}, typed: {}, returning: { ticket, before, revision: null, focus } };
    });
    void this.send({ type }).then((answer) => {
      this.fail(answer, {});
      if (answer.ok) this.notify(travelled(type, answer.result));
      const revision = answer.ok ? answer.result?.["revision"] : undefined;
      this.store.update((state) => {
        if (state.returning?.ticket !== ticket) return state;
        if (typeof revision !== "number") return { ...state, returning: null };
        return withReturned({ ...state, returning: { ...state.returning, revision } });
      });
    });
  }

  command(type: "run" | "pause" | "resume" | "stop" | "step" | "reset"): void {
    if (!this.transport) return;
    void this.transport.send({ type }).then((answer) => this.fail(answer, {}));
  }

  exportCode(): void {
    void this.send({ type: "code" }).then((answer) => {
      if (answer.ok) this.store.patch({ code: { text: String(answer.result?.["code"] ?? "") } });
      else this.fail(answer, {});
    });
  }

  /** Says why nothing was done, in the live region and on the canvas, for a while. */
  private refuse(text: string): void {
    this.notify(text, false);
    this.store.update((state) => withError(state, WHOLE, text));
    setTimeout(() => this.store.update((state) => (state.errors[WHOLE] === text ? withoutError(state, WHOLE) : state)), NOTICE_TIME);
  }

  /** Says something in the live region for a while; what is seen elsewhere is only spoken. */
  notify(text: string, seen = true): void {
    if (this.noticeTimer !== null) clearTimeout(this.noticeTimer);
    this.store.update((state) => ({ ...state, notice: text, noticeSeen: seen, notices: state.notices + 1 }));
    this.noticeTimer = setTimeout(() => this.store.patch({ notice: null }), NOTICE_TIME);
  }

  /** The notice has been said: the worker has news since. */
  quiet(): void {
    if (this.noticeTimer !== null) clearTimeout(this.noticeTimer);
    this.store.patch({ notice: null });
  }

  dispose(): void {
    for (const sender of this.senders.values()) sender.flush();
    for (const sender of this.senders.values()) sender.cancel();
    if (this.noticeTimer !== null) clearTimeout(this.noticeTimer);
  }

  // Inside

  private isLive(owner: Owner, knob: string): boolean {
    const { schema, document } = this.store.get();
    return this.transport !== null && knobOf(schema, document, owner, knob)?.effect === "live";
  }

  private override(key: string, value: Override["value"], held: boolean): number {
    this.tickets += 1;
    const ticket = this.tickets;
    this.store.update((state) => withOverride(state, key, value, ticket, held));
    return ticket;
  }

  private senderOf(owner: Owner, knob: string): Throttled<{ message: LiveSet; ticket: number }> {
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
  private frozen(except: string[]): [] | [Extract<Edit, { op: "move" }>] {
    const state = this.store.get();
    const places = placesOf(state);
    const open = state.document.nodes.filter((node) => node.position === null && !except.includes(node.id));
    if (open.length === 0) return [];
    return [{ op: "move", positions: Object.fromEntries(open.map(({ id }) => [id, places[id] as Point])) }];
  }

  private send(message: AppMessage): Promise<Answer> {
    return this.app.send(message);
  }

  private async edit(edits: Edit[], about: { gesture?: string; entry?: string; owner?: Owner; knob?: string } = {}): Promise<Answer> {
    const ticket = about.entry ? this.store.get().overrides[about.entry]?.ticket : undefined;
    const answer = await this.send({ type: "edit", edits, ...(about.gesture ? { gesture: about.gesture } : {}) });
    this.fail(answer, about);
    if (about.entry && ticket !== undefined) this.settle([[about.entry, ticket]], answer);
    return answer;
  }

  private settle(entries: (readonly [string, number])[], answer: Answer): void {
    const revision = answer.result?.["revision"];
    this.store.update((state) =>
      entries.reduce(
        (next, [entry, ticket]) =>
          answer.ok
            ? withSettled(next, entry, ticket, typeof revision === "number" ? revision : null)
            : withoutOverride(next, entry, ticket),
        state,
      ),
    );
  }

  /** Shows an error where it belongs, or clears the one that stood there. */
  private fail(answer: Answer, about: { owner?: Owner; knob?: string }): void {
    if (answer.ok) {
      this.store.update((state) => withoutError(withoutError(state, errorKey(about)), WHOLE));
      if (this.store.get().notice === this.lastError) this.store.patch({ notice: null });
      return;
    }
    const text = answer.error?.text ?? "The kernel refused this change.";
    const key = errorKey({ owner: answer.error?.owner ?? about.owner, knob: answer.error?.knob ?? about.knob });
    this.store.update((state) => withError(state, key, text));
    this.notify(text, false);
    this.lastError = text;
  }
}

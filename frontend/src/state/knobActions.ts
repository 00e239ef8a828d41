/** What a hand does with a control: it moves it, lets it go, takes it back, or writes what cannot be. */
import type { KnobValue } from "../generated";
import { knobOf } from "../model/knobs";
import { formatValue } from "../model/numbers";
import type { Owner } from "../types";
import { freshGesture } from "../wire/gestures";
import type { Kernel } from "./kernel";
import { withError, withoutError, withReleased } from "./reducers";
import { knobEntry, type Typed } from "./state";

export function knobActions(kernel: Kernel) {
  const { store } = kernel;

  function isLive(owner: Owner, knob: string): boolean {
    const { schema, document } = store.getState();
    return kernel.transport !== null && knobOf(schema, document, owner, knob)?.effect === "live";
  }

  /** The hand moves a control. Live knobs go to the kernel at once; the others wait for `commitKnob`. */
  function moveKnob(owner: Owner, knob: string, value: KnobValue, gesture: string, held: boolean): void {
    const ticket = kernel.override(knobEntry(owner, knob), value, held);
    clearError(`${owner}.${knob}`);
    if (isLive(owner, knob)) kernel.senderOf(owner, knob)({ message: { type: "set", owner, knob, value, gesture }, ticket });
  }

  /** The hand lets go, or a value was typed or chosen: it is sent now. */
  function commitKnob(owner: Owner, knob: string, value: KnobValue, gesture: string = freshGesture(), typed?: Typed): void {
    moveKnob(owner, knob, value, gesture, false);
    if (typed) store.setState((state) => ({ typed: { ...state.typed, [`${owner}.${knob}`]: typed } }));
    if (isLive(owner, knob)) kernel.senderOf(owner, knob).flush();
    else void kernel.edit([{ op: "set", owner, knob, value }], { gesture, entry: knobEntry(owner, knob), owner, knob });
  }

  /** The pointer lets go of a control: the last value is sent, if it was held back. */
  function releaseKnob(owner: Owner, knob: string, gesture: string): void {
    const entry = store.getState().overrides[knobEntry(owner, knob)];
    if (!entry?.held) return;
    if (isLive(owner, knob)) {
      kernel.senderOf(owner, knob).flush();
      store.setState((state) => withReleased(state, knobEntry(owner, knob)));
    } else commitKnob(owner, knob, entry.value as KnobValue, gesture);
  }

  function resetKnob(owner: Owner, knob: string): void {
    const { schema, document } = store.getState();
    const known = knobOf(schema, document, owner, knob);
    kernel.override(knobEntry(owner, knob), known?.default ?? null, false);
    void kernel.edit([{ op: "reset", owner, knob }], { entry: knobEntry(owner, knob), owner, knob }).then((answer) => {
      if (answer.ok && known) kernel.notify(`${known.label} reset to ${formatValue(known, known.default)}`);
    });
  }

  /** A sentence at a control that nothing was sent for; what was typed there stays. */
  function refuseKnob(owner: Owner, knob: string, text: string, typed: Typed): void {
    const key = `${owner}.${knob}`;
    store.setState((state) => ({ ...withError(state, key, text), typed: { ...state.typed, [key]: typed } }));
    kernel.notify(text, false);
  }

  function clearError(key: string): void {
    store.setState((state) => withoutError(state, key));
  }

  return { moveKnob, commitKnob, releaseKnob, resetKnob, refuseKnob, clearError };
}

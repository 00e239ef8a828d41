/** One knob of one owner, as a control needs it. */
import { useEffect, useMemo, useRef } from "react";
import type { Knob, KnobValue } from "../generated";
import { kindName, knobOf, ownerName, valueOf } from "../model/knobs";
import { useApp, useSelect } from "../state/context";
import { knobEntry } from "../state/state";
import type { Owner } from "../types";
import { Gesture } from "../wire/gestures";

/** Keys on a control that compiles or redraws are sent when the fingers rest for so long (in ms). */
const REST = 400;

export interface KnobView {
  knob: Knob | undefined;
  owner: Owner;
  name: string;
  /** What the owner's group is called. */
  group: string;
  /** What Python calls the knob in its sentences: "Reservoir.units". */
  where: string;
  value: KnobValue;
  /** Why the last change was refused. */
  error: string | null;
  /** What the kernel says about the value that it has. */
  warning: string | null;
}

export function useKnob(owner: Owner, name: string): KnobView {
  return useSelect((state): KnobView => {
    const held = state.overrides[knobEntry(owner, name)];
    const problem = state.status.problems.find((entry) => entry.owner === owner && entry.knob === name);
    return {
      knob: knobOf(state.schema, state.document, owner, name),
      owner,
      name,
      group: ownerName(state.document, owner),
      where: `${kindName(state.document, owner)}.${name}`,
      value: held ? (held.value as KnobValue) : valueOf(state.schema, state.document, owner, name),
      error: state.errors[`${owner}.${name}`] ?? null,
      warning: problem?.text ?? null,
    };
  });
}

/** The hand on a control. */
export interface Hand {
  press(): void;
  /** The value under the hand: by pointer until `release`, or by keys. */
  move(value: KnobValue): void;
  release(): void;
  /** A value that is meant as it stands: typed, chosen, ticked. */
  commit(value: KnobValue): void;
}

export function useHand(owner: Owner, name: string, live: boolean): Hand {
  const { actions } = useApp();
  const gesture = useRef(new Gesture());
  const resting = useRef<{ timer: ReturnType<typeof setTimeout>; send: () => void } | null>(null);

  const hand = useMemo<Hand>(() => {
    const settle = (): void => {
      const waiting = resting.current;
      resting.current = null;
      if (!waiting) return;
      clearTimeout(waiting.timer);
      waiting.send();
    };
    return {
      press: () => gesture.current.press(),
      move: (value) => {
        const { pressed } = gesture.current;
        const id = gesture.current.current();
        actions.moveKnob(owner, name, value, id, pressed);
        if (pressed || live) return;
        if (resting.current) clearTimeout(resting.current.timer);
        resting.current = { timer: setTimeout(settle, REST), send: () => actions.commitKnob(owner, name, value, id) };
      },
      release: () => {
        settle();
        if (!gesture.current.pressed) return;
        actions.releaseKnob(owner, name, gesture.current.current());
        gesture.current.release();
      },
      commit: (value) => actions.commitKnob(owner, name, value),
    };
  }, [actions, owner, name, live]);

  useEffect(() => () => hand.release(), [hand]);
  return hand;
}

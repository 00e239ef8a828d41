/** One knob of one owner, as a control needs it. */
import { useEffect, useMemo, useRef } from "react";
import type { Knob, KnobValue } from "../generated";
import { isHidden, isLocked } from "../model/locks";
import { autoOf, knobOf, ownerName, valueIn } from "../model/knobs";
import { useApp, useSelect } from "../state/context";
import { placeOfError } from "../state/reducers";
import { knobEntry, type Place, type Typed } from "../state/state";
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
  value: KnobValue;
  /** What an empty value stands for under this trainer, where the knob follows its use. */
  auto: number | null;
  /** Where this control stands. */
  place: Place;
  /** Why the last change was refused, where this control is the one to say it. */
  error: string | null;
  /** What was typed here and refused. */
  typed: string | null;
  /** What the kernel says about the value that it has. */
  warning: string | null;
  /** Seen and not to be changed by hand. */
  locked: boolean;
  /** Not to be there. */
  hidden: boolean;
}

export function useKnob(owner: Owner, name: string, place: Place): KnobView {
  return useSelect((state): KnobView => {
    const held = state.overrides[knobEntry(owner, name)];
    const key = `${owner}.${name}`;
    const here = key in state.errors && placeOfError(state, owner, name) === place;
    const typed = state.typed[key];
    const problem = state.status.problems.find((entry) => entry.owner === owner && entry.knob === name);
    const knob = knobOf(state.schema, state.document, owner, name);
    return {
      knob,
      auto: autoOf(state.schema, state.document, knob),
      owner,
      name,
      group: ownerName(state.document, owner),
      place,
      value: held ? (held.value as KnobValue) : valueIn(state.schema, state.document, owner, name),
      error: here ? (state.errors[key] ?? null) : null,
      typed: here && typed?.at === place ? typed.text : null,
      warning: problem?.text ?? null,
      locked: isLocked(state.locks, owner, name),
      hidden: isHidden(state.locks, owner, name),
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
  commit(value: KnobValue, typed?: Typed): void;
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
      commit: (value, typed) => actions.commitKnob(owner, name, value, undefined, typed),
    };
  }, [actions, owner, name, live]);

  useEffect(() => () => hand.release(), [hand]);
  return hand;
}

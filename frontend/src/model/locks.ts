/** What a teacher has locked or hidden. The kernel refuses it too: here it is only seen. */
import type { LocksShown } from "../generated";
import type { Owner } from "../types";

/** Why a control does nothing, in words. */
export const LOCKED = "Locked in this lesson";

const holds = (words: string[], owner: Owner, knob?: string): boolean =>
  words.includes(owner) || (knob !== undefined && words.includes(`${owner}.${knob}`));

/** Whether an owner, "model" or one knob cannot be changed by hand. */
export const isLocked = (locks: LocksShown, owner: Owner, knob?: string): boolean => holds(locks.locked, owner, knob);

/** Whether an owner, a part of the page or one knob is not to be there. */
export const isHidden = (locks: LocksShown, owner: Owner, knob?: string): boolean => holds(locks.hidden, owner, knob);

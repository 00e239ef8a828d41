/**
 * The keys of the Playground, in one table, and what happens when one is pressed. A list for people is made from `KEYS`. None of ours may
 * reach the notebook, where x cuts a cell and d d deletes it.
 */
import { isOurs, letterOf } from "../hostKeys";
import type { Typing } from "../typing";
import { deed, type Deed, type Hands } from "./deeds";
import { css } from "./canvas.module.css";

/** Where a key counts: anywhere in the Playground, on the canvas with what is selected or has the focus, or while a wire is being made. */
export type Where = "anywhere" | "canvas" | "wiring";

export interface Key {
  /** Chords as `chordOf` writes them; any of them does it. */
  chords: readonly string[];
  where: Where;
  /** What it does, in words. */
  does: string;
  deed: Deed;
}

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

export const KEYS: readonly Key[] = [
  { chords: ["Ctrl+z"], where: "anywhere", does: "Undo the last change", deed: "undo" },
  { chords: ["Ctrl+Shift+z", "Ctrl+y"], where: "anywhere", does: "Redo it", deed: "redo" },
  { chords: ["/"], where: "anywhere", does: "Search for a node to add; it lands after the selected one", deed: "search" },
  { chords: ["?"], where: "anywhere", does: "Show this list of keys", deed: "keys" },
  { chords: ["Escape"], where: "anywhere", does: "Select nothing, and go to the canvas", deed: "leave" },
  { chords: ["Enter", "Space"], where: "canvas", does: "Select the node or the wire that has the focus", deed: "choose" },
  { chords: ARROWS, where: "canvas", does: "Move the selected nodes", deed: "move" },
  { chords: ARROWS.map((arrow) => `Shift+${arrow}`), where: "canvas", does: "Move them four times as far", deed: "moveFar" },
  { chords: ["c"], where: "canvas", does: "Wire the node: the arrows choose where to, Enter connects", deed: "connect" },
  { chords: ["F2"], where: "canvas", does: "Rename the node", deed: "rename" },
  { chords: ["Delete", "Backspace"], where: "canvas", does: "Delete what is selected", deed: "remove" },
  { chords: ["Ctrl+a"], where: "canvas", does: "Select all nodes", deed: "all" },
  { chords: ["Ctrl+c"], where: "canvas", does: "Copy the selected nodes", deed: "copy" },
  { chords: ["Ctrl+x"], where: "canvas", does: "Cut the selected nodes", deed: "cut" },
  { chords: ["Ctrl+v"], where: "canvas", does: "Paste what was copied", deed: "paste" },
  { chords: ["ArrowRight", "ArrowDown", "Tab"], where: "wiring", does: "Offer the next node", deed: "next" },
  { chords: ["ArrowLeft", "ArrowUp", "Shift+Tab"], where: "wiring", does: "Offer the node before", deed: "previous" },
  { chords: ["Enter", "Space"], where: "wiring", does: "Make the wire", deed: "finish" },
  { chords: ["Escape"], where: "wiring", does: "Make no wire", deed: "cancel" },
];

/** A pressed key as the table writes it: "Ctrl+Shift+z", "Shift+ArrowLeft", "/". Cmd counts as Ctrl; a letter's case as nothing. */
export function chordOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const control = event.ctrlKey || event.metaKey;
  const key = (control && letterOf(event)) || (event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key);
  const shift = event.shiftKey && (control || key.length > 1);
  return `${control ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

const isField = (target: Element): boolean =>
  target.matches("textarea, select, [contenteditable=true], input:not([type=range]):not([type=checkbox]):not([type=button])");
const isControl = (target: Element): boolean =>
  target.matches("input, textarea, select, button, summary, a, [role=option], [role=treeitem]");

export class Keys {
  constructor(private readonly hands: Hands & { typing: Pick<Typing, "is"> }) {}

  /** A key that was pressed in the app. */
  handle(event: KeyboardEvent): void {
    if (event.isComposing) {
      event.stopPropagation();
      return;
    }
    const { store } = this.hands;
    if (store.getState().connecting && this.press(event, "wiring")) return;
    if (!isOurs(event)) return;
    event.stopPropagation();
    this.press(event, "anywhere") || this.press(event, "canvas");
  }

  /** A key that was pressed in the Playground, outside of the app: in the figures, the metrics, the runs, the sweep. */
  handleAround(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented || !isOurs(event)) return;
    event.stopPropagation();
    this.press(event, "anywhere");
  }

  private press(event: KeyboardEvent, where: Where): boolean {
    const chord = chordOf(event);
    const key = KEYS.find((one) => one.where === where && one.chords.includes(chord));
    const target = event.target as Element;
    if (!key || !this.counts(key, target)) return false;
    if (where === "wiring") event.stopPropagation();
    if (deed(key.deed, this.hands, { target, key: event.key })) event.preventDefault();
    return true;
  }

  /** Whether the key is meant for the Playground there, and not for the control that has the focus. */
  private counts({ where, chords }: Key, target: Element): boolean {
    if (where === "wiring" || chords.includes("Escape")) return true;
    const control = (chords[0] as string).startsWith("Ctrl+");
    if (where === "anywhere") return control ? !this.hands.typing.is(target) : !isField(target);
    if (target !== this.hands.root && !target.closest(`.${css.canvas}`)) return false;
    return control ? !isField(target) : !isControl(target);
  }
}

/**
 * Keys and the host around a widget. JupyterLab hears a key after the widget has had it, Notebook 7 before, at the document on the way
 * down: there x cuts the widget's own cell and the arrows move no slider, whatever the widget stops on the way up. A mark on the key's
 * target, set before the host looks and gone after, keeps both from it.
 */

/** The host's shortcuts pass over an element that has it. */
const MARK = "data-lm-suppress-shortcuts";
/** The letters that, with Ctrl or Cmd, are the widget's: undo, redo, copy, paste, cut, all. */
const OURS = ["z", "y", "c", "v", "x", "a"];

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey">;

/** The letter that a key stands for in shortcuts: on a keyboard of another script, that of its place. Empty for other keys. */
export function letterOf({ key, code }: Pick<Pressed, "key" | "code">): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^\P{ASCII}$/u.test(key) ? (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? "") : "";
}

/** Whether a key that is pressed in a widget is the widget's. Shift-Enter, Ctrl-S and the like stay the host's. */
export function isOurs(event: Pressed): boolean {
  if (event.key === "Enter" && event.shiftKey) return false;
  if (!event.ctrlKey && !event.metaKey) return true;
  const letter = letterOf(event);
  return letter === "" || (OURS.includes(letter) && (!event.shiftKey || letter === "z"));
}

/** Keeps the keys of `root` and of all in it from a host that hears them first; the returned function ends that. */
export function guardKeys(root: HTMLElement): () => void {
  let marked: Element | null = null;
  const unmark = (): void => {
    marked?.removeAttribute(MARK);
    marked = null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    unmark(); // the next key may come before the timer: Ctrl, then S
    const { target } = event;
    if (!(target instanceof Element) || !root.contains(target) || !isOurs(event)) return;
    target.setAttribute(MARK, "");
    marked = target;
    setTimeout(unmark);
  };
  window.addEventListener("keydown", onKeyDown, true);
  return () => {
    window.removeEventListener("keydown", onKeyDown, true);
    unmark();
  };
}

/** Keeps them from a host that hears them after too, but for those with Ctrl or Cmd, and Shift-Enter. */
export function keepKeys(root: HTMLElement): () => void {
  const keep = (event: KeyboardEvent): void => {
    if (!event.ctrlKey && !event.metaKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
  };
  root.addEventListener("keydown", keep);
  const leave = guardKeys(root);
  return () => {
    root.removeEventListener("keydown", keep);
    leave();
  };
}

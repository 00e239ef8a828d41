/**
 * Whether a field holds a text that is being written: Ctrl-Z is then the field's own, which takes letters back. Once the text was taken
 * over (Enter, another field) or left alone, Ctrl-Z is the model's.
 */
export interface Typing {
  is: (target: EventTarget | null) => boolean;
  remove: () => void;
}

const isText = (target: Element): boolean =>
  target.matches("textarea, [contenteditable=true], input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=file])");

/** Watches the fields in `root`. */
export function watchTyping(root: HTMLElement): Typing {
  const end = new AbortController();
  let field: EventTarget | null = null;
  const listen = { capture: true, signal: end.signal };
  root.addEventListener("input", ({ target }) => (field = target instanceof Element && isText(target) ? target : null), listen);
  for (const left of ["focusin", "focusout"] as const) root.addEventListener(left, () => (field = null), listen);
  root.addEventListener(
    "keydown",
    ({ key }) => {
      if (key === "Enter" || key === "Escape") field = null;
    },
    listen,
  );
  return {
    // A text that was refused stands in its field until it is mended.
    is: (target) => target === field || (target instanceof Element && isText(target) && target.getAttribute("aria-invalid") === "true"),
    remove: () => end.abort(),
  };
}

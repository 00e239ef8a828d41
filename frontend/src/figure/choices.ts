/** The choices in a caption, as selects: which figure, and what that figure leaves to choose. */
import { make } from "../element";
import type { Asking, Control, Model } from "./wire";
import { css } from "./choice.module.css";

/** Keeps the selects in `place` as the kernel says; one that stays keeps the focus. */
export function choices(model: Model, asking: Asking, place: HTMLElement): () => void {
  const selects = new Map<string, HTMLSelectElement>();

  function made(control: Control): HTMLSelectElement {
    const select = make("select", control.name === "Figure" ? `${css.choice} ${css.figure}` : css.choice);
    select.setAttribute("aria-label", control.name);
    select.addEventListener("change", () => asking.ask({ type: "choose", name: control.name, value: select.value }));
    const label = make("label", css.label, control.name === "Figure" ? "" : control.name);
    label.append(select);
    place.append(label);
    selects.set(control.name, select);
    return select;
  }

  return function update(): void {
    const controls = model.get("controls") ?? [];
    for (const [name, select] of selects) {
      if (controls.some((control) => control.name === name)) continue;
      select.parentElement?.remove();
      selects.delete(name);
    }
    for (const control of controls) {
      const select = selects.get(control.name) ?? made(control);
      const options = [...select.options].map((option) => option.value);
      if (options.join("\n") !== control.options.join("\n")) {
        select.replaceChildren(...control.options.map((text) => new Option(text, text)));
      }
      select.value = control.value;
    }
  };
}

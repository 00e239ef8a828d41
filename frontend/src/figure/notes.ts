/** What is said over a drawing: that it is of the last model, or what there is to do where there is none yet. */
import { make } from "../element";
import type { Model } from "./wire";
import { css } from "./figure.module.css";

export interface Notes {
  /** The elements over the drawing, in the order in which they are read. */
  elements: HTMLElement[];
  update: (box: HTMLElement | null) => void;
}

export function notes(model: Model): Notes {
  const old = make("p", css.old);
  const empty = make("p", css.empty);

  function update(box: HTMLElement | null): void {
    const [last, vacant] = [model.get("old") ?? "", model.get("empty") ?? ""];
    const dimmed = last !== "" && vacant === "";
    if (old.textContent !== last) old.textContent = last;
    if (empty.textContent !== vacant) empty.textContent = vacant;
    old.hidden = !dimmed;
    empty.hidden = vacant === "";
    if (box && vacant) empty.style.height = `${box.clientHeight - empty.offsetTop}px`;
    box?.classList.toggle("rcw-old", dimmed);
    box?.classList.toggle("rcw-vacant", vacant !== "");
  }

  return { elements: [old, empty], update };
}

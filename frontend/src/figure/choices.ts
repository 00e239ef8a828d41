/** The choices in a caption, as selects: which figure, and what that figure leaves to choose; some can be stepped through. */
import { make } from "../element";
import type { CaptionMessage } from "../types";
import type { Control } from "./wire";
import { css } from "./choice.module.css";

export type Choose = Extract<CaptionMessage, { type: "choose" }>;

/** Who is told of a choice, and who says what there is to choose. */
interface Asking {
  ask: (message: Choose) => void;
}

interface Model {
  get: (name: "controls") => Control[] | undefined;
}

interface Choice {
  place: HTMLElement;
  select: HTMLSelectElement;
  steps: Steps | null;
}

interface Steps {
  before: HTMLButtonElement;
  after: HTMLButtonElement;
  count: HTMLElement;
}

/** Keeps the selects in `place` as the kernel says; one that stays keeps the focus. */
export function choices(model: Model, asking: Asking, place: HTMLElement): () => void {
  const shown = new Map<string, Choice>();

  function step(name: string, by: number): void {
    const { select } = shown.get(name) as Choice;
    const next = select.selectedIndex + by;
    if (next < 0 || next >= select.options.length) return;
    select.selectedIndex = next;
    asking.ask({ type: "choose", name, value: select.value });
    tell(shown.get(name) as Choice);
  }

  function stepped(name: string, label: HTMLElement): Steps {
    const [before, after] = (["Previous", "Next"] as const).map((word) => {
      const button = make("button", css.step, word === "Previous" ? "\u2039" : "\u203a");
      button.type = "button";
      button.title = `${word} ${name.toLowerCase()}`;
      button.setAttribute("aria-label", button.title);
      button.addEventListener("click", () => step(name, word === "Previous" ? -1 : 1));
      return button;
    }) as [HTMLButtonElement, HTMLButtonElement];
    const count = make("span", css.count);
    count.setAttribute("role", "status");
    const group = make("span", css.steps);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    label.replaceWith(group);
    group.append(label, before, count, after);
    return { before, after, count };
  }

  function made(control: Control): Choice {
    const select = make("select", control.name === "Figure" ? `${css.choice} ${css.figure}` : css.choice);
    select.setAttribute("aria-label", control.name);
    select.addEventListener("change", () => asking.ask({ type: "choose", name: control.name, value: select.value }));
    const label = make("label", css.label, control.name === "Figure" ? "" : control.name);
    label.append(select);
    place.append(label);
    const steps = control.form === "steps" ? stepped(control.name, label) : null;
    const choice = { place: label.closest<HTMLElement>(`.${css.steps}`) ?? label, select, steps };
    shown.set(control.name, choice);
    return choice;
  }

  /** Buttons that lead nowhere keep their place, so that the next click does not miss. */
  function tell({ select, steps }: Choice): void {
    if (!steps) return;
    const at = select.selectedIndex;
    steps.count.textContent = `${at + 1} of ${select.options.length}`;
    steps.before.setAttribute("aria-disabled", String(at <= 0));
    steps.after.setAttribute("aria-disabled", String(at >= select.options.length - 1));
  }

  function update(): void {
    const controls = model.get("controls") ?? [];
    for (const [name, choice] of shown) {
      if (controls.some((control) => control.name === name)) continue;
      choice.place.remove();
      shown.delete(name);
    }
    for (const control of controls) {
      const choice = shown.get(control.name) ?? made(control);
      const { select } = choice;
      const options = [...select.options].map((option) => option.value);
      if (options.join("\n") !== control.options.join("\n")) {
        select.replaceChildren(...control.options.map((text) => new Option(text, text)));
      }
      select.value = control.value;
      tell(choice);
    }
  }

  return update;
}

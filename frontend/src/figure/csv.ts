/** Asks the kernel for the data in full and saves it. */
import { refusalOf, Requests } from "../wire/requests";
import { call, type Menu } from "./menu";
import { type Model, make, save } from "./wire";

const WAITING = "Waits for the kernel: a cell is running, or the kernel is gone";

interface Asking {
  ask: () => void;
  remove: () => void;
}

/** Asks by `ask`; `button` is busy until the answer is there, and `say` gets what there is to say meanwhile, or why nothing comes. */
function asking(model: Model, button: HTMLElement, say: (words: string) => void): Asking {
  const requests = new Requests<{ type: "csv" }>(model, (waiting) => say(waiting ? WAITING : ""));
  return {
    ask: () => {
      button.setAttribute("aria-busy", "true");
      requests.ask({ type: "csv" }, (answer) => {
        button.removeAttribute("aria-busy");
        say(refusalOf(answer));
        const [bytes] = answer.buffers;
        if (bytes) save(new Blob([bytes as BlobPart], { type: "text/csv;charset=utf-8" }), `${model.get("label").toLowerCase()}.csv`);
      });
    },
    remove: () => requests.dispose(),
  };
}

const nameOf = (model: Model) => `Download the data of ${model.get("label")} as CSV`;

/** An entry of a figure's menu. */
export function csvEntry(model: Model, menu: Menu, row: HTMLElement): { name: () => void; remove: () => void } {
  const entry = menu.add(row, "table", "CSV", () => one.ask());
  const one = asking(model, entry, (words) => menu.say(words));
  return { name: () => call(entry, nameOf(model)), remove: one.remove };
}

/** A button that stands alone; what there is to say is its name. */
export function csvButton(model: Model): { button: HTMLElement; name: () => void; remove: () => void } {
  const button = make("button", "rcw-save", "CSV");
  const name = (words = "") => call(button, words === WAITING ? words : [nameOf(model), words].filter(Boolean).join(": "));
  const one = asking(model, button, name);
  button.type = "button";
  button.addEventListener("click", one.ask);
  name();
  return { button, name: () => button.hasAttribute("aria-busy") || name(), remove: one.remove };
}

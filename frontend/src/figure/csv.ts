/** Asks the kernel for the data in full and saves it. */
import { refusalOf, Requests } from "../wire/requests";
import { call, type Menu } from "./menu";
import { type Model, save } from "./wire";

const WAITING = "Waits for the kernel: a cell is running, or the kernel is gone";

/** Requests of the data: `say` gets what there is to say while they wait. */
export class CsvRequests extends Requests<{ type: "csv" }> {
  constructor(
    private readonly of: Model,
    say: (words: string) => void,
  ) {
    super(of, (waiting) => say(waiting ? WAITING : ""));
  }

  get name(): string {
    return `Download the data of ${this.of.get("label")} as CSV`;
  }

  /** Asks, and saves what comes; `done` gets why nothing came, or nothing. */
  fetch(done: (refusal: string) => void): void {
    this.ask({ type: "csv" }, (answer) => {
      const [bytes] = answer.buffers;
      if (bytes) save(new Blob([bytes as BlobPart], { type: "text/csv;charset=utf-8" }), `${this.of.get("label").toLowerCase()}.csv`);
      done(refusalOf(answer));
    });
  }
}

/** An entry of a figure's menu, busy until the answer is there. */
export function csvEntry(model: Model, menu: Menu, row: HTMLElement): { name: () => void; remove: () => void } {
  const requests = new CsvRequests(model, (words) => menu.say(words));
  const entry = menu.add(row, "table", "CSV", () => {
    entry.setAttribute("aria-busy", "true");
    requests.fetch((refusal) => {
      entry.removeAttribute("aria-busy");
      menu.say(refusal);
    });
  });
  return { name: () => call(entry, requests.name), remove: () => requests.dispose() };
}

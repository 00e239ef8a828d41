/** The entry of a figure's menu that saves its data. */
import { CsvRequests } from "../wire/csv";
import { call, type Menu } from "./menu";
import type { Model } from "./wire";

/** It is busy until the answer is there. */
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

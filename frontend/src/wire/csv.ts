/** Asks the kernel for the data in full and saves it. */
import type { AnyModel } from "@anywidget/types";
import type { Choose } from "../figure/choices";
import { save } from "../figure/wire";
import { refusalOf, Requests } from "./requests";

export class CsvRequests extends Requests<{ type: "csv" } | Choose> {
  /** `say` gets what there is to say while it waits. */
  constructor(
    private readonly of: AnyModel,
    say: (words: string) => void,
  ) {
    super(of, say);
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

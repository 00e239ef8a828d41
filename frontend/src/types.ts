/** The wire between the kernel and the page: what Python tells of it (see `generated.ts`), and the traits of the three models. */
import type { Schema, Shown, Status as Told } from "./generated";

export type * from "./generated";
export type Point = [number, number];
/** Who owns a knob: a node by its id, or the trainer, or the task. */
export type Owner = string;
export type View = "playground" | "editor";

/** The traits of the app model that its views show; the page reads them and never writes them. */
export interface Traits extends Shown {
  schema: Schema;
  view: View;
  height: number;
  /** The share of a file that the kernel has read, while it reads. */
  reading: number | null;
}

/** The traits of the status model; the worker thread writes them. */
export interface Status extends Told {
  device: string;
}

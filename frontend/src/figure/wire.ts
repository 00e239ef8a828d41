/** What the kernel and the caption of a figure say to each other. */
import type { AnyModel } from "@anywidget/types";
import type { Border, CaptionMessage, Window } from "../generated";
import type { Requests } from "../wire/requests";

/** One entry of the legend; the color is a CSS variable of `caption.css`. */
export interface LegendItem {
  text: string;
  color: string;
  form: "line" | "wide" | "dashed" | "band" | "strip" | "dot" | "none";
  /** What it means, in a sentence. */
  title?: string;
}

/** A channel that can be drawn; one that is drawn has a color. */
export interface Channel {
  name: string;
  color: string;
}

/**
 * What is read under the pointer in a panel: the value of each line there, the last step up to there, or the nearest point or cell; and the
 * ids of its scales and marks. `words` are those of the whole numbers along x, from 1 on. In a `plane` a zoom narrows both axes.
 */
export interface Panel {
  plane: boolean;
  reading: "line" | "step" | "point" | "cell";
  x: string;
  y: string;
  across: string;
  /** Where x counts from a date: the milliseconds of that date since 1970, in the zone of the data, and those of one unit of x. */
  calendar: { start: number; unit: number } | null;
  up: string;
  words: string[];
  marks: { id: string; kind: string; names: string[] }[];
}

/** Something to choose. The one named "Figure" stands in the place of the title. */
export interface Control {
  name: string;
  value: string;
  options: string[];
  /** With steps, two buttons go to the option before and to the next one. */
  form?: "steps";
}

/**
 * The parts of a series and the borders between them, in rows; the last part ends at `end`. `margin` is what lies left, above, right
 * and below of the plot in its panel, and `height` the panel's, in pixels. Empty where a figure has no such parts.
 */
export interface Split {
  revision: number;
  rows: number;
  end: number;
  parts: string[];
  borders: Border[];
  margin: [number, number, number, number];
  height: number;
}

/** What the kernel writes; the page only reads it. */
export interface CaptionState {
  label: string;
  subtitle: string;
  legend: LegendItem[];
  summary: string;
  /** What the drawing is of, where it is another model's; and what is said where there is no drawing. */
  old: string;
  empty: string;
  controls: Control[];
  windows: Window[];
  panels: Panel[];
  channels: Channel[];
  /** What the drawn results are of, for a picture that leaves the page. */
  about: string;
  split: Split | Record<string, never>;
}

export type Model = AnyModel<CaptionState>;
export type Asking = Requests<CaptionMessage>;

/** Hands a file to the browser's downloads. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

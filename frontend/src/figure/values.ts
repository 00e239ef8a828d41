/** What stands under a point of a panel: read from the models of the marks that the page has drawn, without the kernel. */
import type { Panel } from "./wire";

/** A model of the widget manager, such as a mark or a scale of bqplot. */
export interface Drawn {
  get: (name: string) => unknown;
}

export interface Row {
  color: string;
  name: string;
  /** By the kind of value: "truth", "forecast". */
  values: Record<string, string>;
}

/** `head` says where it is, and `x` where that lies in the plot, from 0 to 1. */
export interface Read {
  head: string;
  kinds: string[];
  rows: Row[];
  x: number;
}

type Numbers = ArrayLike<number>;

/** A number as it is written in the figures: 0.0123, 12.3, 1.2e-6. */
export function written(value: number): string {
  if (!Number.isFinite(value)) return "not finite";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e6) return String(Number(value.toPrecision(size < 1e4 ? 4 : 6)));
  const [mantissa = "", exponent = "0"] = value.toExponential(2).split("e");
  return `${Number(mantissa)}e${Number(exponent)}`;
}

/** A place along x: a date where x counts from one, else the name of the axis and the number. */
function placed(panel: Panel, x: number): string {
  if (!panel.calendar) return `${panel.across} ${written(x)}`;
  const date = new Date(Math.round(panel.calendar.start + x * panel.calendar.unit));
  if (Number.isNaN(date.getTime())) return `${panel.across} ${written(x)}`;
  const [day = "", clock = ""] = date.toISOString().replace("Z", "").split("T");
  if (clock === "00:00:00.000") return day;
  return `${day} ${clock.endsWith(":00.000") ? clock.slice(0, 5) : clock.replace(/\.000$/, "")}`;
}

const isLog = (scale: Drawn) => String(scale.get("_model_name")).startsWith("Log");

function ends(scale: Drawn): [number, number] {
  const [low, high] = [Number(scale.get("min")), Number(scale.get("max"))];
  return isLog(scale) ? [Math.log(low), Math.log(high)] : [low, high];
}

/** The value at a part of the axis, from 0 to 1. */
export function valueAt(scale: Drawn, part: number): number {
  const [low, high] = ends(scale);
  const value = low + part * (high - low);
  return isLog(scale) ? Math.exp(value) : value;
}

/** Where a value lies on the axis, from 0 to 1. */
export function partOf(scale: Drawn, value: number): number {
  const [low, high] = ends(scale);
  return ((isLog(scale) ? Math.log(value) : value) - low) / (high - low);
}

/** The lines of a mark: bqplot has an array, or a list of arrays. */
function lines(values: unknown): Numbers[] {
  if (ArrayBuffer.isView(values)) return [values as unknown as Numbers];
  if (!Array.isArray(values)) return [];
  return values.length > 0 && typeof values[0] === "number" ? [values as number[]] : (values as Numbers[]);
}

/** The place of the value next to `x` in ascending numbers, or of the last one up to it. */
export function placeOf(xs: Numbers, x: number, upTo = false): number {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(0, low - 1);
  if (upTo || low >= xs.length) return before;
  return x - (xs[before] as number) <= (xs[low] as number) - x ? before : low;
}

interface Lookup {
  panel: Panel;
  models: ReadonlyMap<string, Drawn>;
  /** The point, from 0 to 1 of the plot, and the plot's size in pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Mark {
  model: Drawn;
  kind: string;
  names: string[];
  xs: Numbers[];
  ys: Numbers[];
}

function marksOf({ panel, models }: Lookup): Mark[] {
  return panel.marks.flatMap(({ id, kind, names }) => {
    const model = models.get(id);
    if (!model || model.get("visible") === false) return [];
    return [{ model, kind, names, xs: lines(model.get("x")), ys: lines(model.get("y")) }];
  });
}

const colorOf = ({ model }: Mark, line: number) => {
  const colors = model.get("colors") as string[] | undefined;
  return colors?.[line % colors.length] ?? "";
};

/** The values of all lines at the x under the pointer. */
function alongX(asked: Lookup, scale: Drawn): Read | null {
  const { panel } = asked;
  const x = valueAt(scale, asked.x);
  const rows = new Map<string, Row>();
  const kinds: string[] = [];
  let at: number | null = null;
  for (const mark of marksOf(asked)) {
    mark.ys.forEach((ys, line) => {
      const xs = mark.xs[line % mark.xs.length];
      if (!xs || xs.length === 0 || ys.length === 0) return;
      const place = placeOf(xs, x, panel.reading === "step");
      at ??= xs[place] as number;
      const named = mark.names.length > 0;
      const kind = named ? mark.kind : "";
      const name = named ? (mark.names[line] ?? "") : mark.kind;
      const row = rows.get(name) ?? { color: colorOf(mark, line), name, values: {} };
      row.values[kind] = written(ys[place] as number);
      rows.set(name, row);
      if (!kinds.includes(kind)) kinds.push(kind);
    });
  }
  if (at === null) return null;
  const words = panel.words[Math.round(at) - 1];
  const head = words ? `${Math.round(at)}: ${words}` : placed(panel, at);
  return { head, kinds, rows: [...rows.values()], x: partOf(scale, at) };
}

/** The point next to the pointer. */
function nearest(asked: Lookup, across: Drawn, up: Drawn): Read | null {
  let best: { distance: number; mark: Mark; line: number; x: number; y: number } | null = null;
  for (const mark of marksOf(asked)) {
    mark.ys.forEach((ys, line) => {
      const xs = mark.xs[line % mark.xs.length] ?? [];
      for (let place = 0; place < ys.length; place += 1) {
        const [x, y] = [xs[place] as number, ys[place] as number];
        const distance = Math.hypot((partOf(across, x) - asked.x) * asked.width, (partOf(up, y) - asked.y) * asked.height);
        if (best === null || distance < best.distance) best = { distance, mark, line, x, y };
      }
    });
  }
  if (best === null) return null;
  const { mark, line, x, y } = best as { mark: Mark; line: number; x: number; y: number };
  const color = colorOf(mark, line);
  const rows = [
    { color, name: asked.panel.across || "across", values: { "": written(x) } },
    { color, name: asked.panel.up.trim() || "up", values: { "": written(y) } },
  ];
  return { head: mark.kind, kinds: [""], rows, x: partOf(across, x) };
}

/** The cell of a heat map under the pointer. */
function cell(asked: Lookup, across: Drawn, up: Drawn): Read | null {
  const [mark] = marksOf(asked);
  const [xs, ys] = [mark?.xs[0], mark?.ys[0]];
  if (!mark || !xs || !ys || xs.length === 0 || ys.length === 0) return null;
  const [column, row] = [placeOf(xs, valueAt(across, asked.x)), placeOf(ys, valueAt(up, asked.y))];
  const value = lines(mark.model.get("color"))[row]?.[column];
  if (value === undefined) return null;
  const rows = [{ color: "", name: `${asked.panel.up} ${ys[row]}`, values: { "": written(value) } }];
  return { head: placed(asked.panel, xs[column] as number), kinds: [""], rows, x: partOf(across, xs[column] as number) };
}

export function read(asked: Lookup): Read | null {
  const [across, up] = [asked.models.get(asked.panel.x), asked.models.get(asked.panel.y)];
  if (!across || !up) return null;
  if (asked.panel.reading === "point") return nearest(asked, across, up);
  if (asked.panel.reading === "cell") return cell(asked, across, up);
  return alongX(asked, across);
}

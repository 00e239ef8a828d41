/** What the kernel tells of a sweep, and what the page asks of it. */

/** A live knob to choose, with the range that its slider has. */
export interface Choice {
  name: string;
  label: string;
  /** The node that has it; empty where it is the trainer's. */
  owner: string;
  from: number;
  to: number;
  log: boolean;
  count: number;
  title: string;
}

export interface FormTrait {
  choices: Choice[];
  first: [string, string];
  seeds: number;
  /** The names of the errors and their labels. */
  metrics: [string, string][];
  /** Why nothing can be swept; empty where it can. */
  refused: string;
}

/** Who could do the sweep: this machine has an empty key. */
export interface ExecutorTrait {
  key: string;
  label: string;
  /** Why it cannot be chosen; empty where it can. */
  refused: string;
}

export type SweepActivity = "running" | "waiting" | "done" | "stopped" | "failed";

export interface Progress {
  activity: SweepActivity;
  share: number;
  words: string;
  problem: string;
  /** What happened last to who does it; empty where nothing did. */
  lost: string;
}

export interface Axis {
  name: string;
  label: string;
  owner: string;
  values: number[];
  words: string[];
}

/** The map beside its errors: one axis or two; places count through the flat grid, the last axis fastest. */
export interface MapTrait {
  number: number;
  axes: Axis[];
  seeds: number[];
  metric: string;
  best: number | null;
  /** The test error of the best setting in words, or why there is none. */
  test: string;
  summary: string;
  /** What was asked, for a picture: "Lorenz, 1 step ahead, Ridge". */
  about: string;
  /** What the swept knobs are set to now, by name, where they are still there. */
  now: Record<string, number>;
  /** What else has changed since; empty where nothing has. */
  note: string;
}

export interface SweepTraits {
  folded: boolean;
  form: Partial<FormTrait>;
  executors: ExecutorTrait[];
  progress: Partial<Progress>;
  map: Partial<MapTrait>;
  medians: DataView | null;
  errors: DataView | null;
}

/** The numbers of a binary trait: NaN is not known yet, Infinity has diverged. */
export function numbersOf(bytes: DataView | null | undefined): Float64Array {
  if (!bytes || typeof bytes.getFloat64 !== "function") return new Float64Array(0);
  return Float64Array.from({ length: bytes.byteLength >> 3 }, (_, place) => bytes.getFloat64(place * 8, true));
}

/** A number with three digits, as the kernel writes it. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return "not known yet";
  if (!Number.isFinite(value)) return "diverged";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return size < 999.5 ? String(Number(value.toPrecision(3))) : Math.round(value).toLocaleString("en-US");
  const [mantissa = "", exponent = "0"] = value.toExponential(1).split("e");
  return `${Number(mantissa)}e${Number(exponent)}`;
}

/** "Spectral radius, reservoir" or "Ridge beta". */
export const titleOf = ({ label, owner }: { label: string; owner: string }): string => (owner ? `${label}, ${owner}` : label);

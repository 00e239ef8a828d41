/** How a knob's number is shown, read and placed on a slider. Log sliders work on the exponent of ten; people see the value. */
import type { Knob, KnobValue } from "../generated";

export const AUTO = "auto";

/** A range as the native slider sees it: positions, not values. */
export interface Track {
  low: number;
  high: number;
  step: number;
  log: boolean;
}

const decimalsOf = (step: number): number => {
  const [mantissa = "", exponent = "0"] = step.toString().split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
};

/** The slider's track, or null where the knob has none. A log track counts decades. */
export function trackOf(knob: Knob): Track | null {
  if (!knob.slider || (knob.kind !== "float" && knob.kind !== "int")) return null;
  const [low, high, step] = knob.slider;
  if (!(high > low)) return null;
  if (knob.log && low > 0) return { low: Math.log10(low), high: Math.log10(high), step: step > 0 && step <= 1 ? step : 0.1, log: true };
  return { low, high, step: step > 0 ? step : knob.kind === "int" ? 1 : (high - low) / 100, log: false };
}

/** Where the value stands on the track, held inside its ends. */
export function positionOf(track: Track, value: number): number {
  const position = track.log ? (value > 0 ? Math.log10(value) : track.low) : value;
  return Math.min(track.high, Math.max(track.low, position));
}

/** The value at a position: on a log track two significant digits (1e-6, 1.3e-6), on a linear one the step's decimals. */
export function valueAt(track: Track, position: number, kind: Knob["kind"]): number {
  const held = Math.min(track.high, Math.max(track.low, position));
  const value = track.log ? Number((10 ** held).toPrecision(2)) : Number(held.toFixed(Math.min(12, decimalsOf(track.step))));
  return kind === "int" ? Math.round(value) : value;
}

/** How far along the track the value stands, from 0 to 1. */
export const fractionOf = (track: Track, value: number): number => (positionOf(track, value) - track.low) / (track.high - track.low);

const scientific = (value: number): string => {
  const [mantissa = "", exponent = "0"] = value.toExponential(3).split("e");
  return `${Number(mantissa)}e${Number(exponent)}`;
};

function decimal(value: number, places: number): string {
  const short = value.toFixed(places);
  return Number(short) === Number(value.toPrecision(6)) ? short : String(Number(value.toPrecision(6)));
}

/** The value as people read it: 0.95, 0.30, 1e-6, 400, "2, 3", "auto". */
export function formatValue(knob: Knob, value: KnobValue | undefined): string {
  if (value === null || value === undefined) return knob.optional ? AUTO : "";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "number") return String(value);
  if (knob.kind === "int" || knob.kind === "ints") return String(value);
  if (value === 0) return knob.slider && !knob.log ? decimal(0, Math.min(3, decimalsOf(knob.slider[2]))) : "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5) return scientific(value);
  if (knob.log || !knob.slider) return decimal(value, Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(size)))));
  return decimal(value, Math.min(4, decimalsOf(knob.slider[2])));
}

export type Reading = { ok: true; value: number | null } | { ok: false; text: string };

/** What was typed, as a legal value of the knob, or the sentence that says why it is none. */
export function readNumber(knob: Knob, typed: string): Reading {
  const refused = (said: "number" | "range"): Reading => ({ ok: false, text: knob.says?.[said] ?? `${knob.label} cannot be this.` });
  const text = typed.trim().replace(",", ".").replace("−", "-");
  if (text === "" || text.toLowerCase() === AUTO) {
    if (knob.optional) return { ok: true, value: null };
    return refused("number");
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return refused("number");
  const value = Number(text);
  if (!Number.isFinite(value) || (knob.low !== null && value < knob.low) || (knob.high !== null && value > knob.high)) {
    return refused("range");
  }
  if (knob.kind === "int" && !Number.isInteger(value)) return refused("number");
  return { ok: true, value };
}

/** Counts with thousands marks: 161,600. */
export const formatCount = (count: number): string => count.toLocaleString("en-US");

/** One step up or down from the value, as the arrow keys of a number field take it. */
export function stepped(knob: Knob, value: number, direction: 1 | -1): number {
  const track = trackOf(knob);
  const next = track
    ? track.log && value > 0
      ? Number((value * 10 ** (direction * track.step)).toPrecision(2))
      : Number((value + direction * track.step).toFixed(Math.min(12, decimalsOf(track.step))))
    : knob.kind === "int"
      ? value + direction
      : Number((value + direction * (Math.abs(value) >= 1 ? 0.1 : 0.01)).toPrecision(6));
  return Math.min(knob.high ?? Infinity, Math.max(knob.low ?? -Infinity, knob.kind === "int" ? Math.round(next) : next));
}

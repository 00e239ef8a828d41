/** The colours of the errors, on a log scale: the least error stands out most from the ground, in the light theme and in the dark one. */

const RAMP = ["#081d58", "#253494", "#225ea8", "#1d91c0", "#41b6c4", "#7fcdbb", "#c7e9b4", "#e9f2a6"]; // blue to yellow, told apart by all eyes
const AS_GOOD_AS_THE_MEAN = 1; // an NRMSE of which more is not worth a colour of its own

export interface Scale {
  low: number;
  high: number;
  /** Whether errors above `high` have its colour too. */
  cut: boolean;
}

/** The range of the finite errors; null where there are none. Where the metric has 1 for "as good as the mean", it ends there. */
export function scaleOf(values: Float64Array, metric: string): Scale | null {
  let [low, high] = [Infinity, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, Math.max(value, 1e-16));
    high = Math.max(high, value, 1e-16);
  }
  if (low === Infinity) return null;
  const cut = (metric === "NRMSE" || metric === "NMSE") && low < AS_GOOD_AS_THE_MEAN / 2 && high > AS_GOOD_AS_THE_MEAN;
  return { low, high: cut ? AS_GOOD_AS_THE_MEAN : high, cut };
}

/** Where an error stands on the scale: 0 at the least, 1 at the largest. */
export function shareOf({ low, high }: Scale, value: number): number {
  if (!(high > low * 1.0001)) return 0;
  return Math.min(1, Math.max(0, Math.log(Math.max(value, low) / low) / Math.log(high / low)));
}

const rampOf = (dark: boolean): string[] => (dark ? [...RAMP].reverse() : RAMP);

const channels = (color: string): number[] => [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));

/** The colour at a share of the scale. */
export function colorAt(share: number, dark: boolean): string {
  const ramp = rampOf(dark);
  const place = Math.min(share, 0.9999) * (ramp.length - 1);
  const [some, other] = [channels(ramp[Math.floor(place)] ?? "#000000"), channels(ramp[Math.floor(place) + 1] ?? "#000000")];
  const rest = place - Math.floor(place);
  return `rgb(${some.map((value, k) => Math.round(value + ((other[k] ?? 0) - value) * rest)).join(" ")})`;
}

/** The whole scale, from left to right, as a CSS value. */
export const gradient = (dark: boolean): string => `linear-gradient(90deg, ${rampOf(dark).join(", ")})`;

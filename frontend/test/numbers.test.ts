import { describe, expect, it } from "vitest";
import { schema } from "../dev/schema";
import type { Knob } from "../src/generated";
import { formatValue, fractionOf, positionOf, readNumber, stepped, trackOf, valueAt, type Track } from "../src/model/numbers";

const knobOf = (kind: string, name: string): Knob => schema.nodes[kind]?.knobs[name] as Knob;
const beta = schema.trainers["RidgeTrainer"]?.knobs["beta"] as Knob;
const radius = knobOf("Reservoir", "spectral_radius");
const units = knobOf("Reservoir", "units");
const seed = knobOf("Reservoir", "seed");

describe("a log slider", () => {
  const track = trackOf(beta) as Track;

  it("works on the exponent: its ends are decades", () => {
    expect(track).toEqual({ low: -12, high: 2, step: 0.1, log: true });
    expect(positionOf(track, 1e-6)).toBeCloseTo(-6, 12);
    expect(fractionOf(track, 1e-5)).toBeCloseTo(0.5, 12);
  });

  it("gives round values: whole decades exactly, two digits between them", () => {
    expect(valueAt(track, -6, "float")).toBe(1e-6);
    expect(valueAt(track, -5.9, "float")).toBe(1.3e-6);
    expect(valueAt(track, 2, "float")).toBe(100);
  });

  it("comes back to the same value from every position it can take", () => {
    for (let exponent = -120; exponent <= 20; exponent += 1) {
      const value = valueAt(track, exponent / 10, "float");
      const position = Math.round(positionOf(track, value) * 10) / 10;
      expect(valueAt(track, position, "float")).toBe(value);
    }
  });

  it("holds values outside of its range at its ends, and zero at the low end", () => {
    expect(positionOf(track, 1e6)).toBe(2);
    expect(positionOf(track, 0)).toBe(-12);
  });
});

describe("a linear slider", () => {
  it("gives values without the noise of binary fractions", () => {
    const track = trackOf(radius) as Track;
    expect(valueAt(track, 0.1 + 0.2, "float")).toBe(0.3);
    expect(valueAt(track, 1.7300000000000002, "float")).toBe(1.73);
  });
});

describe("formatValue", () => {
  it.each([
    [radius, 0.95, "0.95"],
    [radius, 1, "1.00"],
    [radius, 0.9555, "0.9555"],
    [radius, 0, "0.00"],
    [beta, 1e-6, "1e-6"],
    [beta, 1.3e-6, "1.3e-6"],
    [beta, 100, "100"],
    [beta, 0, "0"],
    [knobOf("Reservoir", "leak_rate"), 0.3, "0.30"],
    [units, 400, "400"],
    [seed, null, "auto"],
  ] as const)("%#: %s", (knob, value, text) => {
    expect(formatValue(knob, value)).toBe(text);
  });
});

describe("readNumber", () => {
  it("takes values beyond the slider, as long as they are legal", () => {
    expect(readNumber(radius, "2.5")).toEqual({ ok: true, value: 2.5 });
    expect(readNumber(beta, "1e-7")).toEqual({ ok: true, value: 1e-7 });
  });

  it("says the rule, with the knob's label, where it is not legal", () => {
    const leak = knobOf("Reservoir", "leak_rate");
    expect(readNumber(leak, "1.7")).toEqual({ ok: false, text: "Leak rate must lie between 0.001 and 1." });
    expect(readNumber(units, "2.5")).toEqual({ ok: false, text: "Units must be a whole number between 1 and 20,000." });
    expect(readNumber(radius, "abc")).toEqual({ ok: false, text: "Spectral radius must be a number between 0 and 10." });
    expect(readNumber(radius, "1e400")).toEqual({ ok: false, text: "Spectral radius must lie between 0 and 10." });
  });

  it("reads nothing as auto only where the knob may be auto", () => {
    expect(readNumber(seed, "")).toEqual({ ok: true, value: null });
    expect(readNumber(seed, "auto")).toEqual({ ok: true, value: null });
    expect(readNumber(radius, " ")).toMatchObject({ ok: false });
  });
});

describe("stepped", () => {
  it("steps by the slider's step, in decades on a log knob, inside the legal range", () => {
    expect(stepped(radius, 0.95, 1)).toBe(0.96);
    expect(stepped(beta, 1e-6, 1)).toBe(1.3e-6);
    expect(stepped(units, 1, -1)).toBe(1);
    expect(stepped(units, 400, 1)).toBe(401);
  });
});

/** What is read under a point of a figure: from the models that the page has drawn. */
import { expect, test } from "vitest";
import { partOf, placeOf, read, valueAt, written, type Drawn } from "../src/figure/values";
import type { Panel } from "../src/figure/wire";

const model = (state: Record<string, unknown>): Drawn => ({ get: (name) => state[name] });
const linear = (min: number, max: number) => model({ _model_name: "LinearScaleModel", min, max });
const log = (min: number, max: number) => model({ _model_name: "LogScaleModel", min, max });
const floats = (...values: number[]) => new Float64Array(values);

function at(x: number, y: number, panel: Partial<Panel>, models: Record<string, Drawn>) {
  const whole: Panel = {
    plane: false,
    reading: "line",
    x: "x",
    y: "y",
    across: "time",
    calendar: null,
    up: "height",
    words: [],
    marks: [],
    ...panel,
  };
  return read({ panel: whole, models: new Map(Object.entries(models)), x, y, width: 100, height: 100 });
}

test("the nearest value of each channel stands beside its truth", () => {
  const xs = [floats(0, 1, 2, 3), floats(0, 1, 2, 3)];
  const models = {
    x: linear(0, 4),
    y: linear(0, 1),
    forecast: model({ x: xs, y: [floats(1, 2, 3, 4), floats(5, 6, 7, 8)], colors: ["red", "blue"], visible: true }),
    truth: model({ x: xs, y: [floats(1.5, 2.5, 3.5, 4.5), floats(5.5, 6.5, 7.5, 8.5)], colors: ["grey"], visible: true }),
    run: model({ x: xs, y: xs, colors: ["black"], visible: false }),
  };
  const marks = ["forecast", "truth", "run"].map((id) => ({ id, kind: id, names: ["u", "v"] }));
  expect(at(0.55, 0, { marks }, models)).toEqual({
    head: "time 2",
    kinds: ["forecast", "truth"],
    rows: [
      { color: "red", name: "u", values: { forecast: "3", truth: "3.5" } },
      { color: "blue", name: "v", values: { forecast: "7", truth: "7.5" } },
    ],
    x: 0.5,
  });
});

test("a change is told by its number and its words, and steps hold up to the next one", () => {
  const models = {
    x: linear(0.5, 3.5),
    y: log(1e-3, 1),
    trail: model({ x: floats(1, 2, 3), y: floats(0.1, 0.01, 2e-7), colors: ["grey"] }),
  };
  const marks = [{ id: "trail", kind: "test NRMSE", names: [] }];
  const read = at(1, 0, { marks, words: ["Start", "Leak rate 0.5, reservoir", "Spectral radius 1.1, reservoir"] }, models);
  expect([read?.head, read?.rows]).toEqual([
    "3: Spectral radius 1.1, reservoir",
    [{ color: "grey", name: "test NRMSE", values: { "": "2e-7" } }],
  ]);
  expect(at(0.49, 0, { marks, reading: "step" }, models)?.rows[0]?.values).toEqual({ "": "0.1" });
});

test("in a plane it is the nearest point, and in a map the cell", () => {
  const models = {
    x: linear(-1, 1),
    y: linear(-1, 1),
    dots: model({ x: floats(0.5, -0.5), y: floats(0.5, -0.5), colors: ["red"] }),
    map: model({ x: floats(-1, 0, 1), y: floats(-1, 1), color: [floats(1, 2, 3), floats(4, 5, 6)] }),
  };
  const point = at(
    0.2,
    0.3,
    { reading: "point", across: "real part", up: "imaginary part", marks: [{ id: "dots", kind: "eigenvalue", names: [] }] },
    models,
  );
  expect([point?.head, point?.rows.map(({ name, values }) => [name, values[""]])]).toEqual([
    "eigenvalue",
    [
      ["real part", "-0.5"],
      ["imaginary part", "-0.5"],
    ],
  ]);
  const cell = at(0.95, 0.9, { reading: "cell", up: "shown unit", marks: [{ id: "map", kind: "output", names: [] }] }, models);
  expect([cell?.head, cell?.rows[0]]).toEqual(["time 1", { color: "", name: "shown unit 1", values: { "": "6" } }]);
});

test("without models, or without points, nothing is read", () => {
  expect(at(0.5, 0.5, { marks: [{ id: "gone", kind: "", names: [] }] }, { x: linear(0, 1), y: linear(0, 1) })).toBeNull();
  expect(at(0.5, 0.5, {}, {})).toBeNull();
  const empty = { x: linear(0, 1), y: linear(0, 1), line: model({ x: floats(), y: floats() }) };
  expect(at(0.5, 0.5, { marks: [{ id: "line", kind: "", names: [] }] }, empty)).toBeNull();
});

test("axes are read on their own measure", () => {
  expect(valueAt(log(1e-4, 1), 0.5)).toBeCloseTo(1e-2);
  expect(partOf(log(1e-4, 1), 1e-1)).toBeCloseTo(0.75);
  expect(partOf(linear(10, 20), valueAt(linear(10, 20), 0.3))).toBeCloseTo(0.3);
  expect([
    placeOf(floats(1, 2, 4), 3.1),
    placeOf(floats(1, 2, 4), 3.1, true),
    placeOf(floats(1, 2, 4), 9),
    placeOf(floats(1, 2, 4), -9),
  ]).toEqual([2, 1, 2, 0]);
});

test("numbers are short", () => {
  expect([0, 0.01234567, 12.3456, 123456.7, 2.5e-7, -1e9, Infinity].map(written)).toEqual([
    "0",
    "0.01235",
    "12.35",
    "123457",
    "2.5e-7",
    "-1e9",
    "not finite",
  ]);
});

test("where x counts from a date, the date is read", () => {
  const models = { x: linear(0, 4), y: linear(0, 1), forecast: model({ x: floats(0, 1, 1.5, 3), y: floats(1, 2, 3, 4), colors: ["red"] }) };
  const marks = [{ id: "forecast", kind: "forecast", names: ["u"] }];
  const head = (x: number, unit: number) => at(x, 0, { marks, calendar: { start: Date.UTC(2024, 1, 28), unit } }, models)?.head;
  expect(head(0.25, 86_400_000)).toBe("2024-02-29");
  expect(head(0.375, 86_400_000)).toBe("2024-02-29 12:00");
  expect(head(0.25, 1_000)).toBe("2024-02-28 00:00:01");
  expect(head(0.25, 250)).toBe("2024-02-28 00:00:00.250");
  expect(head(0.25, 1e18)).toBe("time 1");
});

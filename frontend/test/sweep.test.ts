/** The panel of sweeps: the form and its sentences, the map with its marks, and the mouse and the keyboard on its cells. */
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import sweep from "../src/sweep";
import { colorAt, scaleOf, shareOf } from "../src/sweep/scale";
import { figure, numbersOf, type FormTrait, type MapTrait } from "../src/sweep/wire";

type Listener = (...values: unknown[]) => void;
type Sent = Record<string, unknown> & { id: number; type: string };

/** A model that keeps its listeners and answers what the test says. */
function fakeModel(state: Record<string, unknown>) {
  const listeners = new Map<string, Set<Listener>>();
  const sent: Sent[] = [];
  const fire = (name: string, ...values: unknown[]): void => listeners.get(name)?.forEach((listener) => listener(...values));
  return {
    sent,
    get: (name: string) => state[name],
    on: (name: string, listener: Listener) => listeners.set(name, (listeners.get(name) ?? new Set()).add(listener)),
    off: (name: string, listener: Listener) => listeners.get(name)?.delete(listener),
    send: (message: Sent) => sent.push(message),
    change(changes: Record<string, unknown>) {
      Object.assign(state, changes);
      for (const name of Object.keys(changes)) fire(`change:${name}`);
    },
    answer(content: Record<string, unknown>) {
      fire("msg:custom", { id: sent.at(-1)?.id, ...content });
    },
    get listening() {
      return [...listeners.values()].reduce((count, set) => count + set.size, 0);
    },
  };
}

const RADIUS = {
  name: "reservoir.spectral_radius",
  label: "Spectral radius",
  owner: "reservoir",
  from: 0,
  to: 2,
  log: false,
  count: 9,
  title: "",
};
const LEAK = { ...RADIUS, name: "reservoir.leak_rate", label: "Leak rate", to: 1, count: 5 };
const BETA = { name: "beta", label: "Ridge beta", owner: "", from: 1e-12, to: 100, log: true, count: 8, title: "" };
const FORM: FormTrait = {
  choices: [RADIUS, LEAK, BETA],
  first: [RADIUS.name, BETA.name],
  seeds: 3,
  metrics: [
    ["nrmse", "NRMSE"],
    ["mse", "MSE"],
  ],
  refused: "",
};
const MAP: MapTrait = {
  number: 1,
  axes: [
    { ...RADIUS, values: [0.5, 1, 1.5], words: ["0.5", "1", "1.5"] },
    { ...BETA, values: [1e-6, 1e-2], words: ["1e-6", "0.01"] },
  ],
  seeds: [0, 1],
  metric: "NRMSE",
  best: 2,
  test: "NRMSE 0.25.",
  summary: "Held-out error over two knobs.",
  about: "Lorenz, 1 step ahead, Ridge",
  now: { [RADIUS.name]: 1.5, [BETA.name]: 1e-2 },
  note: "",
};
const floats = (...values: number[]): DataView => new DataView(new Float64Array(values).buffer);
const MEDIANS = floats(0.1, 0.2, 0.01, 3, Infinity, NaN);
const ERRORS = floats(0.1, 0.1, 0.1, 0.3, 0.005, 0.015, 3, NaN, Infinity, Infinity, NaN, NaN);
const DONE = { activity: "done", share: 1, words: "12 models in 1.2 s", problem: "", lost: "" };
const EXECUTORS = [
  { key: "", label: "this machine", refused: "" },
  { key: "1", label: "dask: 2 workers", refused: "" },
  { key: "2", label: "processes: 4 workers", refused: "processes: 4 workers cannot be chosen: it starts its processes by fork." },
];

function shown(changes: Record<string, unknown> = {}) {
  const state = {
    label: "Sweep",
    folded: false,
    form: FORM,
    executors: EXECUTORS,
    progress: DONE,
    map: MAP,
    medians: MEDIANS,
    errors: ERRORS,
  };
  const model = fakeModel({ ...state, ...changes });
  const el = document.createElement("div");
  document.body.append(el);
  const remove = sweep.render({ model, el } as unknown as Parameters<typeof sweep.render>[0]);
  return { model, el, remove };
}

const EMPTY = { progress: {}, map: {}, medians: null, errors: null };
const across = (): HTMLElement => screen.getByRole("group", { name: "Knob across" });
const up = (): HTMLElement => screen.getByRole("group", { name: "Knob up" });
const field = (group: HTMLElement, name: string): HTMLInputElement => within(group).getByLabelText(name) as HTMLInputElement;
const cells = (): HTMLElement[] => screen.getAllByRole("gridcell");
const cell = (start: string): HTMLElement => screen.getByRole("gridcell", { name: new RegExp(`^${start}`) });
const submit = (): HTMLElement => document.querySelector<HTMLElement>(".rcw-sweep-go") as HTMLElement;

afterEach(() => document.body.replaceChildren());

describe("the panel", () => {
  test("is folded at first where the kernel says so, and tells how far the sweep is in its heading", () => {
    shown({ folded: true, progress: { ...DONE, activity: "running", words: "3 of 12 models" } });
    const toggle = screen.getByRole("button", { name: "Sweep" });
    expect(toggle.getAttribute("aria-expanded")).toBe("false");
    expect(toggle.textContent).toContain("3 of 12 models");
    expect(screen.queryByRole("grid")).toBeNull();
    fireEvent.click(toggle);
    const grid = screen.getByRole("grid", { name: "Held-out NRMSE by Spectral radius and Ridge beta" });
    expect(document.getElementById(grid.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Held-out error over two knobs.");
    expect(screen.getByText("Test error of the best setting:").parentElement?.textContent).toBe(
      "Test error of the best setting: NRMSE 0.25.",
    );
  });

  test("leaves no listener behind, and keeps keys from the notebook", () => {
    const { model, el, remove } = shown();
    const heard = vi.fn();
    document.addEventListener("keydown", heard);
    fireEvent.keyDown(cells()[0] as HTMLElement, { key: "d" });
    expect(heard).not.toHaveBeenCalled();
    fireEvent.keyDown(cells()[0] as HTMLElement, { key: "Enter", shiftKey: true });
    expect(heard).toHaveBeenCalledTimes(1);
    document.removeEventListener("keydown", heard);
    remove();
    expect(model.listening).toBe(0);
    expect(el.children).toHaveLength(0);
  });
});

describe("the form", () => {
  test("has the sliders' ranges, and asks for what was written", () => {
    const { model } = shown(EMPTY);
    expect(field(across(), "From").value).toBe("0");
    expect([field(up(), "From").value, field(up(), "To").value, field(up(), "Scale").value]).toEqual(["1e-12", "100", "log"]);
    expect(screen.getByText("72 settings × 3 seeds")).toBeTruthy();
    fireEvent.input(field(across(), "Number of values"), { target: { value: "4" } });
    expect(screen.getByText("32 settings × 3 seeds")).toBeTruthy();
    fireEvent.click(submit());
    expect(model.sent.at(-1)).toMatchObject({
      type: "sweep",
      x: { knob: RADIUS.name, from: "0", to: "2", count: "4", log: false },
      y: { knob: "beta", from: "1e-12", to: "100", count: "8", log: true },
      seeds: "3",
      metric: "nrmse",
    });
  });

  test("sweeps one knob where the second is none, and takes the range of another that is chosen", () => {
    const { model } = shown(EMPTY);
    fireEvent.change(field(up(), "Knob up"), { target: { value: "" } });
    expect(within(up()).queryByLabelText("From")?.closest("[hidden]")).toBeTruthy();
    fireEvent.change(field(across(), "Knob across"), { target: { value: LEAK.name } });
    expect([field(across(), "To").value, field(across(), "Number of values").value]).toEqual(["1", "5"]);
    fireEvent.click(submit());
    expect(model.sent.at(-1)).toMatchObject({ x: { knob: LEAK.name }, y: null });
  });

  test("says at its field what is wrong, loses nothing, and takes the sentence back", async () => {
    const { model } = shown(EMPTY);
    fireEvent.input(field(up(), "From"), { target: { value: "low" } });
    fireEvent.click(submit());
    model.answer({ ok: false, error: { text: "RidgeTrainer.beta must be a number, got 'low'.", field: "y.from" } });
    await waitFor(() => expect(within(up()).getByRole("alert").textContent).toContain("must be a number"));
    expect(field(up(), "From").getAttribute("aria-invalid")).toBe("true");
    expect(field(up(), "From").value).toBe("low");
    expect(document.activeElement).toBe(field(up(), "From"));
    fireEvent.click(submit());
    expect(screen.queryByRole("alert")).toBeNull();
    model.answer({ ok: false, error: { text: "A sweep measures one output.", field: "" } });
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("A sweep measures one output."));
  });

  test("keeps what was written when the model changes, but for a knob that is gone", () => {
    const { model } = shown(EMPTY);
    fireEvent.input(field(across(), "From"), { target: { value: "0.3" } });
    model.change({
      form: { ...FORM, choices: [RADIUS, LEAK, { ...BETA, name: "alpha", label: "Alpha", from: 1e-5 }], first: [RADIUS.name, "alpha"] },
    });
    expect(field(across(), "From").value).toBe("0.3");
    expect([field(up(), "Knob up").value, field(up(), "From").value]).toEqual(["alpha", "1e-5"]);
  });

  test("stops what runs, shows how far it is, and why a trainer is not swept", () => {
    const { model } = shown({
      progress: { activity: "running", share: 0.25, words: "3 of 12 models, 2 a second, 4.5 s left", problem: "" },
    });
    expect(submit().textContent).toBe("Stop");
    expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("25");
    fireEvent.click(submit());
    expect(model.sent.at(-1)).toMatchObject({ type: "stop" });
    model.change({ progress: DONE, form: { ...FORM, refused: "BPTT is not swept." } });
    expect(screen.queryByRole("progressbar")).toBeNull();
    expect(screen.getByText("BPTT is not swept.")).toBeTruthy();
    expect((submit() as HTMLButtonElement).disabled).toBe(true);
    model.change({ progress: { ...DONE, activity: "failed", problem: "It broke." } });
    expect(screen.getByText("It broke.").className).toContain("rcw-refused");
  });
});

describe("who trains the models", () => {
  const trainedBy = (): HTMLSelectElement => screen.getByLabelText("Trained by") as HTMLSelectElement;

  test("is chosen among those that are there, who are looked for before the choice, and named by a key", () => {
    const { model } = shown(EMPTY);
    expect([...trainedBy().options].map(({ text, disabled }) => [text, disabled])).toEqual([
      ["this machine", false],
      ["dask: 2 workers", false],
      ["processes: 4 workers", true],
    ]);
    expect(screen.getByText(/^processes: 4 workers cannot be chosen: it starts its processes by fork/)).toBeTruthy();
    fireEvent.focusIn(trainedBy());
    expect(model.sent).toEqual([{ type: "look" }]);
    fireEvent.change(trainedBy(), { target: { value: "1" } });
    fireEvent.click(submit());
    expect(model.sent.at(-1)).toMatchObject({ type: "sweep", executor: "1" });
    model.change({ executors: EXECUTORS.slice(0, 1) });
    expect(trainedBy().value).toBe("");
    fireEvent.click(submit());
    expect(model.sent.at(-1)).toMatchObject({ type: "sweep", executor: "" });
  });

  test("is told when a worker is lost, where one looks and to those who listen, and beside a closed heading", () => {
    const lost = "The worker tcp://a went away. What it had is computed by the others.";
    const progress = { activity: "running", share: 0.25, words: "3 of 12 models, 2 a second by 1 worker", problem: "", lost };
    const { model } = shown({ progress });
    expect(screen.getByRole("status").textContent).toBe(lost);
    const toggle = screen.getByRole("button", { name: "Sweep" });
    fireEvent.click(toggle);
    expect(toggle.textContent).toContain(`by 1 worker. ${lost}`);
    fireEvent.click(toggle);
    model.change({ progress: { ...progress, activity: "failed", problem: "The executor takes no more work." } });
    expect(screen.getByRole("status").textContent).toBe("The executor takes no more work.");
  });
});

describe("the map", () => {
  test("has a cell for each setting, the largest value of the second knob on top", () => {
    shown();
    expect(
      screen.getAllByRole("row").map((row) =>
        within(row)
          .getAllByRole("gridcell")
          .map((one) => one.getAttribute("aria-label")),
      ),
    ).toEqual([
      [
        "Spectral radius 0.5, Ridge beta 0.01: NRMSE 0.2",
        "Spectral radius 1, Ridge beta 0.01: NRMSE 3",
        "Spectral radius 1.5, Ridge beta 0.01: NRMSE not known yet",
      ],
      [
        "Spectral radius 0.5, Ridge beta 1e-6: NRMSE 0.1",
        "Spectral radius 1, Ridge beta 1e-6: NRMSE 0.01, the best",
        "Spectral radius 1.5, Ridge beta 1e-6: NRMSE diverged",
      ],
    ]);
  });

  test("marks the best, the sliders' setting, what diverged and what is not known", () => {
    const { model } = shown();
    expect(cell("Spectral radius 1, Ridge beta 1e-6").className).toContain("is-best");
    expect(cell("Spectral radius 1.5, Ridge beta 1e-6").className).toContain("is-diverged");
    const unknown = cell("Spectral radius 1.5, Ridge beta 0.01");
    expect(unknown.className).toContain("is-unknown");
    expect(unknown.getAttribute("aria-selected")).toBe("true");
    expect(unknown.style.background).toBe("");
    model.change({ medians: floats(0.1, 0.2, 0.01, 3, Infinity, 0.5), map: { ...MAP, now: { [RADIUS.name]: 0.5, [BETA.name]: 1e-6 } } });
    expect(unknown.style.background).not.toBe("");
    expect(unknown.getAttribute("aria-selected")).toBe("false");
    expect(cell("Spectral radius 0.5, Ridge beta 1e-6").getAttribute("aria-selected")).toBe("true");
  });

  test("tells of the best cell, and of the one under the mouse, with its seeds", () => {
    shown();
    const told = document.querySelector(".rcw-sweep-told") as HTMLElement;
    expect(told.textContent).toBe("Best: Spectral radius 1, Ridge beta 1e-6: NRMSE 0.01, the median of 2 seeds (0.005, 0.015).");
    fireEvent.pointerOver(cell("Spectral radius 1, Ridge beta 0.01"));
    expect(told.textContent).toBe("Spectral radius 1, Ridge beta 0.01: NRMSE 3, 1 of 2 seeds so far (3).");
  });

  test("sets the knobs by a click, and says what the kernel did", async () => {
    const { model } = shown();
    fireEvent.click(cell("Spectral radius 1, Ridge beta 1e-6"));
    expect(model.sent.at(-1)).toMatchObject({ type: "take", number: 1, place: 2 });
    model.answer({ ok: true, result: { words: "Set Spectral radius to 1." } });
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Set Spectral radius to 1."));
  });

  test("is walked by arrows with one stop of the Tab key, and Enter takes the cell", async () => {
    const user = userEvent.setup();
    const { model } = shown();
    const stops = (): HTMLElement[] => cells().filter((one) => one.tabIndex === 0);
    expect(stops()).toEqual([cell("Spectral radius 0.5, Ridge beta 0.01")]);
    stops()[0]?.focus();
    await user.keyboard("{ArrowDown}{ArrowRight}{ArrowRight}{ArrowRight}{ArrowDown}{Enter}");
    expect(stops()).toEqual([cell("Spectral radius 1.5, Ridge beta 1e-6")]);
    expect(model.sent.at(-1)).toMatchObject({ type: "take", place: 4 });
    await user.keyboard("{Home}{ArrowUp} ");
    expect(model.sent.at(-1)).toMatchObject({ type: "take", place: 1 });
  });

  test("is a row of columns where there is one knob", () => {
    shown({
      map: { ...MAP, axes: [MAP.axes[0]], best: 1, now: {} },
      medians: floats(1, 0.01, 0.1),
      errors: floats(1, 1, 0.01, 0.01, 0.05, 0.15),
    });
    expect(cells().map((one) => one.style.getPropertyValue("--rcw-height"))).toEqual(["1", "0", "0.5"]);
    expect(document.querySelector("polyline")?.getAttribute("points")).toBe("0.5,0 1.5,1 2.5,0.5");
  });

  test("is built anew for a newer sweep, and says what has changed since", () => {
    const { model } = shown();
    const before = cells()[0];
    model.change({ map: { ...MAP, note: "Swept with Leak rate 0.3, now 0.9." } });
    expect(cells()[0]).toBe(before);
    expect(screen.getByText("Swept with Leak rate 0.3, now 0.9.")).toBeTruthy();
    model.change({ map: { ...MAP, number: 2 }, medians: floats(NaN, NaN, NaN, NaN, NaN, NaN) });
    expect(cells()[0]).not.toBe(before);
  });
});

describe("the scale", () => {
  test("is logarithmic, ends at an error that is as good as the mean, and leaves out what is not finite", () => {
    const scale = scaleOf(Float64Array.of(0.01, 50, Infinity, NaN), "NRMSE");
    expect(scale).toEqual({ low: 0.01, high: 1, cut: true });
    if (!scale) return;
    expect([0.01, 0.1, 1, 50].map((value) => shareOf(scale, value))).toEqual([0, 0.5, 1, 1].map((value) => expect.closeTo(value, 9)));
    expect(scaleOf(Float64Array.of(0.01, 50), "MSE")).toEqual({ low: 0.01, high: 50, cut: false });
    expect(scaleOf(Float64Array.of(NaN, Infinity), "MSE")).toBeNull();
    expect(shareOf({ low: 2, high: 2, cut: false }, 2)).toBe(0);
  });

  test("turns round in the dark theme, so that the best stands out", () => {
    expect(colorAt(0, false)).toBe("rgb(8 29 88)");
    expect(colorAt(0, true)).toBe("rgb(233 242 166)");
    expect(colorAt(1, true)).not.toBe(colorAt(0, true));
  });

  test("writes numbers as the kernel does", () => {
    const written = [0, 0.0123456, 8.43e-7, 1234.5, 999.9, 2.5e6, NaN, Infinity].map(figure);
    expect(written).toEqual(["0", "0.0123", "8.4e-7", "1,235", "1,000", "2.5e6", "not known yet", "diverged"]);
    expect([...numbersOf(floats(1, 2.5))]).toEqual([1, 2.5]);
    expect(numbersOf(null)).toHaveLength(0);
  });
});

/** The table of kept runs: closed at first, sorted by click and by key, and each row's four actions as messages. */
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import runs from "../src/runs";
import { grouped, sorted, turned, type RunRow } from "../src/runs/order";

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

function run(number: number, changes: Partial<RunRow> = {}): RunRow {
  const made: RunRow = {
    number,
    name: `Run ${number}`,
    question: "lorenz 1",
    task: "Lorenz",
    horizon: 1,
    settings: "",
    asked: "Lorenz, 1 step ahead",
    model: "reservoir 400",
    change: `Leak rate 0.${number}, reservoir`,
    trainer: "Ridge",
    test: 0.1 * number,
    test_words: `0.${number}`,
    best: false,
    train: 0.05,
    train_words: "0.05",
    time: 1000 + number,
    time_words: `12:00:0${number}`,
    time_title: `2026-03-01 12:00:0${number}, took 60 ms`,
    pinned: false,
    note: "",
    color: "",
  };
  return { ...made, ...changes };
}

const THREE = [
  run(1, { test: 0.2, test_words: "0.2" }),
  run(2, { test: null, test_words: "", name: "a <b>name</b>" }),
  run(3, { test: 0.1 }),
];

function shown(rows: RunRow[] = THREE, open = true) {
  const model = fakeModel({ rows, shown: 3 });
  const el = document.createElement("div");
  document.body.append(el);
  const remove = runs.render({ model, el } as unknown as Parameters<typeof runs.render>[0]);
  if (open) fireEvent.click(screen.getByRole("button", { name: /^Runs/ }));
  return { model, el, remove };
}

const names = (): (string | null | undefined)[] =>
  screen.getAllByRole("rowheader").map((cell) => cell.querySelector(".rcw-run-name")?.textContent);
const head = (name: string): HTMLElement => screen.getByRole("columnheader", { name });
const button = (name: string): HTMLElement => screen.getByRole("button", { name });

afterEach(() => document.body.replaceChildren());

describe("the panel", () => {
  test("is closed at first, with the number of runs in its heading", () => {
    const { model } = shown(THREE, false);
    const toggle = button("Runs (3)");
    expect(toggle.getAttribute("aria-expanded")).toBe("false");
    expect(screen.queryByRole("table")).toBeNull();
    fireEvent.click(toggle);
    expect(toggle.getAttribute("aria-expanded")).toBe("true");
    expect(screen.getByRole("table", { name: "Runs" })).toBeTruthy();
    model.change({ rows: [...THREE, run(4)] });
    expect(button("Runs (4)")).toBe(toggle);
    expect(names()).toHaveLength(4);
  });

  test("says that there are none, and shows the first one that comes", () => {
    const { model } = shown([]);
    expect(screen.getByText("No runs yet. Each result that comes to rest is kept here.")).toBeTruthy();
    expect(screen.queryByRole("table")).toBeNull();
    model.change({ rows: [run(1)] });
    expect(names()).toEqual(["Run 1"]);
  });

  test("shows texts as text, marks the shown run, and writes a dash where nothing was measured", () => {
    shown();
    const [third, second] = screen.getAllByRole("row").slice(1) as [HTMLElement, HTMLElement];
    expect(third.getAttribute("aria-current")).toBe("true");
    expect(second.getAttribute("aria-current")).toBeNull();
    expect(within(second).getByText("a <b>name</b>")).toBeTruthy();
    expect(second.querySelector("b")).toBeNull();
    expect(
      within(second)
        .getAllByRole("cell")
        .map((cell) => cell.textContent),
    ).toEqual(["Lorenz", "1", "reservoir 400", "Ridge", "Leak rate 0.2, reservoir", "–", "0.05", "12:00:02", "PinRestoreCopy"]);
  });

  test("keeps keys from the notebook, but for those with Ctrl and Shift-Enter", () => {
    const heard = vi.fn();
    document.addEventListener("keydown", heard);
    shown();
    fireEvent.keyDown(button("Pin Run 1"), { key: "x" });
    expect(heard).not.toHaveBeenCalled();
    fireEvent.keyDown(button("Pin Run 1"), { key: "s", ctrlKey: true });
    fireEvent.keyDown(button("Pin Run 1"), { key: "Enter", shiftKey: true });
    expect(heard).toHaveBeenCalledTimes(2);
    document.removeEventListener("keydown", heard);
  });

  test("leaves no listener behind", () => {
    const { model, el, remove } = shown();
    remove();
    expect(model.listening).toBe(0);
    expect(el.children).toHaveLength(0);
  });
});

describe("the order", () => {
  test("is the newest first; a click on a heading sorts, another one turns it round, and what was not measured is last", () => {
    shown();
    expect(names()).toEqual(["Run 3", "a <b>name</b>", "Run 1"]);
    expect(head("Time").getAttribute("aria-sort")).toBe("descending");
    fireEvent.click(button("Test NRMSE"));
    expect(names()).toEqual(["Run 3", "Run 1", "a <b>name</b>"]);
    expect(head("Test NRMSE").getAttribute("aria-sort")).toBe("ascending");
    expect(head("Time").getAttribute("aria-sort")).toBe("none");
    fireEvent.click(button("Test NRMSE"));
    expect(names()).toEqual(["Run 1", "Run 3", "a <b>name</b>"]);
    expect(head("Test NRMSE").getAttribute("aria-sort")).toBe("descending");
  });

  test("is turned by the keyboard too", async () => {
    const user = userEvent.setup();
    shown();
    button("Name").focus();
    await user.keyboard("{Enter}");
    expect(names()).toEqual(["a <b>name</b>", "Run 1", "Run 3"]);
    await user.keyboard(" ");
    expect(names()).toEqual(["Run 3", "Run 1", "a <b>name</b>"]);
  });

  test("counts numbers in names, and puts the newer of equals first", () => {
    const rows = [run(2), run(10), run(9)];
    expect(sorted(rows, { key: "name", direction: "ascending" }).map(({ number }) => number)).toEqual([2, 9, 10]);
    expect(sorted(rows, { key: "trainer", direction: "ascending" }).map(({ number }) => number)).toEqual([10, 9, 2]);
    expect(turned({ key: "name", direction: "ascending" }, "time")).toEqual({ key: "time", direction: "descending" });
  });

  test("keeps the focus where it is when rows come and move", () => {
    const { model } = shown();
    button("Pin Run 1").focus();
    model.change({ rows: [run(1, { time: 5000 }), ...THREE.slice(1), run(4)] });
    expect(names()).toEqual(["Run 1", "Run 4", "Run 3", "a <b>name</b>"]);
    expect(document.activeElement).toBe(button("Pin Run 1"));
  });
});

describe("runs of several questions", () => {
  const far = { question: "lorenz 10", horizon: 10, asked: "Lorenz, 10 steps ahead" };
  const spots = { question: "sunspots", task: "Sunspots", asked: "Sunspots, 1 step ahead" };
  const MIXED = [
    run(1, { test: 0.3, best: true }),
    run(2, { test: 0.01, ...far, settings: "Training part 4,000", asked: "Lorenz, 10 steps ahead (Training part 4,000)" }),
    run(3, { test: 0.4 }),
    run(4, { test: 0.2, ...spots }),
  ];

  test("are sorted within each, never across, and the question of the newest run comes first", () => {
    shown(MIXED);
    expect(names()).toEqual(["Run 4", "Run 3", "Run 1", "Run 2"]);
    fireEvent.click(button("Test NRMSE"));
    expect(names()).toEqual(["Run 4", "Run 1", "Run 3", "Run 2"]); // by the error alone, run 2 would be the first
    fireEvent.click(button("Task"));
    expect(names()).toEqual(["Run 3", "Run 1", "Run 2", "Run 4"]);
    fireEvent.click(button("Horizon"));
    fireEvent.click(button("Horizon"));
    expect(names()[0]).toBe("Run 2");
  });

  test("have the question in columns, and a group of rows with its name", () => {
    shown(MIXED);
    for (const name of ["Task", "Horizon", "Model", "Trainer"]) expect(head(name)).toBeTruthy();
    const group = screen.getByRole("rowgroup", { name: "Lorenz, 10 steps ahead (Training part 4,000)" });
    expect(
      within(group)
        .getAllByRole("cell")
        .slice(0, 3)
        .map((cell) => cell.textContent),
    ).toEqual(["Lorenz (Training part 4,000)", "10", "reservoir 400"]);
    expect(within(screen.getByRole("rowgroup", { name: "Lorenz, 1 step ahead" })).getAllByRole("row")).toHaveLength(2);
    expect(screen.getByText(/Errors are compared within one question alone/).hidden).toBe(false);
  });

  test("have their best marked in words, and no hint where there is one question", () => {
    const { model } = shown(MIXED);
    const cell = screen.getByText("0.1, best");
    expect(cell.title).toBe("The least test error of Lorenz, 1 step ahead");
    model.change({ rows: THREE });
    expect(screen.queryByText(/, best/)).toBeNull();
    expect(screen.getByText(/Errors are compared within one question alone/).hidden).toBe(true);
    expect(screen.queryByRole("rowgroup", { name: "Sunspots, 1 step ahead" })).toBeNull();
  });

  test("in the same words get a number each", () => {
    const twice = [run(1), run(2, { question: "other" })];
    expect(grouped(twice, { key: "time", direction: "descending" }).map(({ asked }) => asked)).toEqual([
      "Lorenz, 1 step ahead, other data 1",
      "Lorenz, 1 step ahead, other data 2",
    ]);
  });
});

describe("a row", () => {
  test("is pinned and let go of, and says why it is not drawn", () => {
    const { model } = shown();
    const pin = button("Pin Run 1");
    expect(pin.getAttribute("aria-pressed")).toBe("false");
    fireEvent.click(pin);
    expect(model.sent.at(-1)).toMatchObject({ type: "pin", number: 1, pinned: true });
    expect(pin.getAttribute("aria-pressed")).toBe("false"); // until the kernel has done it
    model.change({ rows: [run(1, { pinned: true, color: "var(--rcw-run-1)" }), ...THREE.slice(1)] });
    expect(pin.getAttribute("aria-pressed")).toBe("true");
    const row = pin.closest("tr") as HTMLElement;
    expect(row.querySelector<HTMLElement>(".rcw-run-swatch")?.hidden).toBe(false);
    model.change({ rows: [run(1, { pinned: true, note: "not drawn: another task" }), ...THREE.slice(1)] });
    expect(within(row).getByText("not drawn: another task")).toBeTruthy();
    expect(row.querySelector<HTMLElement>(".rcw-run-swatch")?.hidden).toBe(true);
    fireEvent.click(pin);
    expect(model.sent.at(-1)).toMatchObject({ type: "pin", number: 1, pinned: false });
  });

  test("is renamed in its place: Enter takes the name, Escape leaves it", async () => {
    const user = userEvent.setup();
    const { model } = shown();
    await user.click(button("Rename Run 1"));
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "New name of Run 1" }));
    await user.keyboard("best{Enter}");
    expect(model.sent).toHaveLength(1);
    expect(model.sent[0]).toMatchObject({ type: "rename", number: 1, name: "best" });
    model.answer({ ok: true, result: {} });
    await waitFor(() => expect(document.activeElement).toBe(button("Rename Run 1")));
    model.change({ rows: [run(1, { name: "best" }), ...THREE.slice(1)] });
    expect(names()).toContain("best");
    await user.click(button("Rename best"));
    await user.keyboard("worse{Escape}");
    expect(model.sent).toHaveLength(1);
    expect(screen.queryByRole("textbox")).toBeNull();
    await user.click(button("Rename best"));
    await user.keyboard("other");
    await user.click(button("Runs (3)"));
    expect(model.sent.at(-1)).toMatchObject({ type: "rename", number: 1, name: "other" });
  });

  test("keeps a name that was refused, with the reason at the field, until it is mended", async () => {
    const user = userEvent.setup();
    const { model } = shown();
    await user.click(button("Rename Run 1"));
    await user.keyboard("Run 2{Enter}");
    model.answer({ ok: false, error: { text: "The name of a run must be its own." } });
    const field = screen.getByRole("textbox") as HTMLInputElement;
    await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
    expect(document.activeElement).toBe(field);
    expect(field.value).toBe("Run 2");
    expect(document.getElementById(field.getAttribute("aria-describedby") as string)?.textContent).toBe(
      "The name of a run must be its own.",
    );
    await user.click(button("Runs (3)")); // leaving it does not throw it away, nor ask again
    await user.click(button("Runs (3)"));
    expect(field.value).toBe("Run 2");
    expect(model.sent).toHaveLength(1);
    await user.type(field, "b{Enter}");
    expect(model.sent.at(-1)).toMatchObject({ type: "rename", number: 1, name: "Run 2b" });
    expect(field.getAttribute("aria-invalid")).toBeNull();
    model.answer({ ok: true, result: {} });
    await waitFor(() => expect(screen.queryByRole("textbox")).toBeNull());
  });

  test("stays half-renamed while a new run comes", async () => {
    const user = userEvent.setup();
    const { model } = shown();
    await user.click(button("Rename Run 1"));
    await user.keyboard("hal");
    model.change({ rows: [...THREE, run(4)] });
    await user.keyboard("f");
    expect((screen.getByRole("textbox") as HTMLInputElement).value).toBe("half");
    expect(document.activeElement).toBe(screen.getByRole("textbox"));
  });

  test("is restored, and the panel says so, or why not", async () => {
    const { model } = shown();
    fireEvent.click(button("Restore Run 1"));
    expect(model.sent.at(-1)).toMatchObject({ type: "restore", number: 1 });
    model.answer({ ok: true, result: { revision: 3 } });
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Run 1 is restored."));
    fireEvent.click(button("Restore Run 1"));
    model.answer({ ok: false, error: { text: "There is no run 1. The newest is run 3." } });
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("There is no run 1. The newest is run 3."));
    expect(screen.getByRole("status").className).toContain("rcw-refused");
  });

  test("gives its code to the clipboard", async () => {
    const write = vi.fn(async () => {});
    vi.stubGlobal("navigator", { clipboard: { writeText: write } });
    const { model } = shown();
    fireEvent.click(button("Copy code of Run 3"));
    expect(model.sent.at(-1)).toMatchObject({ type: "code", number: 3 });
    model.answer({ ok: true, result: { code: "import rcwidgets as rc" } });
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("The code of Run 3 is copied."));
    expect(write).toHaveBeenCalledWith("import rcwidgets as rc");
    vi.unstubAllGlobals();
  });
});

describe("a busy kernel", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is said", () => {
    const { model } = shown();
    fireEvent.click(button("Pin Run 1"));
    vi.advanceTimersByTime(900);
    expect(screen.getByRole("status").textContent).toBe("Waits for the running cell.");
    model.answer({ ok: true, result: {} });
    expect(screen.getByRole("status").textContent).toBe("");
  });
});

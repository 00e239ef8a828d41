/** The table of all metrics in the footer: closed at first, filled by the kernel, copied as CSV. */
import { within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import footer from "../src/footer";
import type { MetricRow } from "../src/generated";

type Listener = (...values: unknown[]) => void;

function fakeModel(state: Record<string, unknown>) {
  const listeners = new Map<string, Set<Listener>>();
  const sent: { id: number; type: string }[] = [];
  const fire = (name: string, ...values: unknown[]): void => listeners.get(name)?.forEach((listener) => listener(...values));
  return {
    sent,
    get: (name: string) => state[name],
    on: (name: string, listener: Listener) => listeners.set(name, (listeners.get(name) ?? new Set()).add(listener)),
    off: (name: string, listener: Listener) => listeners.get(name)?.delete(listener),
    send: (message: { id: number; type: string }) => sent.push(message),
    change(changes: Record<string, unknown>) {
      Object.assign(state, changes);
      for (const name of Object.keys(changes)) fire(`change:${name}`);
    },
    answer: (content: Record<string, unknown>) => fire("msg:custom", { id: sent.at(-1)?.id, ...content }),
    listening: () => [...listeners.values()].reduce((count, set) => count + set.size, 0),
  };
}

const ROWS: MetricRow[] = [
  {
    label: "NRMSE",
    train: "0.1",
    test: "0.2",
    unit: "standard deviations",
    definition: "Root <b>mean</b> squared error.",
    formula: "sqrt(NMSE)",
    note: "",
    channels: [
      { label: "x", train: "0.11", test: "0.21" },
      { label: "y", train: "0.12", test: "0.22" },
    ],
  },
  {
    label: "Rows",
    train: "600",
    test: "",
    unit: "rows",
    definition: "How many.",
    formula: "n",
    note: "After 200 rows of warm-up.",
    channels: [],
  },
];

function shown(table: MetricRow[] = ROWS) {
  const model = fakeModel({ metrics: [{ label: "Test NRMSE", value: "0.2", title: "" }], table });
  const el = document.createElement("div");
  document.body.append(el);
  const close = footer.render({ model, el } as unknown as Parameters<typeof footer.render>[0]);
  return { model, el, close, view: within(el) };
}

afterEach(() => document.body.replaceChildren());

test("the table is closed until its button is pressed, and then has the kernel's words as text", async () => {
  const user = userEvent.setup();
  const { el, view } = shown();
  const button = view.getByRole("button", { name: "All metrics" });
  expect(button.getAttribute("aria-expanded")).toBe("false");
  expect(view.queryByRole("table")).toBeNull();
  await user.click(button);
  expect(button.getAttribute("aria-expanded")).toBe("true");
  expect(document.getElementById(button.getAttribute("aria-controls") ?? "")?.contains(view.getByRole("table"))).toBe(true);
  const lines = [...el.querySelectorAll("tbody tr")].map((line) =>
    [...line.querySelectorAll("th, .rcw-footer-number")].map((cell) => cell.textContent),
  );
  expect(lines).toEqual([
    ["NRMSE", "0.1", "0.2"],
    ["x", "0.11", "0.21"],
    ["y", "0.12", "0.22"],
    ["Rows", "600", "–"],
  ]);
  expect(view.getByText("Root <b>mean</b> squared error.")).toBeTruthy();
  expect(view.getByText("sqrt(NMSE)").tagName).toBe("CODE");
  await user.click(button);
  expect(view.queryByRole("table")).toBeNull();
});

test("new numbers are written into the cells that are there, and other rows are made anew", async () => {
  const user = userEvent.setup();
  const { el, model, view } = shown();
  await user.click(view.getByRole("button", { name: "All metrics" }));
  const cell = el.querySelector("tbody td");
  const [first, second] = ROWS as [MetricRow, MetricRow];
  model.change({ table: [{ ...first, train: "0.3" }, second] });
  expect(el.querySelector("tbody td")).toBe(cell);
  expect(cell?.textContent).toBe("0.3");
  model.change({ table: [second] });
  expect(el.querySelectorAll("tbody").length).toBe(1);
  model.change({ table: [] });
  expect(view.queryByRole("table")).toBeNull();
  expect(view.queryByRole("button", { name: "All metrics" })).toBeNull();
});

test("CSV is asked of the kernel and copied, and a refusal is said", async () => {
  const user = userEvent.setup();
  const { model, view } = shown();
  await user.click(view.getByRole("button", { name: "All metrics" }));
  await user.click(view.getByRole("button", { name: "Copy as CSV" }));
  expect(model.sent).toMatchObject([{ type: "csv" }]);
  model.answer({ ok: true, result: { csv: "metric,channel\n" } });
  expect(await view.findByText("Copied, with all digits.")).toBeTruthy();
  expect(await navigator.clipboard.readText()).toBe("metric,channel\n");
  await user.click(view.getByRole("button", { name: "Copy as CSV" }));
  model.answer({ ok: false, error: { text: "There are no results yet." } });
  expect(await view.findByText("There are no results yet.")).toBeTruthy();
});

test("a closed footer leaves no listener", () => {
  const { model, close } = shown();
  close();
  expect(model.listening()).toBe(0);
});

/** The borders of a split: they follow the pointer at once, move by keys, and end up where the kernel says. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { borders, keyed, reached } from "../src/figure/split";
import type { Split } from "../src/figure/wire";

type Listener = (...values: unknown[]) => void;
type Sent = { id: number; type: string; border: number; row: number; gesture: string };

function fakeModel(state: Record<string, unknown>) {
  const listeners = new Map<string, Set<Listener>>();
  const sent: Sent[] = [];
  return {
    sent,
    state,
    get: (name: string) => state[name],
    on: (name: string, listener: Listener) => listeners.set(name, (listeners.get(name) ?? new Set()).add(listener)),
    off: (name: string, listener: Listener) => listeners.get(name)?.delete(listener),
    send: (message: Sent) => sent.push(message),
    answer(content: Record<string, unknown>, to = sent.at(-1)?.id) {
      for (const listener of listeners.get("msg:custom") ?? []) listener({ id: to, ...content });
    },
    listening: () => [...listeners.values()].reduce((count, set) => count + set.size, 0),
  };
}

const made = (changes: Partial<Split> = {}): Split => ({
  revision: 1,
  rows: 1000,
  end: 999,
  parts: ["Warm-up", "Train", "Test"],
  borders: [
    { name: "Border of warm-up and train", ends: "warm-up ends", row: 200, low: 0, high: 790 },
    { name: "Border of train and test", ends: "training ends", row: 800, low: 210, high: 997 },
  ],
  margin: [46, 28, 16, 34],
  height: 174,
  ...changes,
});

function shown(split: Split | Record<string, never> = made(), windows = [[0, 1, 0, 1]]) {
  const model = fakeModel({ split, windows });
  const view = borders(model as never);
  document.body.append(...view.elements);
  view.update();
  const sliders = [...document.querySelectorAll<HTMLElement>("[role=slider]")];
  for (const slider of sliders) {
    slider.setPointerCapture = () => undefined;
    const line = slider.querySelector(".rcw-split-line") as HTMLElement;
    const at = () => 100 + 5 * Number.parseFloat(slider.style.left);
    line.getBoundingClientRect = () => ({ left: at() - 1, right: at() + 1 }) as DOMRect;
  }
  const area = document.querySelector(".rcw-split-borders") as HTMLElement;
  area.getBoundingClientRect = () => ({ left: 100, width: 500, right: 600, top: 0, bottom: 100, height: 100 }) as DOMRect;
  const point = (slider: HTMLElement, kind: string, x: number) =>
    slider.dispatchEvent(Object.assign(new MouseEvent(kind, { clientX: x, button: 0, bubbles: true }), { pointerId: 1 }));
  const kernel = (changes: Partial<Split>) => {
    model.state["split"] = { ...(model.state["split"] as Split), ...changes };
    view.update();
  };
  return { model, view, sliders, point, kernel, first: sliders[0] as HTMLElement, second: sliders[1] as HTMLElement };
}

const row = (slider: HTMLElement) => Number(slider.getAttribute("aria-valuenow"));
const moved = (to: number): Partial<Split> => {
  const [first, second] = made().borders;
  return { borders: [{ ...first, row: to }, second] as Split["borders"] };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

test("parts and borders are named, counted and in their places", () => {
  const { first, second } = shown();
  expect([...document.querySelectorAll(".rcw-split-part")].map((part) => part.textContent)).toEqual([
    "Warm-up200 rows",
    "Train600 rows",
    "Test199 rows",
  ]);
  expect([first.style.left, second.style.left]).toEqual(["20%", "80%"]);
  expect(first.getAttribute("aria-label")).toBe("Border of warm-up and train");
  expect(first.getAttribute("aria-valuetext")).toBe("warm-up ends at row 200");
  expect(["min", "now", "max"].map((one) => second.getAttribute(`aria-value${one}`))).toEqual(["210", "800", "997"]);
  expect(first.tabIndex).toBe(0);
});

test("another figure has none", () => {
  const { view, model } = shown({});
  expect(document.querySelectorAll("[role=slider]").length).toBe(0);
  expect(view.elements.slice(0, 2).every((element) => element.hidden)).toBe(true);
  view.remove();
  expect(model.listening()).toBe(0);
});

test("a drag follows the pointer at once, tells the kernel now and then, and is one gesture", async () => {
  const { model, first, point, kernel } = shown();
  point(first, "pointerdown", 200);
  point(first, "pointermove", 210);
  expect(row(first)).toBe(220);
  for (const x of [220, 230, 240]) point(first, "pointermove", x);
  expect(row(first)).toBe(280);
  expect(model.sent.length).toBe(1);
  vi.advanceTimersByTime(100);
  expect(model.sent.length).toBe(2);
  expect(new Set(model.sent.map((one) => one.gesture)).size).toBe(1);
  kernel({ ...moved(222), revision: 2 }); // an older place, while the hand is on it
  expect(row(first)).toBe(280);
  point(first, "pointerup", 240);
  model.answer({ ok: true, result: { revision: 3 } });
  await vi.advanceTimersByTimeAsync(0);
  expect(row(first)).toBe(280); // until the kernel shows it too
  kernel({ ...moved(280), revision: 3 });
  kernel({ ...moved(50), revision: 4 });
  expect(row(first)).toBe(50);
});

test("a refusal is said, and the border goes back", async () => {
  const { model, first, point } = shown();
  point(first, "pointerdown", 200);
  point(first, "pointermove", 260);
  point(first, "pointerup", 260);
  expect(row(first)).not.toBe(200);
  model.answer({ ok: false, error: { text: "Channel 'x' is constant." } });
  await vi.advanceTimersByTimeAsync(0);
  expect(row(first)).toBe(200);
  expect(document.querySelector("[role=alert]")?.textContent).toBe("Channel 'x' is constant.");
  vi.advanceTimersByTime(10_000);
  expect((document.querySelector("[role=alert]") as HTMLElement).hidden).toBe(true);
});

test("keys move a border within its reach, and a burst of them is one gesture", () => {
  const { model, second } = shown();
  const press = (key: string, shiftKey = false) => second.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, cancelable: true }));
  press("ArrowLeft");
  press("ArrowLeft", true);
  expect(row(second)).toBe(690);
  press("Home");
  expect(row(second)).toBe(210);
  press("End");
  expect(row(second)).toBe(997);
  press("ArrowUp");
  expect(row(second)).toBe(997);
  expect(press("x")).toBe(true);
  vi.advanceTimersByTime(200);
  expect(model.sent.map((one) => one.row)).toEqual([790, 997]);
  expect(new Set(model.sent.map((one) => one.gesture)).size).toBe(1);
});

test("a border that is zoomed out of the window stays for the keyboard alone", () => {
  const { first, second } = shown(made(), [[0.6, 0.9, 0, 1]]);
  expect(first.classList.contains("rcw-split-outside")).toBe(true);
  expect(second.classList.contains("rcw-split-outside")).toBe(false);
  expect(Number.parseFloat(second.style.left)).toBeCloseTo(66.667, 2);
  expect((document.querySelector(".rcw-split-part:nth-child(1)") as HTMLElement).hidden).toBe(true);
});

test("rows are round where a pixel is many, and keys step by hundredths", () => {
  expect(reached(2037, { low: 0, high: 9000 }, 18)).toBe(2040);
  expect(reached(2037.4, { low: 0, high: 9000 }, 1.5)).toBe(2037);
  expect(reached(-3, { low: 5, high: 9 }, 18)).toBe(5);
  const border = made().borders[0] as Split["borders"][0];
  expect(keyed({ key: "ArrowRight", shiftKey: false }, 200, border, 1000)).toBe(210);
  expect(keyed({ key: "PageUp", shiftKey: false }, 200, border, 1000)).toBe(300);
  expect(keyed({ key: "ArrowRight", shiftKey: false }, 3, border, 20)).toBe(4);
  expect(keyed({ key: "a", shiftKey: false }, 3, border, 20)).toBeNull();
});

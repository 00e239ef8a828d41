import { afterEach, expect, test, vi } from "vitest";
import caption from "../src/caption";
import { plain } from "../src/figure/picture";
import { panned, zoomed } from "../src/figure/zoom";

type Listener = (...values: unknown[]) => void;

/** A model that keeps its listeners and what was sent through it. */
function fakeModel(state: Record<string, unknown>) {
  const listeners = new Map<string, Set<Listener>>();
  const sent: { id: number; type: string }[] = [];
  return {
    sent,
    get: (name: string) => state[name],
    on: (name: string, listener: Listener) => listeners.set(name, (listeners.get(name) ?? new Set()).add(listener)),
    off: (name: string, listener: Listener) => listeners.get(name)?.delete(listener),
    send: (message: { id: number; type: string }) => sent.push(message),
    change(name: string, value: unknown) {
      state[name] = value;
      for (const listener of listeners.get(`change:${name}`) ?? []) listener();
    },
    reply(...values: unknown[]) {
      for (const listener of listeners.get("msg:custom") ?? []) listener(...values);
    },
    get listening() {
      return [...listeners.values()].reduce((count, set) => count + set.size, 0);
    },
  };
}

function shown(state: Record<string, unknown> = {}) {
  const model = fakeModel({ label: "Loss", subtitle: "of each tweak", legend: [], summary: "One tweak.", ...state });
  const box = document.createElement("div");
  box.className = "rcw-figure";
  const drawing = document.createElement("div");
  drawing.className = "bqplot";
  const el = document.createElement("div");
  box.append(el, drawing);
  document.body.append(box);
  const remove = caption.render({ model, el } as unknown as Parameters<typeof caption.render>[0]);
  const button = el.querySelector(".rcw-save") as HTMLButtonElement;
  return { model, box, drawing, el, button, remove };
}

afterEach(() => document.body.replaceChildren());

test("the box gets the role, the name and the description of the figure, and the drawing is hidden from readers", () => {
  const { box, drawing, model } = shown();
  expect(box.getAttribute("role")).toBe("figure");
  expect(box.getAttribute("aria-label")).toBe("Loss");
  const description = document.getElementById(box.getAttribute("aria-describedby") ?? "");
  expect(description?.textContent).toBe("One tweak.");
  expect(drawing.getAttribute("aria-hidden")).toBe("true");
  model.change("summary", "Two tweaks.");
  expect(description?.textContent).toBe("Two tweaks.");
});

test("two views have descriptions of their own", () => {
  const [first, second] = [shown({ summary: "One." }), shown({ summary: "Two." })];
  const text = (box: Element) => document.getElementById(box.getAttribute("aria-describedby") ?? "")?.textContent;
  expect([text(first.box), text(second.box)]).toEqual(["One.", "Two."]);
});

test("a box that is attached later is named in the next frame", async () => {
  const model = fakeModel({ label: "Loss", subtitle: "", legend: [], summary: "" });
  const el = document.createElement("div");
  caption.render({ model, el } as unknown as Parameters<typeof caption.render>[0]);
  const box = document.createElement("div");
  box.className = "rcw-figure";
  box.append(el);
  await vi.waitFor(() => expect(box.getAttribute("role")).toBe("figure"));
});

test("texts from the kernel stay texts", () => {
  const evil = "<img src=x onerror=alert(1)>";
  const { el } = shown({ subtitle: evil, summary: evil, legend: [{ text: evil, color: "var(--rcw-channel-1)", form: "line" }] });
  expect(el.querySelector("img")).toBeNull();
  expect(el.querySelector(".rcw-legend .rcw-legend-item")?.textContent).toBe(evil);
});

test("the legend has a swatch for each entry that has a form", () => {
  const { el } = shown({
    legend: [
      { text: "truth", color: "var(--rcw-truth)", form: "wide" },
      { text: "of 10 channels", color: "", form: "none" },
    ],
  });
  expect([...el.querySelectorAll(".rcw-legend .rcw-swatch")].map((swatch) => swatch.className)).toEqual(["rcw-swatch rcw-swatch-wide"]);
});

test("entries of the legend without room stand behind a button with their number", () => {
  const { el, model } = shown({ legend: [] });
  const more = el.querySelector(".rcw-legend-more") as HTMLButtonElement;
  expect(more.hidden).toBe(true);
  const top = vi.spyOn(HTMLElement.prototype, "offsetTop", "get").mockImplementation(function (this: HTMLElement) {
    return this.matches(".rcw-legend > :nth-child(n + 3)") ? 26 : 0;
  });
  const names = ["truth", "x", "y", "z"];
  model.change("legend", names.map((text) => ({ text, color: "red", form: "line" })));
  expect([more.hidden, more.textContent]).toEqual([false, "+2"]);
  const all = el.querySelector(".rcw-legend-all") as HTMLElement;
  expect(all.hidden).toBe(true);
  more.click();
  expect([all.hidden, more.getAttribute("aria-expanded")]).toEqual([false, "true"]);
  expect([...all.children].map((one) => one.textContent)).toEqual(names);
  more.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(all.hidden).toBe(true);
  top.mockRestore();
});

test("the button asks for the data and saves only the answer to its own question", () => {
  const saved: Blob[] = [];
  const names: string[] = [];
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => (saved.push(blob), "blob:x"), revokeObjectURL: () => undefined }));
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  const { model, button } = shown();
  expect(button.getAttribute("aria-label")).toBe("Download the data of Loss as CSV");
  button.click();
  const id = model.sent[0]?.id ?? -1;
  expect(model.sent).toEqual([{ id, type: "csv" }]);
  expect(button.getAttribute("aria-busy")).toBe("true");
  const bytes = new DataView(new TextEncoder().encode("a,b\n").buffer);
  model.reply({ id: id + 1, ok: true }, [bytes]);
  expect(names).toEqual([]);
  model.reply({ id, ok: true }, [bytes]);
  expect(names).toEqual(["loss.csv"]);
  expect(saved.map((blob) => blob.size)).toEqual([4]);
  expect(button.hasAttribute("aria-busy")).toBe(false);
});

test("a refusal is said at the button", () => {
  const { model, button } = shown();
  button.click();
  model.reply({ id: model.sent[0]?.id, ok: false, error: { text: "No data." } }, []);
  expect(button.getAttribute("aria-label")).toContain("No data.");
});

test("a button whose question is not answered says why", () => {
  vi.useFakeTimers();
  const { button } = shown();
  button.click();
  vi.advanceTimersByTime(2000);
  expect(button.title).toContain("Waits for the kernel");
  vi.useRealTimers();
});

test("a removed view leaves no listener behind", () => {
  const { model, remove } = shown();
  expect(model.listening).toBe(9);
  remove();
  expect(model.listening).toBe(0);
});

const FIGURE = { name: "Figure", value: "Prediction", options: ["Prediction", "Residuals"] };

test("the choice of the figure stands in the place of the title and sends what was chosen", () => {
  const { model, el } = shown({ controls: [FIGURE] });
  const select = el.querySelector("select") as HTMLSelectElement;
  expect((el.querySelector(".rcw-caption-title") as HTMLElement).hidden).toBe(true);
  expect(select.getAttribute("aria-label")).toBe("Figure");
  expect([...select.options].map((option) => option.text)).toEqual(FIGURE.options);
  select.value = "Residuals";
  select.dispatchEvent(new Event("change"));
  expect(model.sent).toMatchObject([{ type: "choose", name: "Figure", value: "Residuals" }]);
});

test("a select that stays keeps its element, and others come and go", () => {
  const { model, el } = shown({ controls: [FIGURE] });
  const before = el.querySelector("select");
  model.change("controls", [{ ...FIGURE, value: "Residuals" }, { name: "Up", value: "y", options: ["x", "y"] }]);
  expect([...el.querySelectorAll("select")].map((select) => select.value)).toEqual(["Residuals", "y"]);
  expect(el.querySelector("select")).toBe(before);
  model.change("controls", [FIGURE]);
  expect(el.querySelectorAll("select").length).toBe(1);
  expect(before?.value).toBe("Prediction");
});

test("the zoom buttons send windows of every panel, and the arrow keys move them", () => {
  vi.useFakeTimers();
  const { model, el } = shown({ windows: [[0, 1, 0, 1]] });
  const [closer, farther, all] = el.querySelectorAll<HTMLButtonElement>(".rcw-tool");
  expect(all?.disabled).toBe(true);
  closer?.click();
  expect(model.sent.at(-1)).toMatchObject({ type: "zoom", panel: 0, to: [0.25, 0.75, 0.25, 0.75] });
  closer?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  vi.advanceTimersByTime(200);
  expect(model.sent.at(-1)).toMatchObject({ to: [0.375, 0.875, 0.25, 0.75] });
  farther?.click();
  vi.advanceTimersByTime(200);
  expect(model.sent.at(-1)).toMatchObject({ to: [0, 1, 0, 1] });
  vi.useRealTimers();
});

test("a plain key in the caption is not JupyterLab's", () => {
  const heard = vi.fn();
  document.addEventListener("keydown", heard);
  const { button } = shown();
  for (const init of [{ key: "x" }, { key: "s", ctrlKey: true }]) button.dispatchEvent(new KeyboardEvent("keydown", { ...init, bubbles: true }));
  expect(heard.mock.calls.map(([event]) => (event as KeyboardEvent).key)).toEqual(["s"]);
  document.removeEventListener("keydown", heard);
});

test("windows zoom about a point and stay inside of the whole", () => {
  expect(zoomed([0, 1, 0, 1], 0.5, 0, 1)).toEqual([0, 0.5, 0.5, 1]);
  expect(zoomed([0.5, 1, 0, 1], 4)).toEqual([0, 1, 0, 1]);
  expect(panned([0.5, 0.75, 0, 1], 9, -9)).toEqual([0.75, 1, 0, 1]);
});

test("mixed colours are written so that every reader of SVG knows them", () => {
  expect(plain("color(srgb 0.5 0 1)")).toBe("rgb(128, 0, 255)");
  expect(plain("color(srgb 0 0 1 / 0.5)")).toBe("rgba(0, 0, 255, 0.5)");
  expect(plain("rgb(1, 2, 3)")).toBe("rgb(1, 2, 3)");
});

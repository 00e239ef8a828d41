import { afterEach, expect, test, vi } from "vitest";
import caption from "../src/caption";
import { inLines, plain } from "../src/figure/svg";
import type { Panel } from "../src/figure/wire";
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
  const entry = (start: string) =>
    [...el.querySelectorAll<HTMLButtonElement>(".rcw-menu-item")].find((one) => one.title.startsWith(start)) as HTMLButtonElement;
  const button = entry("Download");
  const said = el.querySelector(".rcw-menu-said") as HTMLElement;
  return { model, box, drawing, el, button, entry, said, remove };
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
  model.change(
    "legend",
    names.map((text) => ({ text, color: "red", form: "line", title: `the ${text}` })),
  );
  expect([more.hidden, more.textContent]).toEqual([false, "+2"]);
  const all = el.querySelector(".rcw-legend-all") as HTMLElement;
  expect(all.hidden).toBe(true);
  more.click();
  expect([all.hidden, more.getAttribute("aria-expanded")]).toEqual([false, "true"]);
  const entries = [...all.querySelectorAll<HTMLElement>(".rcw-legend-item")];
  expect(entries.map((one) => [one.textContent, one.title])).toEqual(names.map((text) => [text, `the ${text}`]));
  more.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(all.hidden).toBe(true);
  top.mockRestore();
});

test("the button asks for the data and saves only the answer to its own question", () => {
  const saved: Blob[] = [];
  const names: string[] = [];
  const createObjectURL = (blob: Blob): string => `blob:${saved.push(blob)}`;
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL, revokeObjectURL: () => undefined }));
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

test("a refusal is said in the menu", () => {
  const { model, button, said } = shown();
  button.click();
  model.reply({ id: model.sent[0]?.id, ok: false, error: { text: "No data." } }, []);
  expect([said.textContent, said.getAttribute("role")]).toEqual(["No data.", "status"]);
});

test("the menu says why a question is not answered", () => {
  vi.useFakeTimers();
  const { button, said } = shown();
  button.click();
  vi.advanceTimersByTime(2000);
  expect(said.textContent).toContain("Waits for the running cell");
  vi.useRealTimers();
});

test("a removed view leaves no listener behind", () => {
  const { model, remove } = shown();
  expect(model.listening).toBe(14);
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
  model.change("controls", [
    { ...FIGURE, value: "Residuals" },
    { name: "Up", value: "y", options: ["x", "y"] },
  ]);
  expect([...el.querySelectorAll("select")].map((select) => select.value)).toEqual(["Residuals", "y"]);
  expect(el.querySelector("select")).toBe(before);
  model.change("controls", [FIGURE]);
  expect(el.querySelectorAll("select").length).toBe(1);
  expect(before?.value).toBe("Prediction");
});

const SERIES = { name: "Series", value: "b", options: ["a", "b", "c"], form: "steps" };

test("a choice that can be stepped through goes on by one at a button, and no further than to its ends", () => {
  const { model, el } = shown({ controls: [FIGURE, SERIES] });
  const group = el.querySelector('[role="group"][aria-label="Series"]') as HTMLElement;
  const [before, after] = ["Previous series", "Next series"].map(
    (name) => group.querySelector(`[aria-label="${name}"]`) as HTMLButtonElement,
  );
  expect(group.textContent).toContain("2 of 3");
  after?.click();
  expect(model.sent).toMatchObject([{ type: "choose", name: "Series", value: "c" }]);
  expect(group.textContent).toContain("3 of 3");
  expect(after?.getAttribute("aria-disabled")).toBe("true");
  after?.click();
  expect(model.sent.length).toBe(1);
  before?.click();
  expect(model.sent[1]).toMatchObject({ value: "b" });
  model.change("controls", [FIGURE, { ...SERIES, value: "a" }]);
  expect(group.textContent).toContain("1 of 3");
  expect(before?.getAttribute("aria-disabled")).toBe("true");
  model.change("controls", [FIGURE]);
  expect(el.querySelector('[aria-label="Series"]')).toBeNull();
});

const panel = (changes: Partial<Panel> = {}): Panel => ({
  plane: false,
  reading: "line",
  x: "scale-x",
  y: "scale-y",
  across: "time",
  calendar: null,
  up: "",
  words: [],
  marks: [],
  ...changes,
});

test("a zoom narrows x alone and leaves y whole, but in a plane; the menu moves what is shown", () => {
  vi.useFakeTimers();
  const { model, entry } = shown({ windows: [[0, 1, 0, 1]], panels: [panel()] });
  expect([entry("Show all").disabled, entry("Move left").parentElement?.hidden]).toEqual([true, true]);
  entry("Zoom in").click();
  expect(model.sent.at(-1)).toMatchObject({ type: "zoom", panel: 0, to: [0.25, 0.75, 0, 1] });
  expect([entry("Move left").parentElement?.hidden, entry("Move up").hidden]).toEqual([false, true]);
  entry("Move right").click();
  vi.advanceTimersByTime(200);
  expect(model.sent.at(-1)).toMatchObject({ to: [0.375, 0.875, 0, 1] });
  entry("Zoom out").click();
  vi.advanceTimersByTime(200);
  expect(model.sent.at(-1)).toMatchObject({ to: [0, 1, 0, 1] });
  const plane = shown({ windows: [[0, 1, 0, 1]], panels: [panel({ plane: true })] });
  plane.entry("Zoom in").click();
  expect(plane.model.sent.at(-1)).toMatchObject({ to: [0.25, 0.75, 0.25, 0.75] });
  expect(plane.entry("Move up").hidden).toBe(false);
  vi.useRealTimers();
});

test("the tools stand in a menu that opens by click or arrow, is walked through by keys, and closes", () => {
  const { el } = shown({ windows: [[0, 1, 0, 1]], panels: [panel()] });
  const opener = el.querySelector(".rcw-menu-button") as HTMLButtonElement;
  const list = el.querySelector("[role=menu]") as HTMLElement;
  const open = () => (list.parentElement as HTMLElement).hidden === false;
  const press = (key: string) =>
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const here = () => document.activeElement?.textContent;
  expect([opener.title, opener.getAttribute("aria-expanded"), open()]).toEqual(["Tools of Loss", "false", false]);
  opener.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
  expect([open(), opener.getAttribute("aria-expanded"), here()]).toEqual([true, "true", "Zoom in"]);
  press("ArrowRight");
  expect(here()).toBe("Zoom out");
  press("ArrowDown");
  expect(here()).toBe("Wide");
  press("End");
  expect(here()).toBe("SVG");
  press("Escape");
  expect([open(), document.activeElement]).toEqual([false, opener]);
  opener.click();
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true, composed: true }));
  expect(open()).toBe(false);
  const names = [...list.querySelectorAll<HTMLElement>("button")].map((one) => [one.getAttribute("role"), one.title]);
  expect(names.filter(([role]) => role === "menuitem").map(([, name]) => name)).toEqual([
    "Zoom in (Ctrl and wheel)",
    "Zoom out",
    "Show all (double click)",
    "Move left",
    "Move right",
    "Move up",
    "Move down",
    "Download the data of Loss as CSV",
    "Save the picture of Loss as PNG",
    "Save the picture of Loss as SVG",
  ]);
});

test("a size is chosen, kept in the browser, and there again in the next view; one figure at a time stands beside the canvas", () => {
  window.localStorage.clear();
  const playground = document.createElement("div");
  playground.className = "rcw-playground";
  let width = 1000;
  Object.defineProperty(playground, "clientWidth", { get: () => width });
  document.body.append(playground);
  const within = (state: Record<string, unknown>) => {
    const made = shown(state);
    made.remove();
    playground.append(made.box);
    made.el.replaceChildren();
    const remove = caption.render({ model: made.model, el: made.el } as unknown as Parameters<typeof caption.render>[0]);
    const entry = (start: string) =>
      [...made.el.querySelectorAll<HTMLButtonElement>("[role=menuitemradio]")].find((one) =>
        one.title.startsWith(start),
      ) as HTMLButtonElement;
    const sizes = () => ["rcw-wide", "rcw-beside"].filter((name) => made.box.classList.contains(name));
    return { ...made, remove, entry, sizes };
  };
  const first = within({ controls: [FIGURE] });
  const second = within({});
  first.entry("Beside").click();
  expect([first.sizes(), playground.classList.contains("rcw-has-beside")]).toEqual([["rcw-beside"], true]);
  second.entry("Beside").click();
  expect([first.sizes(), second.sizes()]).toEqual([[], ["rcw-beside"]]);
  expect(first.entry("Usual").getAttribute("aria-checked")).toBe("true");
  first.entry("Wide").click();
  expect(JSON.parse(window.localStorage.getItem("rcwidgets.figures") ?? "")).toEqual({ Figure: "wide", Loss: "beside" });
  first.remove();
  second.remove();
  playground.replaceChildren();
  width = 600;
  expect(within({}).sizes()).toEqual(["rcw-wide"]); // no room beside the canvas
  playground.replaceChildren();
  expect(within({ controls: [{ ...FIGURE, value: "Residuals" }], label: "Residuals" }).sizes()).toEqual(["rcw-wide"]);
  window.localStorage.setItem("rcwidgets.figures", "no JSON");
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  expect(within({}).sizes()).toEqual([]);
  expect(warned).toHaveBeenCalled();
  warned.mockRestore();
  window.localStorage.clear();
});

test("channels are chosen in the list of the legend; what the kernel refuses is said there and taken back", () => {
  const channels = ["a", "b", "c"].map((name, place) => ({ name, color: place < 2 ? `var(--rcw-channel-${place + 1})` : "" }));
  const { model, el } = shown({ channels });
  const more = el.querySelector(".rcw-legend-more") as HTMLButtonElement;
  expect(more.hidden).toBe(false);
  more.click();
  const boxes = [...el.querySelectorAll<HTMLInputElement>(".rcw-legend-channel input")];
  expect(boxes.map((box) => [box.labels?.[0]?.textContent, box.checked])).toEqual([
    ["a", true],
    ["b", true],
    ["c", false],
  ]);
  boxes[2]?.click();
  expect(model.sent.at(-1)).toMatchObject({ type: "channels", shown: [0, 1, 2] });
  model.reply({ id: model.sent.at(-1)?.id, ok: false, error: { text: "A figure shows 1 to 2 channels." } });
  expect([boxes[2]?.checked, el.querySelector(".rcw-legend-said")?.textContent]).toEqual([false, "A figure shows 1 to 2 channels."]);
  boxes[0]?.click();
  model.change("channels", [...channels]); // an older state of the kernel
  expect(boxes.map((box) => box.checked)).toEqual([false, true, false]);
  model.reply({ id: model.sent.at(-1)?.id, ok: true });
  model.change(
    "channels",
    channels.map((channel, place) => ({ ...channel, color: place === 1 ? "var(--rcw-channel-2)" : "" })),
  );
  expect(boxes.map((box) => box.checked)).toEqual([false, true, false]);
  model.change("channels", []);
  expect((el.querySelector(".rcw-legend-channels") as HTMLElement).hidden).toBe(true);
});

test("a new summary measures nothing: only a legend, a subtitle or a choice is fitted to its room", () => {
  const { model } = shown();
  const measured = vi.spyOn(Element.prototype, "scrollWidth", "get");
  model.change("summary", "Three changes.");
  expect(measured).not.toHaveBeenCalled();
  model.change("subtitle", "against ridge beta");
  expect(measured).toHaveBeenCalled();
  measured.mockRestore();
});

test("words stand in lines of a width", () => {
  expect(inLines(["one", "two", "three", "four"], 70, 10)).toEqual(["one two", "three", "four"]);
  expect(inLines([], 70)).toEqual([]);
});

test("a plain key in the caption is not JupyterLab's", () => {
  const heard = vi.fn();
  document.addEventListener("keydown", heard);
  const { button } = shown();
  for (const init of [{ key: "x" }, { key: "s", ctrlKey: true }])
    button.dispatchEvent(new KeyboardEvent("keydown", { ...init, bubbles: true }));
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

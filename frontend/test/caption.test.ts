import { afterEach, expect, test, vi } from "vitest";
import caption from "../src/caption";

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
  const button = el.querySelector("button") as HTMLButtonElement;
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
  expect(el.querySelector(".rcw-legend-item")?.textContent).toBe(evil);
});

test("the legend has a swatch for each entry that has a form", () => {
  const { el } = shown({
    legend: [
      { text: "truth", color: "var(--rcw-truth)", form: "wide" },
      { text: "of 10 channels", color: "", form: "none" },
    ],
  });
  expect([...el.querySelectorAll(".rcw-swatch")].map((swatch) => swatch.className)).toEqual(["rcw-swatch rcw-swatch-wide"]);
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
  expect(model.listening).toBe(7);
  remove();
  expect(model.listening).toBe(0);
});

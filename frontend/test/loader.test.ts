import type { AnyModel, RenderProps } from "@anywidget/types";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeModel } from "../dev/kernel";
import loader, { PATIENCE } from "../src/loader";

const SCRIPT =
  "export default { render({ el, facts }) { el.textContent = 'drawn ' + facts.size; return () => { el.textContent = 'left'; }; } };";
const PIECES = [SCRIPT, ".rcw-x { color: red; }", '{"size": 3}'];
let bundles = 0;

function newName(): string {
  bundles += 1;
  return `x-${bundles}`;
}

/** A model of a bundle that this page has not seen, and its view. */
function shown(traits: Record<string, unknown> = {}, name = newName()) {
  const model = new FakeModel({ _bundle: name, ...traits });
  Object.assign(model, { set: (trait: string, value: unknown) => Object.assign(model.state, { [trait]: value }) });
  const el = document.createElement("div");
  document.body.append(el);
  loader.initialize({ model: model as unknown as AnyModel });
  const leave = loader.render({ model, el } as unknown as RenderProps);
  return { model, el, leave, name };
}

const settled = (el: Element, text: string): Promise<void> => vi.waitFor(() => expect(el.textContent).toBe(text));

beforeEach(() => {
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => address(blob), revokeObjectURL: () => undefined }));
});
afterEach(() => void vi.unstubAllGlobals());

/** Node imports no `blob:` addresses. */
function address(_: Blob): string {
  return `data:text/javascript,${encodeURIComponent(SCRIPT)}`;
}

it("draws with the code that came with the model, and leaves it in no state", async () => {
  const { model, el, leave } = shown({ _code: PIECES });
  await settled(el, "drawn 3");
  expect(model.state["_code"]).toBeNull();
  expect(model.sent).toEqual([]);
  expect(document.head.textContent).toContain(".rcw-x");
  leave();
  expect(el.textContent).toBe("left");
});

it("asks the kernel for code that nobody has, and says so while it waits", async () => {
  vi.useFakeTimers();
  const { model, el } = shown();
  expect(model.sent).toEqual([{ type: "load" }]);
  await vi.advanceTimersByTimeAsync(PATIENCE - 1);
  expect(el.textContent).toBe("");
  await vi.advanceTimersByTimeAsync(1);
  expect(el.textContent).toMatch(/^This widget waits for its kernel/);
  vi.useRealTimers();
  model.fire(
    "msg:custom",
    { type: "loaded" },
    PIECES.map((piece) => new DataView(new TextEncoder().encode(piece).buffer)),
  );
  await settled(el, "drawn 3");
});

it("evaluates a bundle once for all of its widgets", async () => {
  const first = shown({ _code: PIECES });
  await settled(first.el, "drawn 3");
  const second = shown({}, first.name);
  await settled(second.el, "drawn 3");
  expect(second.model.sent).toEqual([]);
});

it("draws nothing in a view that is gone before the code is there", async () => {
  const { model, el, leave } = shown();
  leave();
  model.fire(
    "msg:custom",
    { type: "loaded" },
    PIECES.map((piece) => new DataView(new TextEncoder().encode(piece).buffer)),
  );
  await new Promise((done) => setTimeout(done, 50));
  expect(el.textContent).toBe("");
});

it("asks again when a kernel comes", () => {
  const { model } = shown();
  model.fire("comm_live_update");
  expect(model.sent).toEqual([{ type: "load" }, { type: "load" }]);
});

it("marks the Playground whose app is missing, until its code is there or its view has gone", async () => {
  vi.useFakeTimers();
  const whole = document.createElement("div");
  whole.className = "rcw-playground";
  document.body.append(whole);
  const { el, leave } = shown({}, "app-0");
  whole.append(el);
  const footer = shown();
  whole.append(footer.el);
  await vi.advanceTimersByTimeAsync(PATIENCE);
  expect(whole.className).toBe("rcw-playground rcw-waits");
  leave();
  expect(whole.className).toBe("rcw-playground");
  const { model, el: again } = shown({}, "app-0");
  whole.append(again);
  await vi.advanceTimersByTimeAsync(PATIENCE);
  expect(whole.className).toBe("rcw-playground rcw-waits");
  vi.useRealTimers();
  model.fire(
    "msg:custom",
    { type: "loaded" },
    PIECES.map((piece) => new DataView(new TextEncoder().encode(piece).buffer)),
  );
  await settled(again, "drawn 3");
  expect(whole.className).toBe("rcw-playground");
});

import { act, fireEvent, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { FakeKernel } from "../dev/kernel";
import { edits, node, show, wait } from "./app";

const card = (element: HTMLElement, id: string): HTMLElement => element.querySelector(`.react-flow__node[data-id="${id}"]`) as HTMLElement;
const focus = (element: HTMLElement, id: string): void => act(() => card(element, id).focus());

describe("building by keyboard", () => {
  it("searches, adds a node in a free place, and keeps the others where they are", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    act(() => (element.querySelector(".rcw-root") as HTMLElement).focus());
    await user.keyboard("/");
    await wait(40);
    expect(document.activeElement).toBe(view.getByRole("searchbox", { name: "Search nodes" }));
    await user.keyboard("gru{ArrowDown}{Enter}");
    expect(kernel.document.nodes.map((entry) => entry.name)).toEqual(["input", "reservoir", "readout", "gru"]);
    expect(kernel.document.nodes.every((entry) => entry.position !== null)).toBe(true);
    expect(view.getByRole("status", { name: "Status" }).textContent).toBe("gru added");
    expect(kernel.app.sent).toHaveLength(1);
  });

  it("wires with c, arrows and Enter, and says every step", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    const status = view.getByRole("status", { name: "Status" });
    focus(element, "o");
    await user.keyboard("c");
    expect(status.textContent).toBe("readout to reservoir: feedback, 1 step late. Enter connects.");
    await user.keyboard("{ArrowLeft}");
    expect(status.textContent).toBe("readout to input: 'input' takes no feedback. Feedback goes to a reservoir or a recurrent node.");
    await user.keyboard("{Enter}");
    expect(edits(kernel)).toEqual([]);
    await user.keyboard("{ArrowRight}{Enter}");
    expect(edits(kernel)).toEqual([{ op: "connect", source: "o", target: "r", feedback: true }]);
    await user.keyboard("c{Escape}");
    expect(status.textContent).toBe("Not connected");
  });

  it("moves with the arrows as one gesture, removes with Delete, and takes it back with Ctrl-Z", async () => {
    const user = userEvent.setup();
    const { kernel, element } = await show();
    focus(element, "r");
    await user.keyboard("{Enter}{ArrowRight}{ArrowRight}{ArrowDown}");
    const moves = kernel.app.sent.filter((message) => message["type"] === "edit");
    expect(moves).toHaveLength(3);
    expect(new Set(moves.map((message) => message["gesture"])).size).toBe(1);
    const [x = 0, y = 0] = (moves[0]?.["edits"] as { positions: Record<string, number[]> }[] | undefined)?.[0]?.positions["r"] ?? [];
    expect(node(kernel, "r")?.position).toEqual([x + 10, y + 10]);
    await user.keyboard("{Delete}");
    expect(node(kernel, "r")).toBeUndefined();
    expect(document.activeElement).toBe(element.querySelector(".rcw-root"));
    await user.keyboard("{Control>}z{/Control}");
    expect(node(kernel, "r")).toBeDefined();
  });

  it("copies and pastes inside the canvas", async () => {
    const user = userEvent.setup();
    const { kernel, element } = await show();
    focus(element, "r");
    await user.keyboard("{Enter}{Control>}cv{/Control}");
    expect(kernel.document.nodes.map((entry) => entry.name)).toContain("reservoir_2");
  });

  it("renames with F2, and the node has the focus again, also after Escape", async () => {
    const user = userEvent.setup();
    const { kernel, element } = await show();
    focus(element, "r");
    await user.keyboard("{F2}memory{Enter}");
    expect(edits(kernel)).toEqual([{ op: "rename", node: "r", name: "memory" }]);
    expect(card(element, "r").getAttribute("aria-label")).toMatch(/^memory, /);
    expect(document.activeElement).toBe(card(element, "r"));
    await user.keyboard("{F2}other{Escape}");
    expect(document.activeElement).toBe(card(element, "r"));
    expect(edits(kernel)).toHaveLength(1);
  });

  it("keeps a name that was refused, with the reason at the field, until it is mended", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    focus(element, "r");
    await user.keyboard("{F2}input{Enter}");
    const field = view.getByRole("textbox", { name: "New name of reservoir" }) as HTMLInputElement;
    expect(document.activeElement).toBe(field);
    expect(field.value).toBe("input");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field.getAttribute("aria-describedby") as string)?.textContent).toBe(
      "'input' is taken. Choose another name.",
    );
    await user.click(view.getByRole("option", { name: "GRU" })); // leaving it does not throw it away
    expect(field.value).toBe("input");
    expect(edits(kernel).filter((edit) => (edit as { op: string }).op === "rename")).toHaveLength(1);
    await user.type(field, "_a");
    expect(field.getAttribute("aria-invalid")).toBeNull();
    await user.keyboard("{Enter}");
    expect(node(kernel, "r")?.name).toBe("input_a");
  });

  it("renames from the inspector, and its button has the focus again", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    fireEvent.click(card(element, "r"));
    for (const [keys, name] of [
      ["memory{Enter}", "memory"],
      ["other{Escape}", "memory"],
    ]) {
      await user.click(view.getByRole("button", { name: "Rename" }));
      await user.keyboard(keys as string);
      expect(node(kernel, "r")?.name).toBe(name);
      expect(document.activeElement).toBe(view.getByRole("button", { name: "Rename" }));
    }
  });
});

describe("what is added or comes back", () => {
  const selected = (element: HTMLElement): (string | null)[] =>
    [...element.querySelectorAll(".react-flow__node.selected, .react-flow__edge.selected")].map((one) => one.getAttribute("data-id"));

  it("has the focus: a node that was clicked in from the palette, or found by the search", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    const last = (): string => kernel.document.nodes.at(-1)?.id ?? "";
    await user.click(view.getByRole("option", { name: "GRU" }));
    expect(document.activeElement).toBe(card(element, last()));
    expect(selected(element)).toEqual([last()]);
    await user.keyboard("{Delete}");
    expect(kernel.document.nodes).toHaveLength(3);
    await user.keyboard("/");
    await wait(40);
    const search = view.getByRole("searchbox", { name: "Search nodes" }) as HTMLInputElement;
    await user.keyboard("linear");
    const marked = within(view.getByRole("listbox", { name: "Node palette" })).getByRole("option", { selected: true });
    expect(marked.getAttribute("aria-label")).toBe("LinearReadout");
    expect(search.getAttribute("aria-activedescendant")).toBe(marked.id);
    await user.keyboard("{Enter}");
    expect(kernel.document.nodes.at(-1)?.kind).toBe("LinearReadout");
    expect(search.value).toBe("");
    expect(document.activeElement).toBe(card(element, last()));
  });

  it("is selected after undo and redo: nodes, or else wires", async () => {
    const user = userEvent.setup();
    const { element } = await show();
    focus(element, "r");
    await user.keyboard("{Delete}");
    await user.keyboard("{Control>}z{/Control}");
    expect(selected(element)).toEqual(["r"]);
    expect(document.activeElement).toBe(card(element, "r"));
    await user.keyboard("{Control>}a{/Control}{Delete}{Control>}z{/Control}");
    expect(selected(element)).toEqual(["i", "r", "o"]);
    expect(document.activeElement).toBe(element.querySelector(".rcw-root"));
    const wire = element.querySelector('.react-flow__edge[data-id="r>o"]') as SVGElement;
    fireEvent.click(wire);
    act(() => wire.focus());
    await user.keyboard("{Delete}{Control>}z{/Control}");
    expect(selected(element)).toEqual(["r>o"]);
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    expect(element.querySelector('.react-flow__edge[data-id="r>o"]')).toBeNull();
    await user.keyboard("{Delete}"); // nothing is selected
    expect(element.querySelectorAll(".react-flow__edge")).toHaveLength(1);
  });

  it("keeps the focus in the app where what had it goes", async () => {
    const user = userEvent.setup();
    const { view, element } = await show();
    const root = element.querySelector(".rcw-root");
    fireEvent.click(card(element, "r"));
    await user.click(view.getByRole("button", { name: "Delete" }));
    await wait(0);
    expect(document.activeElement).toBe(root);
    await user.click(view.getByRole("button", { name: "Undo" })); // there is no more to undo: it is off
    await wait(0);
    expect(document.activeElement).toBe(root);
  });
});

describe("Ctrl-Z", () => {
  it("takes a choice back while its control has the focus, which stays there", async () => {
    const user = userEvent.setup();
    const { kernel, view } = await show();
    for (const [name, value] of [
      ["Task", "sunspots"],
      ["Trainer", "BPTT"],
    ] as const) {
      const select = view.getByRole("combobox", { name }) as HTMLSelectElement;
      await user.selectOptions(select, value);
      act(() => select.focus());
      await user.keyboard("{Control>}z{/Control}");
      expect([kernel.document.task.kind, kernel.document.trainer.kind]).toEqual(["lorenz", "RidgeTrainer"]);
      expect(document.activeElement).toBe(select);
    }
  });

  it("is the field's while a number is being written, and the model's after Enter", async () => {
    const user = userEvent.setup();
    const { kernel, view } = await show();
    const field = view.getByRole("spinbutton", { name: "Horizon" });
    await user.clear(field);
    await user.type(field, "25");
    await user.keyboard("{Control>}z{/Control}");
    expect(kernel.app.sent).toEqual([]);
    await user.clear(field);
    await user.type(field, "25{Enter}");
    expect(kernel.document.task.knobs["horizon"]).toBe(25);
    await user.keyboard("{Control>}z{/Control}");
    expect(kernel.document.task.knobs["horizon"]).toBe(1);
    expect(document.activeElement).toBe(field);
  });
});

describe("keys and the notebook", () => {
  it("hears none of the canvas keys, but still Ctrl-S and Shift-Enter", async () => {
    const heard: string[] = [];
    const listen = (event: KeyboardEvent): void =>
      void heard.push(`${event.ctrlKey ? "ctrl " : ""}${event.shiftKey ? "shift " : ""}${event.key}`);
    document.addEventListener("keydown", listen);
    const { element } = await show();
    const press = (key: string, more: object = {}): boolean => fireEvent.keyDown(card(element, "i"), { key, bubbles: true, ...more });
    for (const key of ["x", "a", "b", "m", "y", "d", "d", "1", "Escape", " ", "Enter", "ArrowUp"]) press(key);
    for (const key of ["z", "c", "v"]) press(key, { ctrlKey: true });
    for (const key of ["Delete", "Backspace"]) fireEvent.keyDown(element.querySelector(".rcw-root") as Element, { key, bubbles: true });
    expect(heard).toEqual([]);
    const root = element.querySelector(".rcw-root") as Element;
    fireEvent.keyDown(root, { key: "s", ctrlKey: true });
    fireEvent.keyDown(root, { key: "Enter", shiftKey: true });
    document.removeEventListener("keydown", listen);
    expect(heard).toEqual(["ctrl s", "shift Enter"]);
  });

  it("a Delete pressed elsewhere removes nothing", async () => {
    const { kernel, element } = await show();
    fireEvent.click(card(element, "r"));
    fireEvent.keyDown(document.body, { key: "Delete" });
    expect(edits(kernel)).toEqual([]);
  });

  it("a plain wheel is left to the notebook; with Ctrl it is ours", async () => {
    const { element } = await show();
    const outside = vi.fn();
    element.addEventListener("wheel", outside);
    const pane = element.querySelector(".react-flow__pane") as Element;
    const plain = new WheelEvent("wheel", { deltaY: 50, bubbles: true, cancelable: true });
    pane.dispatchEvent(plain);
    expect(plain.defaultPrevented).toBe(false);
    expect(outside).toHaveBeenCalledTimes(1);
    const zoom = new WheelEvent("wheel", { deltaY: 50, ctrlKey: true, bubbles: true, cancelable: true });
    act(() => void pane.dispatchEvent(zoom));
    expect(zoom.defaultPrevented).toBe(true);
    expect(outside).toHaveBeenCalledTimes(1);
  });
});

it("Auto-layout is one message with a place for every node", async () => {
  const user = userEvent.setup();
  const { kernel, view } = await show();
  await user.click(view.getByRole("button", { name: "Auto-layout" }));
  expect(edits(kernel)).toHaveLength(1);
  expect(Object.keys((edits(kernel)[0] as { positions: object }).positions).sort()).toEqual(["i", "o", "r"]);
});

it("a node that is not wired says so in words", async () => {
  const kernel = new FakeKernel();
  kernel.document.edges.pop();
  const { view, element } = await show(new FakeKernel(kernel.document));
  expect(view.getByText("readout has no input. Wire a node to it.")).toBeTruthy();
  expect(card(element, "o").getAttribute("aria-label")).toContain("readout has no input");
});

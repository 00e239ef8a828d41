import { act, fireEvent, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Document } from "../src/generated";
import { edits, node, show, told, wait } from "./app";

const select = (element: HTMLElement, id: string): void => void fireEvent.click(element.querySelector(`[data-id="${id}"]`) as Element);

describe("a live slider", () => {
  it("sends one gesture a drag, throttled, the last value always, and shows the hand's value meanwhile", async () => {
    const { kernel, view } = await show();
    const slider = view.getByRole("slider", { name: "Spectral radius" });
    fireEvent.pointerDown(slider, { button: 0 });
    for (let step = 1; step <= 40; step += 1) fireEvent.change(slider, { target: { value: 0.95 + step / 100 } });
    expect(slider.getAttribute("aria-valuetext")).toBe("1.35");
    fireEvent.pointerUp(window);
    await wait(60);
    const sent = kernel.transport.sent.filter((message) => message["type"] === "set");
    expect(sent.length).toBeLessThan(6);
    expect(sent.at(-1)).toMatchObject({ owner: "r", knob: "spectral_radius", value: 1.35 });
    expect(new Set(sent.map((message) => message["gesture"])).size).toBe(1);
    expect(node(kernel, "r")?.knobs["spectral_radius"]).toBe(1.35);
    expect(edits(kernel)).toEqual([]);
  });

  it("follows the kernel when another hand sets the value", async () => {
    const { kernel, view } = await show();
    kernel.transport.onMessage({ id: 1, type: "set", owner: "r", knob: "spectral_radius", value: 0.5, gesture: "python" });
    await wait(0);
    expect(view.getByRole("slider", { name: "Spectral radius" }).getAttribute("aria-valuetext")).toBe("0.50");
  });

  it("on a log knob speaks the value, not the exponent", async () => {
    const { view, kernel } = await show();
    const slider = view.getByRole("slider", { name: "Ridge beta" });
    expect(slider.getAttribute("aria-valuetext")).toBe("1e-6");
    fireEvent.change(slider, { target: { value: -4 } });
    await wait(0);
    expect(slider.getAttribute("aria-valuetext")).toBe("1e-4");
    expect(kernel.document.trainer.knobs["beta"]).toBe(1e-4);
  });
});

describe("a knob that draws anew", () => {
  it("is sent once, when the hand lets go", async () => {
    const { kernel, view, element } = await show();
    select(element, "r");
    const slider = view.getByRole("slider", { name: "Connectivity" });
    fireEvent.pointerDown(slider, { button: 0 });
    for (const value of [0.2, 0.3, 0.4]) fireEvent.change(slider, { target: { value } });
    expect(edits(kernel)).toEqual([]);
    fireEvent.pointerUp(window);
    await wait(0);
    expect(edits(kernel)).toEqual([{ op: "set", owner: "r", knob: "connectivity", value: 0.4 }]);
    expect(told(kernel)).toEqual([]);
  });

  it("choices and ticks are sent when chosen", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    select(element, "r");
    await user.selectOptions(view.getByRole("combobox", { name: "Topology" }), "cycle");
    await user.click(view.getByRole("checkbox", { name: "Dense form" }));
    expect(edits(kernel)).toEqual([
      { op: "set", owner: "r", knob: "topology", value: "cycle" },
      { op: "set", owner: "r", knob: "dense", value: false },
    ]);
  });
});

describe("a choice that no page can make", () => {
  it("is shown where it stands, and is not offered elsewhere", async () => {
    const { kernel, view, element } = await show();
    select(element, "r");
    const words = () => [...(view.getByRole("combobox", { name: "Topology" }) as HTMLSelectElement).options].map((option) => option.value);
    const offered = words();
    expect(offered).not.toContain("own");
    const document = structuredClone(kernel.document) as Document;
    for (const entry of document.nodes) if (entry.id === "r") entry.knobs["topology"] = "own";
    act(() => kernel.app.push({ document, revision: (kernel.app.get("revision") as number) + 1 }));
    await wait(0);
    expect(words()).toEqual([...offered, "own"]);
    expect((view.getByRole("combobox", { name: "Topology" }) as HTMLSelectElement).value).toBe("own");
  });
});

describe("a text field", () => {
  const add = async (kind: string) => {
    const shown = await show();
    fireEvent.click(shown.view.getByRole("option", { name: kind }));
    await wait(0);
    const inspector = shown.element.querySelector(".rcw-inspector") as HTMLElement;
    return { ...shown, inspector: within(inspector) };
  };

  it("sends what was typed on Enter and shows whole numbers with commas", async () => {
    const user = userEvent.setup();
    const { kernel, inspector } = await add("NVAR");
    const field = inspector.getByRole("textbox", { name: "Order value" }) as HTMLInputElement;
    expect(field.value).toBe("2");
    await user.click(field);
    await user.keyboard("2,3{Enter}");
    await wait(0);
    expect(edits(kernel).at(-1)).toMatchObject({ op: "set", knob: "order", value: "2,3" });
    expect(field.value).toBe("2, 3");
    const sent = edits(kernel).length;
    await user.keyboard("{Enter}");
    expect(edits(kernel).length).toBe(sent);
    await user.click(inspector.getByRole("button", { name: "Reset to default 2" }));
    await wait(0);
    expect(field.value).toBe("2");
    expect(inspector.queryByRole("button", { name: "Reset to default 2" })).toBeNull();
  });

  it("keeps what the kernel refused with its sentence; Escape takes it back, leaving sends", async () => {
    const user = userEvent.setup();
    const { kernel, inspector } = await add("NVAR");
    const field = inspector.getByRole("textbox", { name: "Order value" }) as HTMLInputElement;
    await user.click(field);
    await user.keyboard("two{Enter}");
    await wait(0);
    expect(field.value).toBe("two");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    const sentence = document.getElementById(field.getAttribute("aria-describedby") ?? "");
    expect(sentence?.textContent).toMatch(/^Order must be whole numbers/);
    await user.keyboard("{Escape}");
    expect(field.value).toBe("2");
    expect(inspector.queryByText(/must be whole numbers/)).toBeNull();
    await user.keyboard("{Control>}a{/Control}3");
    await user.tab();
    await wait(0);
    expect(edits(kernel).at(-1)).toMatchObject({ op: "set", knob: "order", value: "3" });
    expect(field.value).toBe("3");
  });

  it("has the plain name of its knob where no card shows it", async () => {
    const { inspector } = await add("Select");
    expect((inspector.getByRole("textbox", { name: "Features" }) as HTMLInputElement).value).toBe("0");
  });
});

describe("a number field", () => {
  it("keeps what was typed and says why it is refused; Escape takes it back", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    select(element, "r");
    const field = view.getByRole("spinbutton", { name: "Leak rate value" }) as HTMLInputElement;
    await user.click(field);
    await user.keyboard("1.7{Enter}");
    expect(field.value).toBe("1.7");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    const sentence = document.getElementById(field.getAttribute("aria-describedby") ?? "");
    expect(sentence?.textContent).toBe("Leak rate must lie between 0.001 and 1.");
    expect(view.getAllByText("Leak rate must lie between 0.001 and 1.")).toEqual([
      view.getByRole("status", { name: "Status" }).firstChild,
      sentence,
    ]);
    expect([...told(kernel), ...edits(kernel)]).toEqual([]);
    await user.keyboard("{Escape}");
    expect(field.value).toBe("0.30");
    expect(document.body.contains(sentence)).toBe(false);
  });

  it("keeps what the kernel refused, with its sentence once, at the field", async () => {
    const user = userEvent.setup();
    const { view, element } = await show();
    select(element, "r");
    const field = view.getByRole("spinbutton", { name: "Units" }) as HTMLInputElement;
    await user.click(field);
    await user.keyboard("12000{Enter}");
    expect(field.value).toBe("12000");
    const said = "Units need 3.2 GB. Choose fewer units.";
    const sentence = document.getElementById(field.getAttribute("aria-describedby") ?? "");
    expect(view.getAllByText(said)).toEqual([view.getByRole("status", { name: "Status" }).firstChild, sentence]);
    select(element, "o");
    select(element, "r");
    expect((view.getByRole("spinbutton", { name: "Units" }) as HTMLInputElement).value).toBe("12000"); // nothing is lost meanwhile
    const again = view.getByRole("spinbutton", { name: "Units" }) as HTMLInputElement;
    await user.click(again);
    await user.keyboard("{Control>}a{/Control}500{Enter}");
    expect(again.value).toBe("500");
    expect(view.queryByText(said)).toBeNull();
  });

  it("reads an empty optional field as auto, and goes back to the default", async () => {
    const user = userEvent.setup();
    const { kernel, view, element } = await show();
    select(element, "r");
    const field = view.getByRole("spinbutton", { name: "Seed" }) as HTMLInputElement;
    expect(field.placeholder).toBe("auto");
    await user.click(field);
    await user.keyboard("7{Enter}");
    await user.clear(field);
    await user.keyboard("{Enter}");
    expect(edits(kernel)).toEqual([
      { op: "set", owner: "r", knob: "seed", value: 7 },
      { op: "set", owner: "r", knob: "seed", value: null },
    ]);
    await user.click(view.getByRole("button", { name: "Reset to default 0.90" }));
    expect(edits(kernel).at(-1)).toEqual({ op: "reset", owner: "r", knob: "spectral_radius" });
    expect(view.queryByRole("button", { name: "Reset to default 0.90" })).toBeNull();
  });

  it("Horizon has its usual values as buttons beside the field", async () => {
    const user = userEvent.setup();
    const { kernel, view } = await show();
    await user.click(view.getByRole("button", { name: "10" }));
    expect((view.getByRole("spinbutton", { name: "Horizon" }) as HTMLInputElement).value).toBe("10");
    expect(view.getByRole("button", { name: "10" }).getAttribute("aria-pressed")).toBe("true");
    expect(kernel.document.task.knobs["horizon"]).toBe(10);
  });
});

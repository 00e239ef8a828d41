import { act, fireEvent, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { edits, show, type Shown } from "./app";

async function lesson(locked: string[], hidden: string[] = []): Promise<Shown> {
  const shown = await show();
  act(() => shown.kernel.app.push({ locks: { locked, hidden } }));
  return shown;
}

const off = (element: HTMLElement): boolean => element.matches(":disabled");

describe("what is locked", () => {
  it("is a knob that stands there, says why, and takes no hand", async () => {
    const shown = await lesson(["trainer.beta"]);
    const slider = shown.view.getByRole("slider", { name: "Ridge beta" });
    const group = slider.closest("fieldset") as HTMLElement;
    expect(off(slider)).toBe(true);
    expect(within(group).getByRole("img", { name: "Locked in this lesson" })).toBeTruthy();
    expect(off(shown.view.getByRole("slider", { name: "Spectral radius" }))).toBe(false);
  });

  it("is a task with its kind and its knobs, and the trainer is free", async () => {
    const shown = await lesson(["task"]);
    expect(off(shown.view.getByRole("combobox", { name: "Task" }))).toBe(true);
    expect(off(shown.view.getByRole("spinbutton", { name: "Horizon" }))).toBe(true);
    expect(off(shown.view.getByRole("combobox", { name: "Trainer" }))).toBe(false);
  });

  it("is a node that is neither renamed nor deleted in the inspector", async () => {
    const shown = await lesson(["r"]);
    fireEvent.click(shown.element.querySelector('[data-id="r"]') as HTMLElement);
    const inspector = within(shown.view.getByRole("complementary", { name: "Inspector" }));
    for (const name of ["Rename", "Delete", "Connect"]) expect(off(inspector.getByRole("button", { name }))).toBe(true);
    expect(inspector.getAllByRole("spinbutton").every(off)).toBe(true);
  });

  it("is said over the palette where the drawing is locked, and the knobs are free", async () => {
    const shown = await lesson(["model"]);
    expect(shown.view.getByRole("option", { name: "Reservoir" }).getAttribute("aria-disabled")).toBe("true");
    expect(shown.view.getByText("Locked in this lesson")).toBeTruthy();
    expect(off(shown.view.getByRole("slider", { name: "Spectral radius" }))).toBe(false);
  });
});

describe("what is hidden", () => {
  it("is not there: palette, code, a knob", async () => {
    const shown = await lesson([], ["palette", "code", "r.spectral_radius"]);
    expect(shown.view.queryByRole("listbox", { name: "Node palette" })).toBeNull();
    expect(shown.view.queryByRole("button", { name: "Export code" })).toBeNull();
    expect(shown.view.queryByRole("slider", { name: "Spectral radius" })).toBeNull();
    expect(shown.view.getByRole("slider", { name: "Leak rate" })).toBeTruthy();
    await userEvent.keyboard("/");
    expect(edits(shown.kernel)).toEqual([]);
  });

  it("is a task without its choice, its knobs and its words", async () => {
    const shown = await lesson([], ["task"]);
    expect(shown.view.queryByRole("combobox", { name: "Task" })).toBeNull();
    expect(shown.view.queryByRole("group", { name: "Task" })).toBeNull();
    expect(shown.view.getByRole("combobox", { name: "Trainer" })).toBeTruthy();
  });

  it("is the whole inspector", async () => {
    const shown = await lesson([], ["inspector"]);
    expect(shown.view.queryByRole("complementary", { name: "Inspector" })).toBeNull();
    expect(shown.view.getByRole("slider", { name: "Spectral radius" })).toBeTruthy();
  });

  it("comes back when the lesson goes on", async () => {
    const shown = await lesson(["task"], ["palette"]);
    act(() => shown.kernel.app.push({ locks: { locked: [], hidden: [] } }));
    expect(shown.view.getByRole("listbox", { name: "Node palette" })).toBeTruthy();
    expect(off(shown.view.getByRole("combobox", { name: "Task" }))).toBe(false);
  });
});

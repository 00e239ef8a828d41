import { act } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { edits, show, type Shown } from "./app";

const OFFER = {
  text: "This trainer learns best from standardised data.",
  label: "Standardise the data",
  edit: { op: "set", owner: "task", knob: "horizon", value: 10 },
};

async function offered(): Promise<Shown> {
  const shown = await show();
  act(() => shown.kernel.app.push({ offer: OFFER }));
  return shown;
}

describe("an offer", () => {
  it("is a sentence with a button that takes it, and leaves the focus on the app", async () => {
    const shown = await offered();
    expect(shown.view.getByText(OFFER.text)).toBeTruthy();
    await userEvent.click(shown.view.getByRole("button", { name: OFFER.label }));
    expect(edits(shown.kernel)).toEqual([OFFER.edit]);
    expect(document.activeElement).toBe(shown.element.querySelector(".rcw-root"));
  });

  it("goes when it is declined, and a new one comes", async () => {
    const shown = await offered();
    await userEvent.click(shown.view.getByRole("button", { name: "Keep my model" }));
    expect(shown.view.queryByText(OFFER.text)).toBeNull();
    expect(edits(shown.kernel)).toEqual([]);
    act(() => shown.kernel.app.push({ offer: { ...OFFER, label: "Use a GRU of 50 units" } }));
    expect(shown.view.getByRole("button", { name: "Use a GRU of 50 units" })).toBeTruthy();
  });

  it("is not there where the kernel makes none", async () => {
    const shown = await show();
    expect(shown.view.queryByRole("button", { name: "Keep my model" })).toBeNull();
  });
});

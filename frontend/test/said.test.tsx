/** What the live region says: one outcome when the hand rests, and what is done on the canvas. */
import { act, fireEvent } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { REST } from "../src/panels/StatusLine";
import { show, wait, type Shown } from "./app";

const status = ({ view }: Shown): HTMLElement => view.getByRole("status", { name: "Status" });
const select = ({ element }: Shown, id: string): void => {
  fireEvent.click(element.querySelector(`.react-flow__node[data-id="${id}"] .rcw-card-name`) as Element);
};

/** From now on time passes only when it is told to; the returned function lets some pass. */
function clock(): (time: number) => void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  return (time) => act(() => void vi.advanceTimersByTime(time));
}
const told = (): Promise<void> => act(() => new Promise<void>((done) => queueMicrotask(done)));

/** All texts that the region has while something goes on. */
function heard(region: HTMLElement): string[] {
  const texts: string[] = [];
  new MutationObserver(() => texts.push(region.textContent ?? "")).observe(region, { childList: true, characterData: true, subtree: true });
  return texts;
}

describe("results", () => {
  it("are spoken with their error when the hand rests, and only seen before", async () => {
    const shown = await show();
    const texts = heard(status(shown));
    const pass = clock();
    for (let frame = 1; frame <= 5; frame += 1) {
      act(() => shown.kernel.status.push({ message: `trained in ${frame} ms`, outcome: `Test NRMSE 1e-${frame}` }));
      pass(REST - 1);
    }
    await told();
    expect(texts).toEqual([]);
    expect(shown.element.querySelector(".rcw-status-message:not(.rcw-unseen)")?.textContent).toBe("Test NRMSE 1e-5, trained in 5 ms");
    pass(1);
    await told();
    expect(texts).toEqual(["Test NRMSE 1e-5, trained in 5 ms"]);
    expect(status(shown).className).not.toContain("rcw-unseen");
  });

  it("do not cut short what is said of a deed, and follow it", async () => {
    const shown = await show();
    select(shown, "o");
    const pass = clock();
    act(() => shown.kernel.status.push({ message: "trained in 8 ms" }));
    pass(REST - 1);
    fireEvent.click(shown.view.getByRole("button", { name: "Delete" }));
    await told();
    act(() => shown.kernel.status.push({ message: "trained in 9 ms" }));
    pass(REST - 1);
    expect(status(shown).textContent).toBe("Deleted readout");
    pass(1);
    expect(status(shown).textContent).toContain("trained in 9 ms");
  });
});

describe("deeds", () => {
  it("on the canvas are told in words", async () => {
    const user = userEvent.setup();
    const shown = await show();
    const told = async (deed: () => Promise<void>): Promise<string> => {
      await deed();
      await wait(0);
      return status(shown).textContent ?? "";
    };
    const node = shown.element.querySelector('.react-flow__node[data-id="r"]') as HTMLElement;
    node.focus();
    expect(await told(() => user.keyboard("{ArrowRight}"))).toBe("reservoir moved right");
    expect(await told(() => user.keyboard("{Shift>}{ArrowUp}{/Shift}"))).toBe("reservoir moved up");
    expect(await told(() => user.keyboard("{Delete}"))).toBe("Deleted reservoir");
    expect(await told(() => user.keyboard("{Control>}z{/Control}"))).toBe("Undid: delete r");
    expect(await told(() => user.keyboard("{Control>}y{/Control}"))).toBe("Redid: delete r");
    expect(await told(() => user.click(shown.view.getByRole("option", { name: "GRU" })))).toBe("gru added");
    expect(await told(() => user.selectOptions(shown.view.getByRole("combobox", { name: "Trainer" }), "BPTT"))).toBe("Trainer: BPTT");
    expect(await told(() => user.click(shown.view.getByRole("button", { name: "Auto-layout" })))).toBe("Nodes arranged from left to right");
  }, 30_000);

  it("that are done twice are said twice", async () => {
    const user = userEvent.setup();
    const shown = await show();
    (shown.element.querySelector('.react-flow__node[data-id="r"]') as HTMLElement).focus();
    await user.keyboard("{ArrowRight}");
    await wait(0);
    const texts = heard(status(shown));
    await user.keyboard("{ArrowRight}");
    await wait(0);
    expect(texts).toEqual(["reservoir moved right"]);
  });

  it("that the page refuses are told, and stand once at the control", async () => {
    const user = userEvent.setup();
    const shown = await show();
    select(shown, "r");
    const field = shown.view.getByRole("spinbutton", { name: "Spectral radius value" }) as HTMLInputElement;
    for (const [typed, said] of [
      ["abc", "Spectral radius must be a number between 0 and 10."],
      ["-1", "Spectral radius must lie between 0 and 10."],
      ["1e400", "Spectral radius must lie between 0 and 10."],
    ] as const) {
      await user.click(field);
      await user.clear(field);
      await user.keyboard(`${typed}{Enter}`);
      expect(status(shown).textContent).toBe(said);
      expect(field.value).toBe(typed);
      expect(field.getAttribute("aria-invalid")).toBe("true");
      const sentence = document.getElementById(field.getAttribute("aria-describedby") ?? "");
      expect(sentence?.textContent).toBe(said);
      expect([...shown.element.querySelectorAll(".rcw-sentence")]).toEqual([sentence]);
    }
  }, 30_000);
});

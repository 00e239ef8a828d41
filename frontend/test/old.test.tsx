/** Results of the last model under another question are labelled wherever they stand, and what is not there yet says what to do. */
import type { RenderProps } from "@anywidget/types";
import { act, fireEvent } from "@testing-library/react";
import { expect, it } from "vitest";
import { FakeKernel, FakeModel } from "../dev/kernel";
import caption from "../src/caption";
import footer from "../src/footer";
import runs from "../src/runs";
import { show } from "./app";

const OLD = "of the last model: Lorenz, 1 step";

const render = (module: { render: (props: never) => unknown }, model: FakeModel, el: HTMLElement): void =>
  void module.render({ model, el } as unknown as RenderProps as never);

function figure(state: Record<string, unknown>): { model: FakeModel; box: HTMLElement; description: () => string } {
  const model = new FakeModel({ label: "Loss", subtitle: "s", legend: [], summary: "One tweak.", old: "", empty: "", ...state });
  const box = document.createElement("div");
  const el = document.createElement("div");
  box.className = "rcw-figure";
  box.append(el);
  document.body.append(box);
  render(caption, model, el);
  const ids = (): string[] => (box.getAttribute("aria-describedby") ?? "").split(" ");
  return {
    model,
    box,
    description: () =>
      ids()
        .map((id) => document.getElementById(id)?.textContent)
        .join(" "),
  };
}

it("a figure is dimmed, labelled, and described by the label first, until its own results are there", () => {
  const { model, box, description } = figure({});
  expect([box.classList.contains("rcw-old"), description()]).toEqual([false, "One tweak."]);
  model.push({ old: OLD });
  expect([box.classList.contains("rcw-old"), description()]).toEqual([true, `${OLD} One tweak.`]);
  expect((box.querySelector(".rcw-figure-old") as HTMLElement).hidden).toBe(false);
  model.push({ old: "" });
  expect([box.classList.contains("rcw-old"), description()]).toEqual([false, "One tweak."]);
  expect((box.querySelector(".rcw-figure-old") as HTMLElement).hidden).toBe(true);
});

it("a figure without a drawing says in its place what there is to do", () => {
  const { model, box, description } = figure({ empty: "no error yet: press Run", old: OLD });
  expect(box.className).toBe("rcw-figure rcw-vacant");
  expect(description()).toBe("no error yet: press Run One tweak.");
  model.push({ empty: "", old: "" });
  expect(box.className).toBe("rcw-figure");
});

it("the footer's figures are labelled, and no label stands where there are none", () => {
  const kernel = new FakeKernel();
  const bar = document.createElement("div");
  render(footer, kernel.status, bar);
  const root = bar.querySelector(".rcw-footer") as HTMLElement;
  expect(root.classList.contains("rcw-old")).toBe(false);
  act(() => kernel.status.push({ old: OLD }));
  expect(root.classList.contains("rcw-old")).toBe(true);
  expect(bar.querySelector("[aria-label=Metrics]")?.textContent).toMatch(new RegExp(`^${OLD}`));
  act(() => kernel.status.push({ metrics: [] }));
  expect(root.classList.contains("rcw-old")).toBe(false);
  expect(bar.textContent).not.toContain(OLD);
});

it("the run that the figures show is labelled, and no other", () => {
  const words = { name: "Run", task: "Lorenz", settings: "", asked: "Lorenz, 1 step ahead", model: "", change: "", trainer: "Ridge" };
  const numbers = { horizon: 1, test: 1, test_words: "1", train: 1, train_words: "1", time: 0, time_words: "", time_title: "" };
  const rows = [1, 2].map((number) => ({ ...words, ...numbers, number, question: "q", best: false, pinned: false, note: "", color: "" }));
  const model = new FakeModel({ rows, shown: 2, old: "" });
  const el = document.createElement("div");
  render(runs, model, el);
  fireEvent.click(el.querySelector(".rcw-fold-toggle") as Element);
  const labelled = (): (string | null)[] => [...el.querySelectorAll("tr.rcw-run-old .rcw-runs-old")].map((label) => label.textContent);
  expect(labelled()).toEqual([]);
  model.push({ old: OLD });
  expect(labelled()).toEqual([OLD]);
  expect(el.querySelector("tr.rcw-run-old")?.getAttribute("aria-current")).toBe("true");
});

it("the cards' numbers and the status are labelled, and the progress of what is not done is none", async () => {
  const { kernel, element, view } = await show();
  const progress = (): string | null => view.getByRole("progressbar").getAttribute("aria-valuenow");
  const count = (): string => element.querySelector('.react-flow__node[data-id="o"] .rcw-card-count')?.textContent ?? "";
  const before = count();
  expect([progress(), before]).toEqual(["100", expect.stringMatching(/^[\d,]+ trained$/)]);
  act(() => kernel.status.push({ message: "press Run to train", outcome: "", old: OLD }));
  expect([progress(), count()]).toEqual(["0", `last: ${before}`]);
  expect(view.getByRole("status", { name: "Status" }).textContent).toBe("press Run to train");
  expect(element.querySelector(".rcw-status")?.textContent).toContain(`figures ${OLD}`);
  act(() => kernel.status.push({ message: "trained in 62 ms", old: "" }));
  expect([progress(), count()]).toEqual(["100", before]);
});

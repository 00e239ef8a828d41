import type { RenderProps } from "@anywidget/types";
import { act, fireEvent, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { FakeKernel } from "../dev/kernel";
import footer from "../src/footer";
import { show, told, wait } from "./app";

describe("accessible names", () => {
  it("are those of the contract", async () => {
    const { view } = await show();
    view.getByRole("application", { name: "Model canvas" });
    const palette = within(view.getByRole("listbox", { name: "Node palette" }));
    for (const name of ["Input", "Reservoir", "LinearReadout", "GRU"]) palette.getByRole("option", { name });
    for (const name of ["Run", "Pause", "Stop", "Undo", "Redo", "Auto-layout", "Export code"]) view.getByRole("button", { name });
    for (const name of ["Task", "Trainer"]) view.getByRole("combobox", { name });
    view.getByRole("tree", { name: "Model outline" });
    view.getByRole("status", { name: "Status" });
    const reservoir = within(view.getByRole("group", { name: "reservoir" }));
    for (const name of ["Spectral radius", "Leak rate", "Input scaling"]) reservoir.getByRole("slider", { name });
    const [task] = view.getAllByRole("group", { name: "Task" });
    within(task as HTMLElement).getByRole("spinbutton", { name: "Horizon" });
    expect(view.getAllByRole("group", { name: /^reservoir/ }).length).toBeGreaterThan(1);
  });

  it("give each slider once, also when its node is selected", async () => {
    const { view, element } = await show();
    for (const id of ["r", "o"]) {
      fireEvent.click(element.querySelector(`.react-flow__node[data-id="${id}"] .rcw-card-name`) as Element);
      for (const name of ["Spectral radius", "Ridge beta"]) view.getByRole("slider", { name });
    }
  });
});

describe("two views of one model", () => {
  it("share the document and keep their own selection", async () => {
    const user = userEvent.setup();
    const kernel = new FakeKernel();
    const first = await show(kernel);
    const second = await show(kernel);
    fireEvent.click(first.element.querySelector('.react-flow__node[data-id="r"] .rcw-card-name') as Element);
    expect(first.view.getByRole("heading", { name: "reservoir" })).toBeTruthy();
    expect(second.view.queryByRole("heading", { name: "reservoir" })).toBeNull();
    await user.click(first.view.getByRole("button", { name: "10" }));
    expect((second.view.getByRole("spinbutton", { name: "Horizon" }) as HTMLInputElement).value).toBe("10");
    await user.click(second.view.getByRole("option", { name: "GRU" }));
    expect(first.element.querySelectorAll(".react-flow__node")).toHaveLength(4);
    expect(new Set([...document.querySelectorAll(".react-flow")].map((flow) => flow.id)).size).toBe(2);
  });

  it("leave no listener behind when they close", async () => {
    const kernel = new FakeKernel();
    const { close } = await show(kernel);
    act(() => close());
    expect([kernel.app, kernel.status, kernel.transport].map((model) => model.listenerCount)).toEqual([0, 0, 0]);
  });
});

describe("the kernel", () => {
  it("hears ready about a second after the first drawing", async () => {
    const { kernel } = await show();
    expect(kernel.transport.sent).toEqual([]);
    await wait(1050);
    expect(kernel.transport.sent).toMatchObject([{ type: "ready" }]);
  });

  it("that runs a cell is waited for, in words", async () => {
    const user = userEvent.setup();
    const { kernel, view } = await show();
    kernel.busy = true;
    await user.click(view.getByRole("button", { name: "Run" }));
    await wait(850);
    expect(view.getByRole("status", { name: "Status" }).textContent).toBe("waits for the running cell");
    act(() => kernel.rest());
    expect(view.getByRole("status", { name: "Status" }).textContent).toBe("Test NRMSE 3.0e-4, trained in 62 ms");
  });

  it("that is gone is told, with what to do", async () => {
    const { kernel, view } = await show();
    kernel.disconnect();
    await wait(0);
    expect(view.getByRole("alert").textContent).toContain("run the cell again");
  });

  it("pauses and resumes by the same button", async () => {
    const user = userEvent.setup();
    const { kernel, view } = await show();
    await user.click(view.getByRole("button", { name: "Pause" }));
    await user.click(view.getByRole("button", { name: "Resume" }));
    expect(told(kernel)).toMatchObject([{ type: "pause" }, { type: "resume" }]);
  });
});

it("undo and redo say what they would do", async () => {
  const user = userEvent.setup();
  const { kernel, view } = await show();
  const undo = view.getByRole("button", { name: "Undo" }) as HTMLButtonElement;
  expect(undo.disabled).toBe(true);
  await user.selectOptions(view.getByRole("combobox", { name: "Task" }), "sunspots");
  expect(kernel.document.task.kind).toBe("sunspots");
  expect(undo.title).toBe("Undo: choose");
  await user.click(undo);
  expect(kernel.document.task.kind).toBe("lorenz");
  await user.click(view.getByRole("button", { name: "Redo" }));
  expect(kernel.document.task.kind).toBe("sunspots");
});

it("Export code shows the code as text, and Escape closes it", async () => {
  const user = userEvent.setup();
  const { view } = await show();
  await user.click(view.getByRole("button", { name: "Export code" }));
  const dialog = view.getByRole("dialog", { name: "Python code" });
  expect(dialog.querySelector("pre")?.textContent).toContain("import rcwidgets as rc");
  await user.keyboard("{Escape}");
  expect(view.queryByRole("dialog")).toBeNull();
});

it("the footer shows the metrics as text", () => {
  const kernel = new FakeKernel();
  const bar = document.createElement("div");
  const close = footer.render({ model: kernel.status as unknown as RenderProps["model"], el: bar });
  expect(bar.textContent).toContain("Test NRMSE3.0e-4");
  kernel.status.push({ metrics: [{ label: "<b>x</b>", value: "1", title: "" }] });
  expect(bar.querySelector(".rcw-footer-metric span")?.textContent).toBe("<b>x</b>");
  kernel.status.push({ metrics: [] });
  expect(bar.querySelector(".rcw-footer-bar")?.textContent).toBe("No results yetAll metrics");
  expect((bar.querySelector(".rcw-footer-toggle") as HTMLElement).hidden).toBe(true);
  close();
  expect(kernel.status.listenerCount).toBe(0);
});

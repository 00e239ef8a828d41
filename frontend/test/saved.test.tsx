/** A notebook that is saved with the state of its widgets has all keys of it sorted: the page must look the same. */
import { act, fireEvent } from "@testing-library/react";
import { expect, it } from "vitest";
import { FakeKernel } from "../dev/kernel";
import { show } from "./app";

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The words of a view in their order, in the places that do not depend on how often something was drawn. */
async function words(kernel: FakeKernel): Promise<string[]> {
  const { element, close } = await show(kernel);
  const said = (): string[] =>
    [...element.querySelectorAll(".rcw-bar, .rcw-palette, .rcw-inspector, .rcw-card")].map((part) => part.textContent ?? "");
  const found = said();
  for (const id of ["r", "o"]) {
    fireEvent.click(element.querySelector(`.react-flow__node[data-id="${id}"] .rcw-card-name`) as Element);
    found.push(...said());
  }
  act(() => close());
  element.remove();
  return found;
}

it("the order of kinds and knobs is that of the kernel, also where keys come sorted", async () => {
  const live = await words(new FakeKernel());
  const kernel = new FakeKernel();
  for (const model of [kernel.app, kernel.status]) model.push(sorted(model.state) as Record<string, unknown>);
  expect(Object.keys(kernel.app.state["schema"] as object)).not.toEqual(Object.keys(new FakeKernel().app.state["schema"] as object));
  expect(await words(kernel)).toEqual(live);
  expect(live.join(" ")).toMatch(/Input.*Reservoir.*NVAR.*Concat.*Delay/);
});

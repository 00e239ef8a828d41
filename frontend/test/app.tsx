/** Renders the whole app on the in-memory kernel. */
import { act, screen, within } from "@testing-library/react";
import { onTestFinished } from "vitest";
import { FakeKernel } from "../dev/kernel";
import type { Document } from "../src/generated";
import app from "../src/app";

export interface Shown {
  kernel: FakeKernel;
  element: HTMLElement;
  /** Queries inside this view. */
  view: ReturnType<typeof within>;
  close: () => void;
}

export async function show(kernel = new FakeKernel()): Promise<Shown> {
  const element = document.createElement("div");
  document.body.append(element);
  const props = { model: kernel.model, el: element, host: kernel.host, facts: kernel.app.state["schema"] } as unknown as Parameters<
    typeof app.render
  >[0];
  const close = await act(() => app.render(props));
  onTestFinished(() => {
    act(() => close());
    element.remove();
  });
  return { kernel, element, view: within(element), close };
}

export const edits = (kernel: FakeKernel): unknown[] =>
  kernel.app.sent.filter((message) => message["type"] === "edit").flatMap((message) => message["edits"] as unknown[]);
/** What the page told the kernel, but for "ready", which it says a second after it was drawn, wherever a test is then. */
export const told = (kernel: FakeKernel): unknown[] => kernel.transport.sent.filter((message) => message["type"] !== "ready");
export const node = (kernel: FakeKernel, id: string) => (kernel.document as Document).nodes.find((entry) => entry.id === id);
export const wait = (time: number): Promise<void> => act(() => new Promise<void>((done) => setTimeout(done, time)));
export { screen };

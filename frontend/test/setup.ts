/** What jsdom lacks and React Flow needs: sizes, observers, matrices. */
import { cleanup } from "@testing-library/react";
import { options } from "preact";
import { afterAll, afterEach, vi } from "vitest";

class FakeResizeObserver {
  constructor(private readonly callback: ResizeObserverCallback) {}
  observe(target: Element): void {
    this.callback([{ target } as ResizeObserverEntry], this as unknown as ResizeObserver);
  }
  unobserve(): void {}
  disconnect(): void {}
}

class FakeMatrix {
  readonly m22: number;
  constructor(transform?: string) {
    this.m22 = Number(/scale\(([\d.]+)\)/.exec(transform ?? "")?.[1] ?? 1);
  }
}

options.debounceRendering = (draw) => draw(); // what an event changes is there when it has been fired

vi.stubGlobal("ResizeObserver", FakeResizeObserver);
vi.stubGlobal("DOMMatrixReadOnly", FakeMatrix);

const isRoot = (element: Element): boolean => element.classList.contains("rcw-root");
const sizes = { Width: (element: Element) => (isRoot(element) ? 1000 : 640), Height: () => 330 };
for (const kind of ["client", "offset"]) {
  for (const [side, size] of Object.entries(sizes)) {
    Object.defineProperty(HTMLElement.prototype, kind + side, {
      configurable: true,
      get(this: HTMLElement) {
        if (this.classList.contains("react-flow__node")) return side === "Width" ? 184 : 120;
        return size(this);
      },
    });
  }
}
Object.defineProperty(SVGElement.prototype, "getBBox", { configurable: true, value: () => ({ x: 0, y: 0, width: 0, height: 0 }) });

afterEach(() => cleanup());

// The next file has the same page.
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
  localStorage.clear();
});

/**
 * Zoom and pan of a figure's panels. The plain wheel scrolls the notebook: only with Ctrl or Cmd it zooms. The kernel sets the limits
 * and the ticks; the page tells it the window.
 */
import { type Model, type Window, make, send } from "./wire";

const SLOWEST = 80; // ms between two messages
const LEAST = 0.02; // of the whole that a window shows
const WHOLE: Window = [0, 1, 0, 1];

/** The span from `low` to `high`, `factor` times as wide about the point `at` (0 to 1) of it. */
function scaled(low: number, high: number, factor: number, at: number): [number, number] {
  const width = Math.min(1, Math.max(LEAST, (high - low) * factor));
  const start = Math.min(1 - width, Math.max(0, low + at * (high - low) - at * width));
  return [start, Math.min(1, start + width)];
}

/** The span moved by `by` of its own width, as far as there is room. */
function moved(low: number, high: number, by: number): [number, number] {
  const start = Math.min(1 - (high - low), Math.max(0, low + by * (high - low)));
  return [start, Math.min(1, start + high - low)];
}

export function zoomed([left, right, low, high]: Window, factor: number, x = 0.5, y = 0.5): Window {
  return [...scaled(left, right, factor, x), ...scaled(low, high, factor, y)];
}

export function panned([left, right, low, high]: Window, x: number, y: number): Window {
  return [...moved(left, right, x), ...moved(low, high, y)];
}

const isWhole = (window: Window) => window.every((value, index) => value === WHOLE[index]);

/** The buttons for the hand and the keyboard; `attach` adds wheel, drag and double click to the box of the figure. */
export function zoom(model: Model): { tools: HTMLElement; attach: (box: HTMLElement) => void; update: () => void; remove: () => void } {
  const tools = make("div", "rcw-tools");
  const end = new AbortController();
  const { signal } = end;
  const waiting = new Map<number, Window>();
  let windows: Window[] = [];
  let timer = 0;
  let held: { panel: number; x: number; y: number; window: Window; area: DOMRect } | null = null;

  function flush(): void {
    timer = 0;
    for (const [panel, to] of waiting) send(model, { type: "zoom", panel, to });
    if (waiting.size) timer = window.setTimeout(flush, SLOWEST);
    waiting.clear();
  }

  function show(panel: number, to: Window): void {
    windows[panel] = to;
    waiting.set(panel, to);
    if (!timer) flush();
    mark();
  }

  function mark(): void {
    tools.closest(".rcw-figure")?.classList.toggle("rcw-zoomed", !windows.every(isWhole));
    all.disabled = windows.every(isWhole);
  }

  const every = (change: (window: Window) => Window) => windows.forEach((window, panel) => show(panel, change(window)));

  function button(text: string, name: string, act: () => void): HTMLButtonElement {
    const made = make("button", "rcw-tool", text);
    made.type = "button";
    made.title = name;
    made.setAttribute("aria-label", name);
    made.addEventListener("click", act);
    tools.append(made);
    return made;
  }

  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "Zoom");
  tools.setAttribute("aria-description", "Arrow keys move what is shown.");
  button("+", "Zoom in (Ctrl and wheel)", () => every((window) => zoomed(window, 0.5)));
  button("−", "Zoom out", () => every((window) => zoomed(window, 2)));
  const all = button("All", "Show all (double click)", () => every(() => [...WHOLE]));
  const arrows: Record<string, [number, number]> = { ArrowLeft: [-0.25, 0], ArrowRight: [0.25, 0], ArrowUp: [0, 0.25], ArrowDown: [0, -0.25] };
  tools.addEventListener("keydown", (event) => {
    const by = arrows[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    every((window) => panned(window, ...by));
  });

  /** The panel under a point of the page, its plot area, and where the point lies in it, from 0 to 1. */
  function under(box: HTMLElement, event: MouseEvent): { panel: number; area: DOMRect; x: number; y: number } | null {
    const areas = [...box.querySelectorAll(".bqplot .plotarea_background")].map((area) => area.getBoundingClientRect());
    const panel = areas.findIndex(
      (one) => event.clientX >= one.left && event.clientX <= one.right && event.clientY >= one.top && event.clientY <= one.bottom,
    );
    const area = areas[panel];
    if (!area || panel >= windows.length) return null;
    return { panel, area, x: (event.clientX - area.left) / area.width, y: (area.bottom - event.clientY) / area.height };
  }

  function attach(box: HTMLElement): void {
    box.addEventListener(
      "wheel",
      (event) => {
        const found = event.ctrlKey || event.metaKey ? under(box, event) : null;
        const window = found && windows[found.panel];
        if (!found || !window) return;
        event.preventDefault();
        event.stopPropagation();
        show(found.panel, zoomed(window, Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY / 300))), found.x, found.y));
      },
      { passive: false, signal },
    );
    box.addEventListener(
      "pointerdown",
      (event) => {
        const found = event.button === 0 && !(event.target as Element).closest(".rcw-caption") ? under(box, event) : null;
        const window = found && windows[found.panel];
        if (!found || !window || isWhole(window)) return;
        held = { panel: found.panel, x: event.clientX, y: event.clientY, window, area: found.area };
        box.setPointerCapture(event.pointerId);
      },
      { signal },
    );
    box.addEventListener(
      "pointermove",
      (event) => {
        if (!held) return;
        const { area } = held;
        show(held.panel, panned(held.window, (held.x - event.clientX) / area.width, (event.clientY - held.y) / area.height));
      },
      { signal },
    );
    for (const kind of ["pointerup", "pointercancel"]) box.addEventListener(kind, () => (held = null), { signal });
    box.addEventListener(
      "dblclick",
      (event) => {
        const found = (event.target as Element).closest(".rcw-caption") ? null : under(box, event);
        if (found) show(found.panel, [...WHOLE]);
      },
      { signal },
    );
  }

  return {
    tools,
    attach,
    update: () => {
      if (!held && !timer) windows = (model.get("windows") ?? []).map((one) => [...one]);
      mark();
    },
    remove: () => {
      window.clearTimeout(timer);
      end.abort();
    },
  };
}

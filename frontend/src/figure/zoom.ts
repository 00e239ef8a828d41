/**
 * Zoom and pan of a figure's panels. The plain wheel scrolls the notebook: only with Ctrl or Cmd it zooms. The kernel sets the limits
 * and the ticks; the page tells it the window.
 */
import type { Window } from "../generated";
import { call, type Menu } from "./menu";
import type { Asking, Model } from "./wire";
import { css as captionCss } from "../caption.module.css";

const SLOWEST = 80; // ms between two messages
const LEAST = 0.02; // of the whole that a window shows
const STEP = 0.25; // of what is shown, for which a key moves it
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

/** The panel under a point of the page, its plot area, and where the point lies in it, from 0 to 1. */
export interface Under {
  panel: number;
  area: DOMRect;
  x: number;
  y: number;
}

export function under(box: HTMLElement, event: MouseEvent): Under | null {
  const areas = [...box.querySelectorAll(".bqplot .plotarea_background")].map((area) => area.getBoundingClientRect());
  const panel = areas.findIndex(
    (one) => event.clientX >= one.left && event.clientX <= one.right && event.clientY >= one.top && event.clientY <= one.bottom,
  );
  const area = areas[panel];
  return area ? { panel, area, x: (event.clientX - area.left) / area.width, y: (area.bottom - event.clientY) / area.height } : null;
}

/** Entries for the menu; `attach` adds wheel, drag and double click to the box of the figure. */
export function zoom(
  model: Model,
  asking: Asking,
  menu: Menu,
): { attach: (box: HTMLElement) => void; update: () => void; remove: () => void } {
  const end = new AbortController();
  const { signal } = end;
  const waiting = new Map<number, Window>();
  let box: HTMLElement | null = null;
  let windows: Window[] = [];
  let timer = 0;
  let held: { panel: number; x: number; y: number; window: Window; area: DOMRect } | null = null;

  function flush(): void {
    timer = 0;
    for (const [panel, to] of waiting) asking.ask({ type: "zoom", panel, to });
    if (waiting.size) timer = window.setTimeout(flush, SLOWEST);
    waiting.clear();
  }

  /** Shows a window of a panel; the y axis of one that is no plane follows what lies in it. */
  function show(panel: number, to: Window): void {
    windows[panel] = isPlane(panel) ? to : [to[0], to[1], 0, 1];
    waiting.set(panel, windows[panel]);
    if (!timer) flush();
    mark();
  }

  const isPlane = (panel: number) => (model.get("panels") ?? [])[panel]?.plane === true;

  function mark(): void {
    const whole = windows.every(isWhole);
    box?.classList.toggle("rcw-zoomed", !whole);
    all.disabled = moving.hidden = whole;
    up.hidden = down.hidden = !windows.some((_, panel) => isPlane(panel));
  }

  const every = (change: (window: Window) => Window) => windows.forEach((window, panel) => show(panel, change(window)));
  const pan = (x: number, y: number) => every((window) => panned(window, x, y));
  const zooming = menu.row("Zoom");
  const into = menu.add(zooming, "in", "Zoom in", () => every((window) => zoomed(window, 0.5)));
  call(into, "Zoom in (Ctrl and wheel)");
  const out = menu.add(zooming, "out", "Zoom out", () => every((window) => zoomed(window, 2)));
  call(out, "Zoom out");
  const all = menu.add(zooming, "all", "Show all", () => every(() => [...WHOLE]));
  call(all, "Show all (double click)");
  const moving = menu.row("Move");
  const left = menu.add(moving, "left", "Left", () => pan(-STEP, 0));
  call(left, "Move left");
  const right = menu.add(moving, "right", "Right", () => pan(STEP, 0));
  call(right, "Move right");
  const up = menu.add(moving, "up", "Up", () => pan(0, STEP));
  call(up, "Move up");
  const down = menu.add(moving, "down", "Down", () => pan(0, -STEP));
  call(down, "Move down");

  function attach(found: HTMLElement): void {
    box = found;
    const here = (event: MouseEvent) => {
      const one = (event.target as Element).closest(`.${captionCss.caption}`) ? null : under(found, event);
      return one && one.panel < windows.length ? one : null;
    };
    // A second click would select the text that is next.
    box.addEventListener("mousedown", (event) => event.detail > 1 && here(event) && event.preventDefault(), { signal });
    box.addEventListener(
      "wheel",
      (event) => {
        const found = event.ctrlKey || event.metaKey ? here(event) : null;
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
        const found = event.button === 0 ? here(event) : null;
        const window = found && windows[found.panel];
        if (!found || !window || isWhole(window)) return;
        held = { panel: found.panel, x: event.clientX, y: event.clientY, window, area: found.area };
        box?.setPointerCapture(event.pointerId);
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
        const found = here(event);
        if (found) show(found.panel, [...WHOLE]);
      },
      { signal },
    );
  }

  return {
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

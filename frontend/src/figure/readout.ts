/** Shows the values under the pointer. Who has no pointer finds them in the CSV. */
import { make } from "../element";
import type { Model } from "./wire";
import { type Drawn, type Read, read } from "./values";
import { under } from "./zoom";
import { css as captionCss } from "../caption.module.css";
import { css as swatchCss } from "./swatch.module.css";
import { css } from "./readout.module.css";

const BESIDE = 12; // px from the pointer

interface Readout {
  elements: HTMLElement[];
  attach: (box: HTMLElement) => void;
  update: () => void;
  remove: () => void;
}

export function readout(model: Model, caption: HTMLElement): Readout {
  const table = make("div", css.readout);
  const line = make("div", css.line);
  const models = new Map<string, Drawn>();
  const asked = new Set<string>();
  const end = new AbortController();
  const { signal } = end;
  let box: HTMLElement | null = null;
  let pointer: MouseEvent | null = null;
  let frame = 0;

  table.setAttribute("aria-hidden", "true");
  line.setAttribute("aria-hidden", "true");

  /** Asks the widget manager for the models of the scales and marks, each once. */
  async function meet(): Promise<void> {
    const panels = model.get("panels") ?? [];
    const ids = panels.flatMap((panel) => [panel.x, panel.y, ...panel.marks.map(({ id }) => id)]).filter((id) => !asked.has(id));
    if (ids.length === 0 || !model.widget_manager) return;
    for (const id of ids) asked.add(id);
    await Promise.all(
      ids.map(async (id) => {
        try {
          models.set(id, (await model.widget_manager.get_model(id)) as unknown as Drawn);
        } catch (error) {
          console.warn("rcwidgets: a part of the figure could not be found.", error);
        }
      }),
    );
    look();
  }

  function hide(): void {
    table.hidden = line.hidden = true;
  }

  function look(): void {
    if (frame === 0) frame = requestAnimationFrame(show);
  }

  function show(): void {
    frame = 0;
    const found = box && pointer && pointer.buttons === 0 ? under(box, pointer) : null;
    const panel = found && (model.get("panels") ?? [])[found.panel];
    const here =
      found && panel ? read({ panel, models, x: found.x, y: found.y, width: found.area.width, height: found.area.height }) : null;
    if (!found || !here || !pointer) {
      hide();
      return;
    }
    fill(here);
    const frameOf = caption.getBoundingClientRect();
    table.hidden = line.hidden = false;
    const left = pointer.clientX - frameOf.left;
    const right = pointer.clientX > frameOf.left + frameOf.width / 2;
    table.style.left = right ? "" : `${left + BESIDE}px`;
    table.style.right = right ? `${frameOf.right - pointer.clientX + BESIDE}px` : "";
    table.style.top = `${found.area.top - frameOf.top + 2}px`;
    line.style.left = `${found.area.left - frameOf.left + Math.min(1, Math.max(0, here.x)) * found.area.width}px`;
    line.style.top = `${found.area.top - frameOf.top}px`;
    line.style.height = `${found.area.height}px`;
  }

  function fill({ head, kinds, rows }: Read): void {
    const grid = make("div", css.grid);
    grid.style.setProperty("--rcw-kinds", String(kinds.length));
    if (kinds.some(Boolean)) grid.append(make("span", ""), make("span", ""), ...kinds.map((kind) => make("span", css.kind, kind)));
    for (const { color, name, values } of rows) {
      const swatch = make("i", swatchCss.swatch);
      swatch.style.setProperty("background", color || "transparent");
      grid.append(swatch, make("span", css.name, name), ...kinds.map((kind) => make("b", "", values[kind] ?? "")));
    }
    table.replaceChildren(make("div", css.head, head), grid);
  }

  hide();
  return {
    elements: [line, table],
    attach: (found) => {
      box = found;
      const move = (event: MouseEvent) => {
        pointer = (event.target as Element).closest(`.${captionCss.caption}`) ? null : event;
        look();
      };
      const leave = () => {
        pointer = null;
        hide();
      };
      box.addEventListener("pointerenter", () => void meet(), { signal });
      box.addEventListener("pointermove", move, { signal });
      box.addEventListener("pointerup", move, { signal });
      box.addEventListener("pointerleave", leave, { signal });
      document.addEventListener("keydown", (event) => event.key === "Escape" && leave(), { signal });
    },
    update: () => {
      if (!pointer) return;
      void meet();
      look();
    },
    remove: () => {
      cancelAnimationFrame(frame);
      end.abort();
    },
  };
}

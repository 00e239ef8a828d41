/** The tools of a figure behind one button: icons with a word, in rows, that the mouse and the arrow keys reach. */
import { make } from "../element";
import { css } from "./menu.module.css";

const SPACE = "http://www.w3.org/2000/svg";
const ICONS = {
  tools: "M8 3.2v.1M8 8v.1M8 12.7v.1",
  in: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4l3.1 3.1M7 5v4M5 7h4",
  out: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4l3.1 3.1M5 7h4",
  all: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  left: "M13 8H3M6.5 4.5 3 8l3.5 3.5",
  right: "M3 8h10M9.5 4.5 13 8l-3.5 3.5",
  up: "M8 13V3M4.5 6.5 8 3l3.5 3.5",
  down: "M8 3v10M4.5 9.5 8 13l3.5-3.5",
  usual: "M2.5 3.5h11v9h-11zM2.5 9h11M9 9v3.5",
  wide: "M2.5 3.5h11v9h-11zM4.5 8h7M6 6.5 4.5 8 6 9.5M10 6.5 11.5 8 10 9.5",
  beside: "M2.5 3.5h11v9h-11zM8.5 3.5v9",
  table: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M6.5 3v10",
  picture: "M2.5 3h11v10h-11zM3 11l3-3.5 2.5 2.5 2-2 2.5 3M10.6 5.6v.1",
  vector: "M3.5 12.5C3.5 6 12.5 10 12.5 3.5M2.5 11.5h2v2h-2zM11.5 2.5h2v2h-2z",
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGElement {
  const drawing = document.createElementNS(SPACE, "svg");
  const path = document.createElementNS(SPACE, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": true })) {
    drawing.setAttribute(key, String(value));
  }
  path.setAttribute("d", ICONS[name]);
  const stroke = name === "tools" ? 2.2 : 1.4;
  for (const [key, value] of Object.entries({ fill: "none", stroke: "currentColor", "stroke-width": stroke }))
    path.setAttribute(key, String(value));
  path.setAttribute("stroke-linecap", "round");
  path.setAttribute("stroke-linejoin", "round");
  drawing.append(path);
  return drawing;
}

/** Gives an element its name, for readers and as a tooltip. */
export function call(element: HTMLElement, name: string): void {
  if (element.title === name) return;
  element.title = name;
  element.setAttribute("aria-label", name);
}

export class Menu {
  readonly button = make("button", css.button);
  readonly element = make("div", css.menu);
  private readonly list = make("div");
  private readonly said = make("p", css.said);
  private readonly end = new AbortController();

  constructor() {
    this.button.type = "button";
    this.button.append(icon("tools"));
    this.button.setAttribute("aria-haspopup", "menu");
    this.list.setAttribute("role", "menu");
    this.said.setAttribute("role", "status");
    this.element.append(this.list, this.said);
    const { signal } = this.end;
    this.button.addEventListener("click", () => (this.element.hidden ? this.open() : this.close()));
    this.button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.open();
    });
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (to instanceof Node && !this.element.contains(to) && to !== this.button) this.close(false);
    });
    document.addEventListener(
      "pointerdown",
      (event) => {
        const to = event.composedPath()[0];
        if (!(to instanceof Node) || (!this.element.contains(to) && !this.button.contains(to))) this.close(false);
      },
      { signal, capture: true },
    );
    this.close(false);
  }

  /** A row of entries with a name of its own. */
  row(name: string): HTMLElement {
    const row = make("div", css.row);
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", name);
    this.list.append(row);
    return row;
  }

  add(
    row: HTMLElement,
    picture: IconName,
    text: string,
    act: () => void,
    role: "menuitem" | "menuitemradio" = "menuitem",
  ): HTMLButtonElement {
    const made = make("button", css.item);
    made.type = "button";
    made.tabIndex = -1;
    made.setAttribute("role", role);
    made.append(icon(picture), make("span", "", text));
    made.addEventListener("click", act);
    row.append(made);
    return made;
  }

  /** Says in the menu why nothing comes, or what went wrong. */
  say(words: string): void {
    this.said.textContent = words;
  }

  name(label: string): void {
    call(this.button, `Tools of ${label}`);
    this.list.setAttribute("aria-label", `Tools of ${label}`);
  }

  open(): void {
    this.element.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.rows()[0]?.[0]?.focus({ preventScroll: true });
  }

  close(focus = true): void {
    if (focus && !this.element.hidden) this.button.focus({ preventScroll: true });
    this.element.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.say("");
  }

  remove(): void {
    this.end.abort();
  }

  /** What can be reached, row by row. */
  private rows(): HTMLButtonElement[][] {
    const rows = [...this.list.children].filter((row) => !(row as HTMLElement).hidden);
    const entries = rows.map((row) => ([...row.children] as HTMLButtonElement[]).filter((one) => !one.hidden && !one.disabled));
    return entries.filter((row) => row.length > 0);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = this.rows();
    const all = rows.flat();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const row = rows.findIndex((one) => one.includes(all[at] as HTMLButtonElement));
    const column = rows[row]?.indexOf(all[at] as HTMLButtonElement) ?? 0;
    const vertical = (step: number) => {
      const next = rows[(row + step + rows.length) % rows.length] ?? [];
      return next[Math.min(column, next.length - 1)];
    };
    const to: Record<string, () => HTMLButtonElement | undefined> = {
      ArrowRight: () => all[(at + 1) % all.length],
      ArrowLeft: () => all[(at - 1 + all.length) % all.length],
      ArrowDown: () => vertical(1),
      ArrowUp: () => vertical(-1),
      Home: () => all[0],
      End: () => all.at(-1),
    };
    if (event.key === "Escape") this.close();
    else if (event.key === "Tab") {
      this.close();
      return;
    } else if (to[event.key]) to[event.key]?.()?.focus({ preventScroll: true });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

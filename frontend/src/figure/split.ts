/**
 * The parts of a series and the borders between them: shades behind the drawing, and handles that a hand or the keyboard moves. A border
 * follows the pointer at once; the kernel is told where it is, and shows it there when it has moved it.
 */
import { make } from "../element";
import type { Border, CaptionMessage, Window } from "../generated";
import { Gesture } from "../wire/gestures";
import { refusalOf, Requests } from "../wire/requests";
import { throttleLast } from "../wire/throttle";
import type { Model, Split } from "./wire";
import { css } from "./split.module.css";

const SLOWEST = 80; // ms between two messages
const SMALL = 0.01; // of the rows: a step of an arrow key
const LARGE = 0.1; // with Shift, and of the page keys
const LONG = 8000; // ms for which a refusal is shown
const CAPTION = 26; // px above the panel
const NAMES = 20; // px of the panel's upper margin, for the names of the parts

/** Where a border is on the page and maybe not yet at the kernel, and the answer to the last row that it was told: a revision, or a refusal. */
interface Held {
  row: number;
  answered: { row: number; revision: number | null } | null;
}

/** The row within the reach of a border, round where a pixel is many rows. */
export function reached(row: number, { low, high }: Pick<Border, "low" | "high">, grain = 1): number {
  const round = 10 ** Math.max(0, Math.floor(Math.log10(grain)));
  return Math.min(high, Math.max(low, Math.round(row / round) * round));
}

/** The step of a key in rows, or where it leads; null for another key. */
export function keyed(event: Pick<KeyboardEvent, "key" | "shiftKey">, row: number, { low, high }: Border, rows: number): number | null {
  const step = Math.max(1, Math.round(rows * (event.shiftKey ? LARGE : SMALL)));
  const page = Math.max(1, Math.round(rows * LARGE));
  const to: Record<string, number> = {
    ArrowLeft: row - step,
    ArrowDown: row - step,
    ArrowRight: row + step,
    ArrowUp: row + step,
    PageDown: row - page,
    PageUp: row + page,
    Home: low,
    End: high,
  };
  const found = to[event.key];
  return found === undefined ? null : Math.min(high, Math.max(low, found));
}

const counted = (rows: number) => rows.toLocaleString("en-US");

export function borders(model: Model): { elements: HTMLElement[]; update: () => void; remove: () => void } {
  const shades = make("div", css.parts);
  const handles = make("div", css.borders);
  const refusal = make("p", css.refusal);
  const requests = new Requests<CaptionMessage>(model, (words) => say(words, false));
  const held = new Map<number, Held>();
  const parts: HTMLElement[] = [];
  const made: { element: HTMLElement; value: HTMLElement; gesture: Gesture; remove: () => void }[] = [];
  let timer = 0;

  shades.setAttribute("aria-hidden", "true");
  refusal.setAttribute("role", "alert");
  refusal.hidden = true;

  function split(): Split | null {
    const found = model.get("split");
    return found && "borders" in found ? (found as Split) : null;
  }

  function say(words: string, refused = true): void {
    window.clearTimeout(timer);
    refusal.textContent = words;
    refusal.hidden = !words;
    refusal.classList.toggle(css.waiting, !refused);
    if (words && refused) timer = window.setTimeout(() => say(""), LONG);
  }

  function shownWindow(): Window {
    return (model.get("windows") ?? [])[0] ?? [0, 1, 0, 1];
  }

  const rowOf = (place: number, border: Border) => held.get(place)?.row ?? border.row;

  /** The border goes to a row: here at once, at the kernel as soon as it hears. */
  async function tell(place: number, row: number, gesture: string): Promise<void> {
    const answer = await requests.send({ type: "split", border: place, row, gesture });
    const revision = answer.result?.["revision"];
    const now = held.get(place);
    if (now) now.answered = { row, revision: answer.ok && typeof revision === "number" ? revision : null };
    say(refusalOf(answer));
    update();
  }

  /** True where the kernel's own row counts again: the hand has let go, and what it did last is refused, or shown by the kernel too. */
  function over(place: number, { row, answered }: Held, revision: number): boolean {
    if (made[place]?.gesture.pressed || answered?.row !== row) return false;
    return answered.revision === null || revision >= answered.revision;
  }

  function add(place: number): void {
    const element = make("div", css.border);
    const value = make("span", css.value);
    const gesture = new Gesture();
    const send = throttleLast(({ row, id }: { row: number; id: string }) => void tell(place, row, id), SLOWEST);
    element.tabIndex = 0;
    element.setAttribute("role", "slider");
    element.setAttribute("aria-orientation", "horizontal");
    element.append(make("i", css.line), make("i", css.grip), value);

    function move(row: number): void {
      if (row === rowOf(place, split()?.borders[place] as Border)) return;
      held.set(place, { row, answered: held.get(place)?.answered ?? null });
      send({ row, id: gesture.current() });
      update();
    }

    let grabbed = 0; // how far from the border the pointer took it, in pixels
    const at = (event: PointerEvent) => {
      const found = split();
      const border = found?.borders[place];
      const area = handles.getBoundingClientRect();
      if (!found || !border || area.width === 0) return;
      const [left, right] = shownWindow();
      const grain = (found.rows * (right - left)) / area.width;
      move(reached(left * found.rows + (event.clientX - grabbed - area.left) * grain, border, grain));
    };
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      event.stopPropagation();
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      const line = element.querySelector(`.${css.line}`)?.getBoundingClientRect();
      grabbed = line ? event.clientX - (line.left + line.right) / 2 : 0;
      gesture.press();
      element.classList.add(css.held);
    });
    element.addEventListener("pointermove", (event) => {
      if (gesture.pressed) at(event);
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      element.addEventListener(kind, () => {
        if (!gesture.pressed) return;
        send.flush();
        gesture.release();
        element.classList.remove(css.held);
        update();
      });
    }
    element.addEventListener("keydown", (event) => {
      const found = split();
      const border = found?.borders[place];
      if (!found || !border || event.ctrlKey || event.metaKey || event.altKey) return;
      const row = keyed(event, rowOf(place, border), border, found.rows);
      if (row === null) return;
      event.preventDefault();
      move(row);
    });
    handles.append(element);
    made.push({ element, value, gesture, remove: send.cancel });
  }

  function update(): void {
    const found = split();
    for (const element of [shades, handles]) element.hidden = !found;
    shades.parentElement?.classList.toggle("rcw-has-split", found !== null);
    if (!found) {
      held.clear();
      say("");
      return;
    }
    for (const [place, one] of held) if (over(place, one, found.revision)) held.delete(place);
    const [left, right] = shownWindow();
    const across = (row: number) => (row / found.rows - left) / (right - left);
    const percent = (share: number) => `${100 * Math.min(1, Math.max(0, share))}%`;
    const [west, north, east, south] = found.margin;
    for (const { style } of [shades, handles]) {
      style.left = `${west}px`;
      style.right = `${east}px`;
      style.top = `${CAPTION + north - NAMES}px`;
      style.height = `${found.height - north - south + NAMES}px`;
    }
    const edges = [0, ...found.borders.map((border, place) => rowOf(place, border)), found.rows];
    found.parts.forEach((name, place) => {
      const part = parts[place] ?? make("span", css.part);
      if (!parts[place]) {
        const head = make("span", css.head);
        head.append(make("b", css.name), make("span", css.rows));
        part.append(head);
        parts.push(part);
        shades.append(part);
      }
      const [from, to] = [edges[place] ?? 0, edges[place + 1] ?? found.rows];
      const rows = Math.max(0, Math.min(to, found.end) - from);
      const [title, count] = (part.firstElementChild as Element).children as unknown as [HTMLElement, HTMLElement];
      title.textContent = name;
      count.textContent = `${counted(rows)} rows`;
      part.style.left = percent(across(from));
      part.style.right = `calc(100% - ${percent(across(to))})`;
      part.hidden = across(to) <= 0 || across(from) >= 1;
    });
    found.borders.forEach((border, place) => {
      if (!made[place]) add(place);
      const one = made[place];
      if (!one) return;
      const row = rowOf(place, border);
      const text = `row ${counted(row)}`;
      one.element.setAttribute("aria-label", border.name);
      one.element.setAttribute("aria-valuemin", String(border.low));
      one.element.setAttribute("aria-valuemax", String(border.high));
      one.element.setAttribute("aria-valuenow", String(row));
      one.element.setAttribute("aria-valuetext", `${border.ends} at ${text}`);
      one.element.title = `${border.name}: drag it, or use the arrow keys`;
      one.value.textContent = text;
      one.element.style.left = percent(across(row));
      one.element.classList.toggle(css.outside, across(row) < 0 || across(row) > 1);
      one.element.classList.toggle(css.atEnd, across(row) > 0.8);
    });
  }

  return {
    elements: [shades, handles, refusal],
    update,
    remove: () => {
      window.clearTimeout(timer);
      for (const one of made) one.remove();
      requests.dispose();
    },
  };
}

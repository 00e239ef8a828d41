/**
 * The legend of a figure, in one line. Entries that have no room there stand in a list behind a button with their number, and there the
 * channels that are drawn are chosen, where there are several.
 */
import { make } from "../element";
import { refusalOf } from "../wire/requests";
import { call } from "./menu";
import type { Asking, Channel, LegendItem, Model } from "./wire";
import { css as swatchCss } from "./swatch.module.css";
import { css } from "./legend.module.css";

function swatch(form: string, color: string): HTMLElement {
  const made = make("i", `${swatchCss.swatch} rcw-swatch-${form}`);
  made.style.setProperty("background", color);
  made.style.setProperty("color", color); // of which the dashes are made
  return made;
}

function entry(item: LegendItem): HTMLElement {
  const made = make("span", css.item);
  if (item.form !== "none") made.append(swatch(item.form, item.color));
  made.append(make("span", css.text, item.text));
  made.title = item.title ?? item.text;
  return made;
}

interface Legend {
  line: HTMLElement;
  more: HTMLElement;
  all: HTMLElement;
  update: () => void;
  fit: () => void;
  remove: () => void;
}

export function legend(model: Model, asking: Asking): Legend {
  const line = make("span", css.legend);
  const more = make("button", css.more);
  const all = make("div", css.all);
  const entries = make("div", css.entries);
  const chooser = make("div", css.channels);
  const said = make("p", "rcw-legend-said");
  const end = new AbortController();
  let shown = "";
  let offered = "";
  let count = 0;
  let asked: string | null = null; // until the kernel answers, an older choice of channels changes nothing here

  function open(wanted: boolean): void {
    all.hidden = !wanted;
    more.setAttribute("aria-expanded", String(wanted));
    if (!wanted) said.textContent = "";
  }

  const without = () => {
    const items = [...line.children] as HTMLElement[];
    return items.filter((one) => one.offsetTop > (items[0]?.offsetTop ?? 0)).length;
  };

  /** Counts the entries that have no room; the button takes some of it. */
  function fit(): void {
    const choice = (model.get("channels") ?? []).length > 1;
    if (!choice) more.hidden = true;
    if (!choice && without() > 0) more.hidden = false;
    const count = more.hidden ? 0 : without();
    more.textContent = count ? `+${count}` : "▾";
    const words = [choice ? "choose channels" : "", count ? `${count} more` : ""].filter(Boolean).join(", ");
    call(more, `Show all of the legend: ${words}`);
    if (more.hidden) open(false);
  }

  /** The boxes of all channels, checked where they are drawn. */
  function boxes(): HTMLInputElement[] {
    return [...chooser.querySelectorAll("input")];
  }

  function made(channel: Channel, place: number): HTMLElement {
    const label = make("label", css.channel);
    const box = make("input", "");
    box.type = "checkbox";
    box.value = String(place);
    label.title = channel.name;
    label.append(box, swatch("line", "transparent"), make("span", css.name, channel.name));
    return label;
  }

  function offer(): void {
    const channels = model.get("channels") ?? [];
    const names = JSON.stringify(channels.map(({ name }) => name));
    if (names !== offered) {
      offered = names;
      chooser.replaceChildren(...channels.map(made));
    }
    chooser.hidden = channels.length < 2;
    more.hidden = chooser.hidden && without() === 0;
    if (asked && asked !== JSON.stringify(channels.flatMap(({ color }, place) => (color ? [place] : [])))) return;
    boxes().forEach((box, place) => {
      const color = channels[place]?.color ?? "";
      box.checked = color !== "";
      (box.nextElementSibling as HTMLElement).style.setProperty("background", color || "transparent");
    });
  }

  more.type = "button";
  chooser.setAttribute("role", "group");
  chooser.setAttribute("aria-label", "Channels");
  said.setAttribute("role", "status");
  all.append(entries, chooser, said);
  more.addEventListener("click", () => open(all.hidden !== false));
  chooser.addEventListener("change", () => {
    const shown = boxes().flatMap((box, place) => (box.checked ? [place] : []));
    count += 1;
    const mine = count;
    asked = JSON.stringify(shown);
    asking.ask({ type: "channels", shown }, (answer) => {
      if (mine !== count) return; // a later choice is under way
      asked = null;
      said.textContent = refusalOf(answer);
      if (!answer.ok) offer();
    });
  });
  for (const part of [more, all] as HTMLElement[]) {
    part.addEventListener("keydown", (event: KeyboardEvent) => {
      if (event.key !== "Escape" || all.hidden) return;
      event.stopPropagation();
      open(false);
      more.focus({ preventScroll: true });
    });
    part.addEventListener("focusout", (event: FocusEvent) => {
      const to = event.relatedTarget;
      if (to instanceof Node && to !== more && !all.contains(to)) open(false);
    });
  }
  document.addEventListener(
    "pointerdown",
    (event) => {
      const to = event.composedPath()[0];
      if (!(to instanceof Node) || (to !== more && !all.contains(to))) open(false);
    },
    { signal: end.signal, capture: true },
  );
  open(false);
  return {
    line,
    more,
    all,
    update: () => {
      const items = model.get("legend");
      const text = JSON.stringify(items);
      if (text !== shown) {
        shown = text;
        line.replaceChildren(...items.map(entry));
        entries.replaceChildren(...items.map(entry));
      }
      offer();
    },
    fit,
    remove: () => end.abort(),
  };
}

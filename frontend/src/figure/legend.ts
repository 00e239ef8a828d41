/** The legend of a figure, in one line: entries that have no room there stand behind a button with their number. */
import { type LegendItem, type Model, make } from "./wire";

function entry(item: LegendItem): HTMLElement {
  const made = make("span", "rcw-legend-item");
  if (item.form !== "none") {
    const swatch = make("i", `rcw-swatch rcw-swatch-${item.form}`);
    swatch.style.setProperty("background", item.color);
    swatch.style.setProperty("color", item.color); // of which the dashes are made
    made.append(swatch);
  }
  made.append(item.text);
  return made;
}

export function legend(model: Model): { line: HTMLElement; more: HTMLElement; all: HTMLElement; update: () => void; fit: () => void } {
  const line = make("span", "rcw-legend");
  const more = make("button", "rcw-legend-more");
  const all = make("div", "rcw-legend-all");
  let shown = "";

  function open(wanted: boolean): void {
    all.hidden = !wanted;
    more.setAttribute("aria-expanded", String(wanted));
  }

  const without = () => {
    const entries = [...line.children] as HTMLElement[];
    return entries.filter((one) => one.offsetTop > (entries[0]?.offsetTop ?? 0)).length;
  };

  /** Counts the entries that have no room; the button takes some of it. */
  function fit(): void {
    more.hidden = true;
    more.hidden = without() === 0;
    const count = more.hidden ? 0 : without();
    more.textContent = `+${count}`;
    more.title = `Show all of the legend: ${count} more`;
    more.setAttribute("aria-label", more.title);
    if (more.hidden) open(false);
  }

  more.type = "button";
  more.addEventListener("click", () => open(all.hidden !== false));
  more.addEventListener("blur", () => open(false));
  more.addEventListener("keydown", (event) => {
    if (event.key === "Escape") open(false);
  });
  open(false);
  return {
    line,
    more,
    all,
    update: () => {
      const items = model.get("legend");
      const text = JSON.stringify(items);
      if (text === shown) return;
      shown = text;
      line.replaceChildren(...items.map(entry));
      all.replaceChildren(...items.map(entry));
    },
    fit,
  };
}

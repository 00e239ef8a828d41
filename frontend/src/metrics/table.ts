/** All metrics of the last results as a table: train and test side by side, channel by channel, and what each of them means. */
import type { MetricRow } from "../generated";
import { element, write } from "../runs/element";

const HEADS = ["Metric", "Train", "Test", "Unit", "What it is"];

/** The lines of one metric: of all channels, with its definition beside it, and of each channel. */
function lines(row: MetricRow): HTMLTableSectionElement {
  const group = element("tbody");
  const first = element("tr");
  const label = element("th", "rcw-metrics-label", row.label);
  label.scope = "row";
  const unit = element("td", "rcw-metrics-unit", row.unit);
  const about = element("td", "rcw-metrics-about");
  about.append(element("span", "", row.definition));
  if (row.formula) about.append(element("code", "", row.formula));
  if (row.note) about.append(element("span", "rcw-metrics-note", row.note));
  unit.rowSpan = about.rowSpan = row.channels.length + 1;
  first.append(label, number(row.train), number(row.test), unit, about);
  group.append(first);
  for (const channel of row.channels) {
    const line = element("tr", "rcw-metrics-channel");
    const name = element("th", "", channel.label);
    name.scope = "row";
    line.append(name, number(channel.train), number(channel.test));
    group.append(line);
  }
  return group;
}

function number(text: string): HTMLTableCellElement {
  return element("td", "rcw-metrics-number", text || "–");
}

export class MetricsTable {
  readonly root = element("table");
  private shape = "";

  constructor() {
    const head = element("tr");
    for (const [place, text] of HEADS.entries()) {
      const cell = element("th", place === 1 || place === 2 ? "rcw-metrics-number" : "", text);
      cell.scope = "col";
      head.append(cell);
    }
    const top = element("thead");
    top.append(head);
    this.root.setAttribute("aria-label", "All metrics");
    this.root.append(top);
  }

  /** Writes the numbers into the lines that are there, and makes the lines anew where others are wanted. */
  update(rows: MetricRow[]): void {
    const shape = JSON.stringify(rows.map(({ train, test, channels, ...about }) => [about, channels.map(({ label }) => label)]));
    if (shape !== this.shape) {
      this.shape = shape;
      for (const body of [...this.root.tBodies]) body.remove();
      this.root.append(...rows.map(lines));
      return;
    }
    const cells = this.root.querySelectorAll<HTMLElement>("tbody .rcw-metrics-number");
    const texts = rows.flatMap(({ train, test, channels }) => [train, test, ...channels.flatMap((one) => [one.train, one.test])]);
    texts.forEach((text, place) => write(cells[place] as HTMLElement, text || "–"));
  }
}

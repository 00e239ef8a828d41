/**
 * The map of a sweep: a grid of cells, one a setting, that the mouse and the keyboard can choose. Two knobs make a heat map; one knob makes a
 * row of columns with a dot each, as high as its error.
 */
import { make, write } from "../element";
import { colorAt, gradient, scaleOf, shareOf, type Scale } from "./scale";
import { figure, titleOf, type Axis, type MapTrait } from "./wire";
import { css } from "./sweep.module.css";

const SAME = 1e-9; // two values of a knob that differ by less, relatively, are the same
const LABELS = { across: 10, up: 12 }; // labels on an axis at most

/** What is marked: the class of its swatch, that of its cells, and its words. */
const KEYS: readonly (readonly [string, string, string])[] = [
  [css.best, css.isBest, "best"],
  [css.now, css.isNow, "the sliders now"],
  [css.diverged, css.isDiverged, "diverged"],
];
const SVG = "http://www.w3.org/2000/svg";

function keyOf(name: string, text: string): HTMLElement {
  const item = make("span", css.key);
  item.append(make("i", `${css.swatch} ${name}`), text);
  return item;
}

export class SweepMap {
  private readonly measure = make("strong", css.measure);
  private readonly range = make("span", css.key);
  private readonly bar = make("i", css.bar);
  private readonly keys = new Map(KEYS.map(([name, mark, text]) => [mark, keyOf(name, text)]));
  private readonly line = document.createElementNS(SVG, "polyline");
  private readonly drawing = document.createElementNS(SVG, "svg");
  private readonly ends = [make("span"), make("span")] as const;
  private readonly heights = [make("span"), make("span")] as const; // the ends of the scale beside the columns
  private readonly legend = make("div", css.legend);
  private readonly upTitle = make("div", css.title);
  private readonly grid = make("div", css.grid);
  private readonly acrossTitle = make("div", `${css.title} ${css.across}`);
  private readonly told = make("p", css.told);
  private readonly tested = make("p", css.tested);
  private readonly test = make("span");
  private readonly summary = make("p", css.summary); // the map in sentences, for those who do not see it
  private cells: HTMLElement[] = [];
  private shown = "";
  private map: MapTrait | null = null;
  private medians: Float64Array = new Float64Array(0);
  private errors: Float64Array = new Float64Array(0);
  private scale: Scale | null = null;
  private held = 0; // the place that the keyboard is on
  private pointed: number | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly take: (place: number) => void,
  ) {
    this.range.append(this.ends[0], this.bar, this.ends[1]);
    this.legend.append(this.measure, this.range, ...this.keys.values());
    this.drawing.setAttribute("class", css.line);
    this.drawing.setAttribute("preserveAspectRatio", "none");
    this.drawing.setAttribute("aria-hidden", "true");
    this.drawing.append(this.line);
    this.grid.setAttribute("role", "grid");
    this.summary.id = `rcw-${Math.random().toString(36).slice(2)}`;
    this.grid.setAttribute("aria-describedby", this.summary.id);
    this.grid.addEventListener("keydown", (event) => this.onKey(event));
    this.grid.addEventListener("click", (event) => this.onCell(event, (place) => this.choose(place)));
    this.grid.addEventListener("pointerover", (event) => this.onCell(event, (place) => this.point(place)));
    this.grid.addEventListener("pointerleave", () => this.point(null));
    this.grid.addEventListener("focusin", (event) => this.onCell(event, (place) => this.point(place)));
    this.grid.addEventListener("focusout", () => this.point(null));
    const name = make("strong", "", "Test error of the best setting: ");
    this.tested.title = "Measured once, after a fit to the whole training part: the test part chooses nothing";
    this.tested.append(name, this.test);
    this.root.append(this.legend, this.upTitle, this.grid, this.acrossTitle, this.told, this.tested, this.summary);
  }

  show(map: MapTrait, medians: Float64Array, errors: Float64Array, dark: boolean): void {
    this.map = map;
    this.medians = medians;
    this.errors = errors;
    const shape = JSON.stringify([map.number, map.axes]);
    if (shape !== this.shown) {
      this.shown = shape;
      this.build(map.axes);
    }
    this.scale = scaleOf(medians, map.metric);
    this.bar.style.background = gradient(dark);
    this.grid.setAttribute("aria-label", `Held-out ${map.metric} by ${map.axes.map(({ label }) => label).join(" and ")}`);
    write(this.summary, map.summary);
    write(this.test, map.test);
    this.cells.forEach((cell, place) => this.paint(cell, place, dark));
    this.drawLegend();
    if (map.axes.length === 1) this.drawLine();
    this.tell();
  }

  private get axes(): [Axis, Axis | undefined] {
    const [x, y] = this.map?.axes ?? [];
    return [x ?? { name: "", label: "", owner: "", values: [], words: [] }, y];
  }

  private get down(): number {
    return this.axes[1]?.values.length ?? 1;
  }

  /** What the colours and marks mean: those that are there. */
  private drawLegend(): void {
    const { seeds = [], metric = "", axes = [] } = this.map ?? {};
    write(this.measure, `Held-out ${metric}`);
    write(this.ends[0], this.scale ? figure(this.scale.low) : "");
    write(this.ends[1], this.scale ? figure(this.scale.high) + (this.scale.cut ? " or more" : "") : "");
    const median = seeds.length > 1 ? `, the median of ${seeds.length} seeds` : "";
    this.measure.title = `On the last fifth of the training part, fitted to the rows before it${median}`;
    this.range.hidden = this.scale === null || axes.length === 1;
    for (const [mark, key] of this.keys) key.hidden = this.grid.querySelector(`.${mark}`) === null;
  }

  /** Joins the dots of one knob, and writes the ends of the scale beside them. */
  private drawLine(): void {
    const dots = [...this.medians].map((value, place) =>
      this.scale && Number.isFinite(value) ? `${place + 0.5},${1 - shareOf(this.scale, value)}` : "",
    );
    this.drawing.setAttribute("viewBox", `0 0 ${Math.max(dots.length, 1)} 1`);
    this.line.setAttribute("points", dots.filter(Boolean).join(" "));
    write(this.heights[0], this.scale ? figure(this.scale.high) + (this.scale.cut ? "+" : "") : "");
    write(this.heights[1], this.scale ? figure(this.scale.low) : "");
  }

  /** The cells row by row, the largest value of the second knob on top; a place counts through the first knob, then the second. */
  private build([x, y]: readonly Axis[]): void {
    if (!x) return;
    const [across, up] = [x.values.length, y?.values.length ?? 1];
    this.cells = [];
    this.held = this.pointed = 0;
    this.pointed = null;
    this.grid.replaceChildren();
    this.grid.classList.toggle(css.columns, !y);
    this.root.classList.toggle(css.ofOne, !y);
    this.grid.style.setProperty("--rcw-across", String(across));
    this.grid.style.setProperty("--rcw-up", String(up));
    this.grid.setAttribute("aria-colcount", String(across));
    this.grid.setAttribute("aria-rowcount", String(up));
    write(this.upTitle, y ? titleOf(y) : "log scale");
    write(this.acrossTitle, titleOf(x));
    const [everyUp, everyAcross] = [Math.ceil(up / LABELS.up), Math.ceil(across / LABELS.across)];
    for (let row = up - 1; row >= 0; row -= 1) {
      const line = make("div", css.row);
      line.setAttribute("role", "row");
      const head = make("span", css.tick, y && row % everyUp === 0 ? y.words[row] : "");
      head.setAttribute("aria-hidden", "true");
      if (!y) head.append(...this.heights);
      line.append(head);
      for (let column = 0; column < across; column += 1) {
        const place = column * up + row;
        const cell = make("div", css.cell);
        cell.setAttribute("role", "gridcell");
        cell.dataset["place"] = String(place);
        cell.tabIndex = -1;
        if (!y) cell.append(make("i", css.spread), make("i", css.dot));
        this.cells[place] = cell;
        line.append(cell);
      }
      if (!y) line.append(this.drawing);
      this.grid.append(line);
    }
    const foot = make("div", `${css.row} ${css.foot}`);
    foot.setAttribute("aria-hidden", "true");
    foot.append(make("span", css.tick));
    x.words.forEach((word, column) => foot.append(make("span", css.tick, column % everyAcross === 0 ? word : "")));
    this.grid.append(foot);
    this.hold(y ? up - 1 : 0, false);
  }

  private paint(cell: HTMLElement, place: number, dark: boolean): void {
    const value = this.medians[place] ?? NaN;
    const known = Number.isFinite(value) && this.scale !== null;
    cell.className = `${css.cell} ${known ? "rcw-sweep-is-known" : value === Infinity ? css.isDiverged : css.isUnknown}`;
    cell.classList.toggle(css.isBest, place === this.map?.best);
    const now = this.isNow(place);
    cell.classList.toggle(css.isNow, now);
    cell.setAttribute("aria-selected", String(now));
    cell.setAttribute("aria-label", `${this.words(place)}${place === this.map?.best ? ", the best" : ""}`);
    const share = known && this.scale ? shareOf(this.scale, value) : 0;
    if (this.axes[1]) cell.style.background = known ? colorAt(share, dark) : "";
    else this.raise(cell, place, share, known, dark);
  }

  /** Puts the dot of one column, and the line from the least error of its seeds to the largest, at their heights. */
  private raise(cell: HTMLElement, place: number, share: number, known: boolean, dark: boolean): void {
    cell.style.setProperty("--rcw-height", String(share));
    cell.style.setProperty("--rcw-color", known ? colorAt(share, dark) : "transparent");
    const seeds = this.ofSeeds(place).filter(Number.isFinite);
    const scale = this.scale;
    const spread =
      scale && seeds.length > 1 ? [Math.min(...seeds), Math.max(...seeds)].map((error) => shareOf(scale, error)) : [share, share];
    cell.style.setProperty("--rcw-low", String(spread[0]));
    cell.style.setProperty("--rcw-high", String(spread[1]));
  }

  private ofSeeds(place: number): number[] {
    const seeds = this.map?.seeds.length ?? 0;
    return [...this.errors.slice(place * seeds, (place + 1) * seeds)];
  }

  private settingOf(place: number): { axis: Axis; at: number }[] {
    const [x, y] = this.axes;
    const column = { axis: x, at: Math.floor(place / this.down) };
    return y ? [column, { axis: y, at: place % this.down }] : [column];
  }

  private isNow(place: number): boolean {
    const now = this.map?.now ?? {};
    return this.settingOf(place).every(({ axis, at }) => {
      const [value, set] = [axis.values[at], now[axis.name]];
      return value !== undefined && set !== undefined && Math.abs(value - set) <= SAME * Math.max(Math.abs(value), Math.abs(set));
    });
  }

  /** "Spectral radius 1.25, Ridge beta 1e-6: NRMSE 0.012". */
  private words(place: number): string {
    const at = this.settingOf(place).map(({ axis, at: k }) => `${axis.label} ${axis.words[k]}`);
    return `${at.join(", ")}: ${this.map?.metric ?? ""} ${figure(this.medians[place] ?? NaN)}`;
  }

  /** Says what the pointed cell is, or the best one. */
  private tell(): void {
    const place = this.pointed ?? this.map?.best ?? null;
    if (place === null) {
      write(this.told, "No setting is known yet.");
      return;
    }
    const seeds = this.ofSeeds(place).filter((error) => !Number.isNaN(error));
    const all = this.map?.seeds.length ?? 1;
    const which = seeds.length < all ? `${seeds.length} of ${all} seeds so far` : `the median of ${all} seeds`;
    const each = all > 1 && seeds.length ? `, ${which} (${seeds.map(figure).join(", ")})` : "";
    write(this.told, `${this.pointed === null ? "Best: " : ""}${this.words(place)}${each}.`);
  }

  private point(place: number | null): void {
    this.pointed = place;
    this.tell();
  }

  /** Gives the one stop of the Tab key to a cell. */
  private hold(place: number, focus = true): void {
    this.cells[this.held]?.setAttribute("tabindex", "-1");
    this.held = place;
    const cell = this.cells[place];
    if (!cell) return;
    cell.tabIndex = 0;
    if (focus) cell.focus({ preventScroll: true });
  }

  private choose(place: number): void {
    this.hold(place);
    this.take(place);
  }

  private onCell(event: Event, act: (place: number) => void): void {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>(`.${css.cell}`) : null;
    if (cell?.dataset["place"]) act(Number(cell.dataset["place"]));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const [across, up] = [this.axes[0].values.length, this.down];
    const [column, row] = [Math.floor(this.held / up), this.held % up];
    const to: Record<string, [number, number]> = {
      ArrowLeft: [column - 1, row],
      ArrowRight: [column + 1, row],
      ArrowUp: [column, row + 1],
      ArrowDown: [column, row - 1],
      Home: [0, row],
      End: [across - 1, row],
      PageUp: [column, up - 1],
      PageDown: [column, 0],
    };
    const target = to[event.key];
    if (target) this.hold(Math.min(across - 1, Math.max(0, target[0])) * up + Math.min(up - 1, Math.max(0, target[1])));
    else if (event.key === "Enter" || event.key === " ") this.choose(this.held);
    else return;
    event.preventDefault();
  }
}

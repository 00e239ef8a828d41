/**
 * A page that `to_html` wrote: its figures zoom along x. Dragging over a plot shows that part, a double click shows all; with the focus on a
 * figure, + and - zoom about the middle, the arrows move, and 0 shows all.
 */
import "./page.css";

const SPACE = "http://www.w3.org/2000/svg";
const DEEPEST = 1e-4; // of the whole width

/** Round numbers within a span, at most about six. */
export function ticksOf(low: number, high: number, form: string): number[] {
  if (form === "log") {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const stride = Math.max(1, Math.ceil((last - first + 1) / 6));
    return Array.from({ length: Math.max(0, Math.floor((last - first) / stride) + 1) }, (_, k) => 10 ** (first + k * stride));
  }
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

const told = (value: number): string => {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential().replace("e+", "e") : String(value);
};

class Plot {
  private left = 0;
  private right = 1;
  private readonly ticks: SVGTextElement[];
  private readonly places: number[];
  private readonly low: number;
  private readonly high: number;
  private readonly form: string;

  constructor(private readonly plot: SVGSVGElement) {
    const [low, high, form] = (plot.dataset["x"] ?? "0 1 fixed").split(" ");
    [this.low, this.high, this.form] = [Number(low), Number(high), form ?? "fixed"];
    this.ticks = [...(plot.parentElement?.querySelectorAll<SVGTextElement>(":scope > text.tick") ?? [])];
    this.places = this.ticks.map((tick) => (Number(tick.getAttribute("x")) - this.x) / this.width);
    this.listen();
  }

  private get x(): number {
    return Number(this.plot.getAttribute("x"));
  }

  private get width(): number {
    return Number(this.plot.getAttribute("width"));
  }

  show(left: number, right: number): void {
    const span = Math.min(1, Math.max(DEEPEST, right - left));
    this.left = Math.min(1 - span, Math.max(0, left));
    this.right = this.left + span;
    const height = this.plot.getAttribute("height") ?? "0";
    this.plot.setAttribute("viewBox", `${this.left * this.width} 0 ${span * this.width} ${height}`);
    this.label();
  }

  zoom(factor: number): void {
    const [middle, half] = [(this.left + this.right) / 2, ((this.right - this.left) / 2) * factor];
    this.show(middle - half, middle + half);
  }

  move(share: number): void {
    const by = share * (this.right - this.left);
    this.show(this.left + by, this.right + by);
  }

  /** The value at a share of the whole width. */
  private at(share: number): number {
    if (this.form === "log") return this.low * (this.high / this.low) ** share;
    return this.low + share * (this.high - this.low);
  }

  private shareOf(value: number): number {
    if (this.form === "log") return Math.log(value / this.low) / Math.log(this.high / this.low);
    return (value - this.low) / (this.high - this.low);
  }

  private label(): void {
    const whole = this.left === 0 && this.right === 1;
    for (const made of this.plot.parentElement?.querySelectorAll("text.made") ?? []) made.remove();
    const inView = (share: number): number => (share - this.left) / (this.right - this.left);
    this.ticks.forEach((tick, k) => {
      const place = inView(this.places[k] ?? 0);
      tick.setAttribute("x", String(this.x + place * this.width));
      tick.style.display = (whole || this.form === "fixed") && place >= -0.001 && place <= 1.001 ? "" : "none";
    });
    const model = this.ticks[0];
    if (whole || this.form === "fixed" || !model) return;
    for (const value of ticksOf(this.at(this.left), this.at(this.right), this.form)) {
      const text = document.createElementNS(SPACE, "text");
      for (const name of ["y", "text-anchor", "fill"]) text.setAttribute(name, model.getAttribute(name) ?? "");
      text.setAttribute("x", String(this.x + inView(this.shareOf(value)) * this.width));
      text.setAttribute("class", "made");
      text.textContent = told(value);
      model.parentElement?.append(text);
    }
  }

  private listen(): void {
    const { plot } = this;
    const ground = document.createElementNS(SPACE, "rect");
    ground.setAttribute("fill", "transparent");
    for (const name of ["width", "height"]) ground.setAttribute(name, plot.getAttribute(name) ?? "0"); // in the plot's own units: all of it
    plot.prepend(ground);
    let from: number | null = null;
    const share = (event: PointerEvent): number => {
      const box = plot.getBoundingClientRect();
      return this.left + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (this.right - this.left);
    };
    plot.addEventListener("pointerdown", (event) => {
      from = share(event);
      plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener("pointerup", (event) => {
      const to = share(event);
      if (from !== null && Math.abs(to - from) > 0.01 * (this.right - this.left)) this.show(Math.min(from, to), Math.max(from, to));
      from = null;
    });
    plot.addEventListener("dblclick", () => this.show(0, 1));
  }
}

for (const box of document.querySelectorAll("figure")) {
  const plots = [...box.querySelectorAll<SVGSVGElement>("svg.plot")].map((plot) => new Plot(plot));
  const deeds: Record<string, (plot: Plot) => void> = {
    "+": (plot) => plot.zoom(0.5),
    "-": (plot) => plot.zoom(2),
    ArrowLeft: (plot) => plot.move(-0.25),
    ArrowRight: (plot) => plot.move(0.25),
    "0": (plot) => plot.show(0, 1),
  };
  box.addEventListener("keydown", (event) => {
    const deed = deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    for (const plot of plots) deed(plot);
  });
}

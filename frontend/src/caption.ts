/**
 * The line above a bqplot figure: title, legend, text alternative and the data as CSV. It also names the box that it stands in, since
 * bqplot itself has no accessible names.
 */
import type { AnyModel, RenderProps } from "@anywidget/types";
import "./caption.css";
import "./css/overlay.css";

/** One entry of the legend; the color is a CSS variable of `caption.css`. */
interface LegendItem {
  text: string;
  color: string;
  form: "line" | "wide" | "dashed" | "band" | "dot" | "none";
}

/** What the kernel writes; the page only reads it. */
interface CaptionState {
  label: string;
  subtitle: string;
  legend: LegendItem[];
  summary: string;
}

interface CsvReply {
  id: number;
  ok: boolean;
  error?: { text: string };
}

type Model = AnyModel<CaptionState>;

const PATIENCE = 1500; // ms until the button says why nothing comes

function make(tag: string, name: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function legendEntry(item: LegendItem): HTMLElement {
  const entry = make("span", "rcw-legend-item");
  if (item.form !== "none") {
    const swatch = make("i", `rcw-swatch rcw-swatch-${item.form}`);
    swatch.style.setProperty("background", item.color);
    swatch.style.setProperty("color", item.color); // of which the dashes are made
    entry.append(swatch);
  }
  entry.append(item.text);
  return entry;
}

/** A button that asks the kernel for the data in full and saves it. */
function csvButton(model: Model): { button: HTMLElement; remove: () => void } {
  const button = make("button", "rcw-csv", "CSV") as HTMLButtonElement;
  const rest = `Download the data of ${model.get("label")} as CSV`;
  let wanted: number | null = null;
  let timer = 0;

  function say(title: string): void {
    button.title = title;
    button.setAttribute("aria-label", title);
  }

  function finish(title: string): void {
    window.clearTimeout(timer);
    wanted = null;
    button.removeAttribute("aria-busy");
    say(title);
  }

  function onReply(reply: CsvReply, buffers: DataView[]): void {
    if (wanted === null || reply.id !== wanted) return;
    const [bytes] = buffers;
    finish(reply.ok ? rest : `${rest}: ${reply.error?.text ?? "failed"}`);
    if (reply.ok && bytes) save(bytes, `${model.get("label").toLowerCase()}.csv`);
  }

  button.type = "button";
  say(rest);
  button.addEventListener("click", () => {
    wanted = Math.floor(Math.random() * 2 ** 31);
    button.setAttribute("aria-busy", "true");
    window.clearTimeout(timer);
    timer = window.setTimeout(() => say("Waits for the kernel: a cell is running, or the kernel is gone"), PATIENCE);
    model.send({ id: wanted, type: "csv" });
  });
  model.on("msg:custom", onReply);
  return {
    button,
    remove: () => {
      window.clearTimeout(timer);
      model.off("msg:custom", onReply);
    },
  };
}

function save(bytes: DataView, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes as BlobPart], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function render({ model, el }: RenderProps<CaptionState>): () => void {
  const title = make("span", "rcw-caption-title");
  const subtitle = make("span", "rcw-caption-subtitle");
  const legend = make("span", "rcw-legend");
  const summary = make("p", "rcw-caption-summary");
  const { button, remove } = csvButton(model);
  summary.id = `rcw-caption-${Math.random().toString(36).slice(2)}`; // not counted: each widget evaluates this module anew
  el.classList.add("rcw-caption");
  el.append(title, subtitle, legend, button, summary);

  let gone = false;
  let shown = "";

  /** Name the box, as soon as this view is in the page. */
  function nameBox(): void {
    const box = el.closest(".rcw-figure");
    if (!box) {
      if (!gone) requestAnimationFrame(nameBox);
      return;
    }
    box.setAttribute("role", "figure");
    box.setAttribute("aria-label", model.get("label"));
    box.setAttribute("aria-describedby", summary.id);
    for (const drawing of box.querySelectorAll(".bqplot")) drawing.setAttribute("aria-hidden", "true");
  }

  function update(): void {
    title.textContent = model.get("label");
    subtitle.textContent = subtitle.title = model.get("subtitle");
    summary.textContent = model.get("summary");
    const items = model.get("legend");
    const text = JSON.stringify(items);
    if (text !== shown) {
      shown = text;
      legend.replaceChildren(...items.map(legendEntry));
    }
    nameBox();
  }

  const changes = ["change:label", "change:subtitle", "change:legend", "change:summary"] as const;
  for (const change of changes) model.on(change, update);
  update();
  return () => {
    gone = true;
    for (const change of changes) model.off(change, update);
    remove();
  };
}

export default { render };

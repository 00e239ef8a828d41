/**
 * The bar under the figures: the metrics of the last results, as one line of labels and values, and behind a button all of them in a
 * table with their definitions. A view of the status model itself.
 */
import type { AnyModel, RenderProps } from "@anywidget/types";
import type { MetricRow } from "./generated";
import { guardKeys } from "./hostKeys";
import { MetricsTable } from "./metrics/table";
import { buttonElement, copyText, element, write } from "./runs/element";
import { watchTheme } from "./theme";
import type { Metric } from "./types";
import { Requests } from "./wire/requests";
import { watchTraits } from "./wire/traits";
import "./css/theme.css";
import "./css/footer.css";
import "./css/targets.css";
import "./css/forced.css";
import "./css/old.css";

const WAITING = "Waits for the running cell.";

interface Traits {
  /** What the figures are of, where they are another model's. */
  old: string;
  metrics: Metric[];
  table: MetricRow[];
}

function metricElement({ label, value, title }: Metric): HTMLElement {
  const made = element("div", "rcw-metric");
  made.title = title;
  made.append(element("span", "", label), element("b", "", value));
  return made;
}

/** Draws the metrics, and again whenever they or the theme change. */
function render({ model, el }: Pick<RenderProps, "el"> & { model: AnyModel }): () => void {
  const footer = element("div", "rcw-footer");
  const bar = element("div", "rcw-footer-bar");
  const figures = element("div", "rcw-footer-metrics");
  const body = element("div", "rcw-metrics");
  const scroller = element("div", "rcw-metrics-scroller");
  const tools = element("div", "rcw-metrics-tools");
  const said = element("span", "rcw-metrics-said");
  const label = element("span", "rcw-footer-old");
  const table = new MetricsTable();
  const requests = new Requests<{ type: "csv" }>(model, (waiting) => write(said, waiting ? WAITING : ""));
  let traits: Traits = { old: "", metrics: [], table: [] };

  const toggle = buttonElement("rcw-metrics-toggle", "All metrics", () => open(body.hidden !== false));
  const copy = buttonElement("rcw-metrics-copy", "Copy as CSV", async () => {
    const answer = await requests.send({ type: "csv" });
    const text = answer.result?.["csv"];
    if (!answer.ok || typeof text !== "string") write(said, answer.error?.text ?? "The kernel refused it.");
    else write(said, (await copyText(text)) ? "Copied, with all digits." : "The browser does not let the page copy.");
  });

  function open(wanted: boolean): void {
    body.hidden = !wanted;
    toggle.setAttribute("aria-expanded", String(wanted));
    draw();
  }

  function draw(): void {
    const { old, metrics, table: rows } = traits;
    figures.replaceChildren(...(metrics.length > 0 ? metrics.map(metricElement) : [element("span", "rcw-footer-empty", "No results yet")]));
    write(label, metrics.length > 0 ? old : "");
    label.hidden = label.textContent === "";
    footer.classList.toggle("rcw-old", !label.hidden);
    if (!label.hidden) figures.prepend(label);
    toggle.hidden = rows.length === 0;
    if (rows.length === 0) body.hidden = true;
    toggle.setAttribute("aria-expanded", String(!body.hidden));
    if (!body.hidden) table.update(rows);
  }

  /** JupyterLab takes a letter for a command to the cell. */
  function keep(event: KeyboardEvent): void {
    if (!event.ctrlKey && !event.metaKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
  }

  figures.setAttribute("role", "group");
  figures.setAttribute("aria-label", "Metrics");
  body.id = `rcw-metrics-${Math.random().toString(36).slice(2)}`; // not counted: each widget evaluates this module anew
  body.hidden = true;
  scroller.tabIndex = 0; // to scroll by key
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", "All metrics");
  said.setAttribute("role", "status");
  toggle.setAttribute("aria-controls", body.id);
  tools.append(
    element("span", "rcw-metrics-hint", "mse_c and var_c are the mean squared error and the target's variance of one channel."),
    said,
    copy,
  );
  scroller.append(table.root);
  body.append(scroller, tools);
  bar.append(figures, toggle);
  footer.append(bar, body);
  footer.addEventListener("keydown", keep);
  const leaveHost = guardKeys(footer);
  const leave = watchTheme((dark) => void footer.classList.toggle("rcw-dark", dark));
  const leaveTraits = watchTraits<Traits>(model, ["old", "metrics", "table"], (read) => {
    traits = { ...traits, ...read };
    draw();
  });
  draw();
  el.append(footer);
  return () => {
    leave();
    leaveHost();
    leaveTraits();
    requests.dispose();
    footer.remove();
  };
}

export default { render };

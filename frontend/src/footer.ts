/** The bar under the figures: the metrics of the last results, as one line of labels and values. A view of the status model itself. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { watchTheme } from "./theme";
import type { Metric } from "./types";
import "./css/theme.css";
import "./css/footer.css";

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function metricElement({ label, value, title }: Metric): HTMLElement {
  const made = element("div", "rcw-metric");
  made.title = title;
  made.append(element("span", "", label), element("b", "", value));
  return made;
}

/** Draws the metrics, and again whenever they or the theme change. */
function render({ model, el }: Pick<RenderProps, "el"> & { model: AnyModel }): () => void {
  const bar = element("div", "rcw-footer");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Metrics");
  const draw = (): void => {
    const metrics = (model.get("metrics") as Metric[] | undefined) ?? [];
    bar.replaceChildren(...(metrics.length > 0 ? metrics.map(metricElement) : [element("span", "rcw-footer-empty", "No results yet")]));
  };
  const leave = watchTheme((dark) => void bar.classList.toggle("rcw-dark", dark));
  model.on("change:metrics", draw);
  draw();
  el.append(bar);
  return () => {
    leave();
    model.off("change:metrics", draw);
    bar.remove();
  };
}

export default { render };

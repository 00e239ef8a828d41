/** A figure that the kernel drew as SVG, for pages without bqplot: its name, its text alternative, its choices and its data as CSV. */
import type { RenderProps } from "@anywidget/types";
import { make } from "./element";
import { choices } from "./figure/choices";
import { css as choiceCss } from "./figure/choice.module.css";
import type { Control } from "./figure/wire";
import { isDark, watchTheme } from "./theme";
import { CsvRequests } from "./wire/csv";
import { watchTraits } from "./wire/traits";
import { css } from "./sketch.module.css";
import "./css/targets.css";

interface Traits {
  label: string;
  summary: string;
  controls: Control[];
  drawing: string;
  colors: Record<"light" | "dark", Record<string, string>>;
}

function render({ model, el }: RenderProps): () => void {
  const box = make("figure", `${css.sketch} rcw-drawing`);
  const chosen = make("div", `${choiceCss.choices} ${css.choices}`);
  const picture = make("div");
  const summary = make("figcaption", css.summary);
  const csv = make("button", css.csv, "CSV");
  const asking = new CsvRequests(model, (words) => (csv.textContent = words || "CSV"));
  const update = choices(model, asking, chosen);
  csv.type = "button";
  csv.addEventListener("click", () => asking.fetch((refusal) => (csv.textContent = refusal || "CSV")));
  box.setAttribute("role", "figure");
  box.append(chosen, picture, csv, summary);
  el.append(box);

  const paint = (dark: boolean): void => {
    const colors = (model.get("colors") as Traits["colors"])[dark ? "dark" : "light"];
    for (const [name, value] of Object.entries(colors)) box.style.setProperty(name, value);
  };
  const steps = [
    watchTraits<Traits>(model, ["label", "summary", "controls", "drawing", "colors"], ({ label, summary: words, drawing }) => {
      update();
      box.setAttribute("aria-label", label);
      csv.setAttribute("aria-label", asking.name);
      summary.textContent = words;
      const parsed = drawing ? new DOMParser().parseFromString(drawing, "image/svg+xml").documentElement : null;
      if (parsed) picture.replaceChildren(document.importNode(parsed, true));
      paint(isDark());
    }),
    watchTheme(paint),
  ];
  return () => {
    for (const step of steps) step();
    asking.dispose();
  };
}

export default { render };

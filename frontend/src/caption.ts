/**
 * The line above a bqplot figure: title or choices, legend, text alternative, the data as CSV and the picture. It also names the box that
 * it stands in, since bqplot itself has no accessible names.
 */
import type { RenderProps } from "@anywidget/types";
import "./caption.css";
import "./css/disconnected.css";
import "./css/overlay.css";
import "./css/split.css";
import { choices } from "./figure/choices";
import { csvButton } from "./figure/csv";
import { legend } from "./figure/legend";
import { pictureButtons } from "./figure/picture";
import { borders } from "./figure/split";
import { type CaptionState, make } from "./figure/wire";
import { zoom } from "./figure/zoom";
import { guardKeys } from "./hostKeys";

const STUMP = 130; // px: a subtitle of so much room is a few letters

function render({ model, el }: RenderProps<CaptionState>): () => void {
  const line = make("div", "rcw-caption-line");
  const title = make("span", "rcw-caption-title");
  const chosen = make("span", "rcw-choices");
  const subtitle = make("span", "rcw-caption-subtitle");
  const saving = make("span", "rcw-saving");
  const summary = make("p", "rcw-caption-summary");
  const csv = csvButton(model);
  const pictures = pictureButtons(model, el);
  const zooming = zoom(model);
  const split = borders(model);
  const named = legend(model);
  const updateChoices = choices(model, chosen);
  summary.id = `rcw-caption-${Math.random().toString(36).slice(2)}`; // not counted: each widget evaluates this module anew
  el.classList.add("rcw-caption");
  saving.append(csv.button, ...pictures.buttons);
  line.append(title, chosen, subtitle, named.line, named.more, saving);
  el.append(line, ...split.elements, zooming.tools, named.all, summary);

  /** A subtitle that is cut to a stump beside a legend says less than none. */
  function fit(): void {
    named.fit();
    const cut = subtitle.scrollWidth > subtitle.clientWidth && subtitle.clientWidth < STUMP && named.line.childElementCount > 0;
    subtitle.classList.toggle("rcw-stump", cut);
  }

  const sizes = new ResizeObserver(fit);
  let gone = false;
  let attached = false;

  /** Name the box, as soon as this view is in the page. */
  function nameBox(): void {
    const box = el.closest<HTMLElement>(".rcw-figure");
    if (!box) {
      if (!gone) requestAnimationFrame(nameBox);
      return;
    }
    if (!attached) zooming.attach(box);
    attached = true;
    box.setAttribute("role", "figure");
    box.setAttribute("aria-label", model.get("label"));
    box.setAttribute("aria-describedby", summary.id);
    for (const drawing of box.querySelectorAll(".bqplot")) drawing.setAttribute("aria-hidden", "true");
    zooming.update();
  }

  function update(): void {
    title.textContent = model.get("label");
    title.hidden = (model.get("controls") ?? []).some((control) => control.name === "Figure");
    subtitle.textContent = subtitle.title = model.get("subtitle");
    summary.textContent = model.get("summary");
    named.update();
    fit();
    csv.name();
    pictures.name();
    updateChoices();
    split.update();
    nameBox();
  }

  /** JupyterLab takes a letter for a command to the cell. */
  function keep(event: KeyboardEvent): void {
    if (!event.ctrlKey && !event.metaKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
  }

  const traits = ["label", "subtitle", "legend", "summary", "controls", "windows", "split"] as const;
  const changes = traits.map((trait) => `change:${trait}` as const);
  for (const change of changes) model.on(change, update);
  el.addEventListener("keydown", keep);
  const leaveHost = guardKeys(el);
  sizes.observe(line);
  update();
  return () => {
    gone = true;
    for (const change of changes) model.off(change, update);
    el.removeEventListener("keydown", keep);
    leaveHost();
    sizes.disconnect();
    csv.remove();
    zooming.remove();
    split.remove();
  };
}

export default { render };

/**
 * The line above a bqplot figure: title or choices, legend, tools and text alternative. It also names the box that it stands in, since bqplot
 * itself has no accessible names, and shows the values under the pointer there.
 */
import type { RenderProps } from "@anywidget/types";
import "./css/disconnected.css";
import "./css/figure.css";
import "./css/old.css";
import "./css/overlay.css";
import "./css/search.css";
import { make } from "./element";
import type { CaptionMessage } from "./generated";
import { choices } from "./figure/choices";
import { csvEntry } from "./figure/csv";
import { legend } from "./figure/legend";
import { Menu } from "./figure/menu";
import { notes } from "./figure/notes";
import { pictureEntries } from "./figure/picture";
import { readout } from "./figure/readout";
import { sizes } from "./figure/size";
import { borders } from "./figure/split";
import { tellSizes } from "./figure/told";
import type { CaptionState } from "./figure/wire";
import { zoom } from "./figure/zoom";
import { keepKeys } from "./hostKeys";
import { Requests } from "./wire/requests";
import { css as choiceCss } from "./figure/choice.module.css";
import { css } from "./caption.module.css";
import "./css/targets.css";
import "./css/forced.css";

const STUMP = 96; // px: a subtitle of so much room is a few letters

function render({ model, el }: RenderProps<CaptionState>): () => void {
  const line = make("div", css.line);
  const title = make("span", css.title);
  const chosen = make("span", choiceCss.choices);
  const subtitle = make("span", css.subtitle);
  const summary = make("p", css.summary);
  const menu = new Menu();
  const asking = new Requests<CaptionMessage>(model);
  const zooming = zoom(model, asking, menu);
  const sizing = sizes(menu, menu.row("Size"));
  const saving = menu.row("Save");
  const csv = csvEntry(model, menu, saving);
  const pictures = pictureEntries(model, el, menu, saving);
  const split = borders(model);
  const named = legend(model, asking);
  const noted = notes(model);
  const values = readout(model, el);
  const telling = tellSizes(asking);
  const updateChoices = choices(model, asking, chosen);
  summary.id = `rcw-caption-${Math.random().toString(36).slice(2)}`; // not counted: each widget evaluates this module anew
  noted.elements.forEach((element, place) => (element.id = `${summary.id}-${place}`));
  el.classList.add(css.caption);
  line.append(title, chosen, subtitle, named.line, named.more, menu.button);
  el.append(line, ...split.elements, ...values.elements, named.all, menu.element, ...noted.elements, summary);

  /** A subtitle that is cut to a stump beside a legend says less than none. */
  function fit(): void {
    named.fit();
    const cut = subtitle.scrollWidth > subtitle.clientWidth && subtitle.clientWidth < STUMP && named.line.childElementCount > 0;
    subtitle.classList.toggle(css.stump, cut);
  }

  const observer = new ResizeObserver(fit);
  let gone = false;
  let box: HTMLElement | null = null;

  const isPlace = () => (model.get("controls") ?? []).some((control) => control.name === "Figure");

  /** Name the box, as soon as this view is in the page. */
  function nameBox(): void {
    const found = el.closest<HTMLElement>(".rcw-figure");
    if (!found) {
      if (!gone) requestAnimationFrame(nameBox);
      return;
    }
    if (!box) {
      box = found;
      zooming.attach(box);
      values.attach(box);
      sizing.attach(box, isPlace() ? "Figure" : model.get("label"));
    }
    box.setAttribute("role", "figure");
    box.setAttribute("aria-label", model.get("label"));
    note();
    for (const drawing of box.querySelectorAll(".bqplot")) drawing.setAttribute("aria-hidden", "true");
    telling.watch(box, model.get("label"));
    zooming.update();
  }

  /** What is said over the drawing is read out before what it shows; where it says what the subtitle would, that goes. */
  function note(): void {
    noted.update(box);
    fit();
    box?.setAttribute("aria-describedby", [...noted.elements.filter((element) => !element.hidden), summary].map(({ id }) => id).join(" "));
  }

  // Each trait costs its own part alone: the summary changes with each frame, and nothing is measured for it.
  const parts: Partial<Record<keyof CaptionState, () => void>> = {
    label: () => {
      title.textContent = model.get("label");
      menu.name(model.get("label"));
      csv.name();
      pictures.name();
      nameBox();
    },
    subtitle: () => {
      subtitle.textContent = subtitle.title = model.get("subtitle");
      fit();
    },
    legend: () => {
      named.update();
      fit();
    },
    channels: () => {
      named.update();
      fit();
    },
    summary: () => {
      summary.textContent = model.get("summary");
      values.update();
    },
    controls: () => {
      title.hidden = isPlace();
      updateChoices();
      fit();
    },
    windows: () => {
      split.update();
      nameBox();
    },
    panels: () => {
      nameBox();
      values.update();
    },
    split: () => split.update(),
    old: note,
    empty: note,
  };

  const changes = Object.entries(parts).map(([trait, update]) => [`change:${trait as keyof CaptionState}`, update] as const);
  for (const [change, update] of changes) model.on(change, update);
  const leaveHost = keepKeys(el);
  observer.observe(line);
  for (const [, update] of changes) update();
  return () => {
    gone = true;
    for (const [change, update] of changes) model.off(change, update);
    leaveHost();
    observer.disconnect();
    asking.dispose();
    for (const part of [menu, csv, zooming, sizing, split, named, values, telling]) part.remove();
  };
}

export default { render };

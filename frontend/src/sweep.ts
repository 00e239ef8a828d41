/** The panel of sweeps: a form, and a map of the errors that fills while the models are trained. One view of the sweep's model. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { csvButton } from "./figure/csv";
import { call } from "./figure/menu";
import { png, svg } from "./figure/picture";
import { save, type Model } from "./figure/wire";
import { guardKeys } from "./hostKeys";
import { buttonElement, element, write } from "./runs/element";
import { Form } from "./sweep/form";
import { SweepMap } from "./sweep/map";
import { mapPicture } from "./sweep/picture";
import { numbersOf, type MapTrait, type SweepMessage, type SweepTraits } from "./sweep/wire";
import { watchTheme } from "./theme";
import type { Answer } from "./types";
import { Requests } from "./wire/requests";
import { watchTraits } from "./wire/traits";
import "./css/theme.css";
import "./css/sweep.css";
import "./css/targets.css";
import "./css/forced.css";

const WAITING = "Waits for the running cell.";
const EMPTY = "Choose one knob or two: all combinations are trained side by side, and the map shows the error of each on held-out rows, the last fifth of the training part. The best one alone is tested. Click a cell to set the sliders.";

class SweepPanel {
  readonly root = element("div", "rcw-sweep");
  private readonly toggle: HTMLButtonElement;
  private readonly heading = element("span", "rcw-sweep-heading", "Sweep");
  private readonly brief = element("span", "rcw-sweep-brief");
  private readonly body = element("div", "rcw-sweep-body");
  private readonly form: Form;
  private readonly bar = element("i");
  private readonly progress = element("div", "rcw-sweep-progress");
  private readonly words = element("p", "rcw-sweep-words");
  private readonly said = element("p", "rcw-sweep-said");
  private readonly note = element("p", "rcw-sweep-note");
  private readonly empty = element("p", "rcw-sweep-empty", EMPTY);
  private readonly map: SweepMap;
  private readonly csv: ReturnType<typeof csvButton>;
  private readonly saves = element("div", "rcw-sweep-saves");
  private readonly requests: Requests<SweepMessage>;
  private traits: SweepTraits = { folded: false, form: {}, progress: {}, map: {}, medians: null, errors: null };
  private dark = false;

  constructor(model: AnyModel) {
    this.requests = new Requests<SweepMessage>(model, (waiting) => this.say(waiting ? WAITING : ""));
    this.form = new Form(
      (message) => void this.ask(message),
      () => void this.ask({ type: "stop" }),
    );
    this.map = new SweepMap((place) => void this.take(place));
    this.csv = csvButton(model as unknown as Model);
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Sweep");
    this.toggle = buttonElement("rcw-sweep-toggle", "", () => this.setOpen(this.body.hidden !== false));
    this.toggle.append(this.heading, this.brief);
    this.toggle.setAttribute("aria-label", "Sweep");
    this.body.id = `rcw-sweep-${Math.random().toString(36).slice(2)}`; // not counted: each widget evaluates this module anew
    this.toggle.setAttribute("aria-controls", this.body.id);
    this.progress.append(this.bar);
    this.progress.setAttribute("role", "progressbar");
    this.progress.setAttribute("aria-label", "Progress of the sweep");
    this.said.setAttribute("role", "status");
    const left = element("div", "rcw-sweep-left");
    left.append(this.form.element, this.progress, this.words, this.said);
    const right = element("div", "rcw-sweep-right");
    this.saves.append(this.saving("PNG"), this.saving("SVG"), this.csv.button);
    right.append(this.saves, this.note, this.empty, this.map.element);
    this.body.append(left, right);
    this.root.append(this.toggle, this.body);
    // JupyterLab's shortcuts would cut or delete the cell.
    this.root.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
    });
  }

  setOpen(open: boolean): void {
    this.body.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.draw();
  }

  setDark(dark: boolean): void {
    this.dark = dark;
    this.root.classList.toggle("rcw-dark", dark);
    this.draw();
  }

  show(traits: Partial<SweepTraits>): void {
    this.traits = { ...this.traits, ...traits };
    this.draw();
  }

  dispose(): void {
    this.requests.dispose();
    this.csv.remove();
    this.root.remove();
  }

  /** A button that saves the map as it stands there. */
  private saving(kind: "PNG" | "SVG"): HTMLButtonElement {
    const button = buttonElement("rcw-save", kind, () => {
      const picture = mapPicture(this.map.element, "Sweep", this.traits.map.about ?? "");
      void (kind === "PNG" ? png(picture) : svg(picture)).then((blob) => blob && save(blob, `sweep.${kind.toLowerCase()}`));
    });
    call(button, `Save the picture of Sweep as ${kind}`);
    return button;
  }

  private draw(): void {
    const { form, progress, map, medians, errors } = this.traits;
    const underWay = progress.activity === "running" || progress.activity === "waiting";
    write(this.brief, progress.words ?? "");
    if (this.body.hidden) return;
    this.form.offer(form);
    this.form.busy = underWay;
    this.progress.hidden = !underWay;
    this.bar.style.width = `${(progress.share ?? 0) * 100}%`;
    this.progress.setAttribute("aria-valuenow", String(Math.round((progress.share ?? 0) * 100)));
    write(this.words, progress.problem || (progress.words ?? ""));
    this.words.classList.toggle("rcw-refused", Boolean(progress.problem));
    const known = map.number !== undefined;
    this.empty.hidden = known;
    this.map.element.hidden = this.saves.hidden = !known;
    write(this.note, map.note ?? "");
    this.note.hidden = !map.note;
    if (known) this.map.show(map as MapTrait, numbersOf(medians), numbersOf(errors), this.dark);
  }

  /** Asks the kernel, and says why it refused, at the field where it is one's. */
  private async ask(message: SweepMessage): Promise<Answer> {
    const answer = await this.requests.send(message);
    const words = answer.error?.text ?? "The kernel refused it.";
    if (answer.ok) this.say("");
    else if (!this.form.refuse(answer.error?.field ?? "", words)) this.say(words, true);
    return answer;
  }

  private async take(place: number): Promise<void> {
    const { number } = this.traits.map;
    if (number === undefined) return;
    const answer = await this.ask({ type: "take", number, place });
    const words = answer.result?.["words"];
    if (answer.ok && typeof words === "string") this.say(words);
  }

  private say(words: string, refused = false): void {
    write(this.said, words);
    this.said.classList.toggle("rcw-refused", refused);
  }
}

/** Draws the panel, and again whenever its traits or the theme change. */
function render({ model, el }: Pick<RenderProps, "el"> & { model: AnyModel }): () => void {
  const panel = new SweepPanel(model);
  panel.setOpen(!model.get("folded"));
  const leaveTheme = watchTheme((dark) => panel.setDark(dark));
  const names = ["folded", "form", "progress", "map", "medians", "errors"] as const;
  const leaveTraits = watchTraits<SweepTraits>(model, names, (traits) => panel.show(traits));
  const leaveHost = guardKeys(panel.root);
  el.append(panel.root);
  return () => {
    leaveHost();
    leaveTheme();
    leaveTraits();
    panel.dispose();
  };
}

export default { render };

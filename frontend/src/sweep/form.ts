/** The form of a sweep: one knob or two, each with a range, and the seeds. What a person wrote stays until another knob is chosen. */
import { element } from "../runs/element";
import { titleOf, type Choice, type FormTrait, type SweepMessage, type Written } from "./wire";

const NONE = "";
let count = 0; // of ids in this module, whose other part is drawn
const drawn = Math.random().toString(36).slice(2);

/** A number as people write it: 0.05, 1e-6. */
const written = (value: number): string => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value));

interface Field {
  box: HTMLElement;
  input: HTMLInputElement | HTMLSelectElement;
}

function labelled(label: string, input: HTMLInputElement | HTMLSelectElement, className: string, name = label): Field {
  const box = element("label", className);
  box.append(element("span", "rcw-sweep-label", label), input);
  input.setAttribute("aria-label", name);
  return { box, input };
}

function textField(): HTMLInputElement {
  const input = element("input", "rcw-sweep-field");
  input.type = "text";
  input.inputMode = "decimal";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.addEventListener("focus", () => input.select());
  return input;
}

function selectField(options: readonly (readonly [string, string])[]): HTMLSelectElement {
  const select = element("select", "rcw-sweep-field rcw-sweep-select");
  setOptions(select, options);
  return select;
}

function setOptions(select: HTMLSelectElement, options: readonly (readonly [string, string])[]): void {
  select.replaceChildren(
    ...options.map(([value, text]) => {
      const option = element("option", "", text);
      option.value = value;
      return option;
    }),
  );
}

/** A sentence under some fields, which it marks as wrong and describes. */
class Refusal {
  readonly element = element("p", "rcw-sweep-refusal");

  constructor(private readonly fields: Map<string, HTMLElement>) {
    count += 1;
    this.element.id = `rcw-sweep-${drawn}-${count}`;
    this.element.setAttribute("role", "alert");
    this.element.hidden = true;
  }

  /** Says it, if `field` is one of these; the empty words take it back. */
  say(field: string, words: string): boolean {
    for (const input of this.fields.values()) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    const input = this.fields.get(field);
    const ours = words !== "" && input !== undefined;
    this.element.textContent = ours ? words : "";
    this.element.hidden = !ours;
    if (ours) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", this.element.id);
      input.focus({ preventScroll: true });
    }
    return ours;
  }
}

/** One knob with its range. */
class AxisFields {
  readonly element = element("div", "rcw-sweep-axis");
  readonly refusal: Refusal;
  private readonly knob: HTMLSelectElement;
  private readonly from = textField();
  private readonly to = textField();
  private readonly values = textField();
  private readonly scale = selectField([
    ["linear", "linear"],
    ["log", "log"],
  ]);
  private readonly range = element("div", "rcw-sweep-range");
  private choices: readonly Choice[] = [];

  constructor(
    axis: "x" | "y",
    label: string,
    private readonly optional: boolean,
    changed: () => void,
  ) {
    this.knob = selectField([]);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", label);
    this.range.append(
      labelled("From", this.from, "rcw-sweep-labelled").box,
      labelled("To", this.to, "rcw-sweep-labelled").box,
      labelled("Values", this.values, "rcw-sweep-labelled rcw-sweep-short", "Number of values").box,
      labelled("Scale", this.scale, "rcw-sweep-labelled").box,
    );
    const fields = { knob: this.knob, from: this.from, to: this.to, count: this.values };
    this.refusal = new Refusal(new Map(Object.entries(fields).map(([name, input]) => [`${axis}.${name}`, input])));
    this.element.append(labelled(label, this.knob, "rcw-sweep-knob").box, this.range, this.refusal.element);
    this.knob.addEventListener("change", () => {
      this.fill();
      changed();
    });
    for (const input of [this.values, this.scale]) input.addEventListener("input", changed);
  }

  /** Offers these knobs; the chosen one stays where it is still there. */
  offer(choices: readonly Choice[], first: string): void {
    const before = this.choices.length ? this.knob.value : first;
    this.choices = choices;
    const options = choices.map((choice) => [choice.name, titleOf(choice)] as const);
    setOptions(this.knob, this.optional ? [...options, [NONE, "none"]] : options);
    const there = options.some(([name]) => name === before) || (this.optional && before === NONE);
    this.knob.value = there ? before : first;
    if (!there || !this.from.value) this.fill();
    this.range.hidden = this.chosen === undefined;
  }

  /** How many values are asked for; 1 where there is no knob, NaN where it is no number. */
  get size(): number {
    return this.chosen ? Number(this.values.value || NaN) : 1;
  }

  get written(): Written | null {
    if (!this.chosen) return null;
    const { value: knob } = this.knob;
    return { knob, from: this.from.value, to: this.to.value, count: this.values.value, log: this.scale.value === "log" };
  }

  private get chosen(): Choice | undefined {
    return this.choices.find(({ name }) => name === this.knob.value);
  }

  /** Writes the range of the chosen knob's slider. */
  private fill(): void {
    const chosen = this.chosen;
    this.range.hidden = chosen === undefined;
    this.refusal.say("", "");
    if (!chosen) return;
    this.from.value = written(chosen.from);
    this.to.value = written(chosen.to);
    this.values.value = String(chosen.count);
    this.scale.value = chosen.log ? "log" : "linear";
    this.knob.title = this.from.title = this.to.title = chosen.title;
  }
}

export class Form {
  readonly element = element("form", "rcw-sweep-form");
  private readonly x: AxisFields;
  private readonly y: AxisFields;
  private readonly seeds = textField();
  private readonly metric = selectField([]);
  private readonly general: Refusal;
  private readonly button = element("button", "rcw-sweep-go", "Sweep");
  private readonly size = element("span", "rcw-sweep-size");
  private readonly refused = element("p", "rcw-sweep-refused");
  private offered = "";
  private underWay = false;
  private why = "";

  constructor(
    private readonly begin: (message: SweepMessage) => void,
    private readonly stop: () => void,
  ) {
    const changed = (): void => this.tellSize();
    this.x = new AxisFields("x", "Knob across", false, changed);
    this.y = new AxisFields("y", "Knob up", true, changed);
    this.general = new Refusal(
      new Map<string, HTMLElement>([
        ["seeds", this.seeds],
        ["metric", this.metric],
      ]),
    );
    this.seeds.addEventListener("input", changed);
    this.seeds.title = "How many networks, each drawn anew, are trained for every setting. The map shows their median.";
    const row = element("div", "rcw-sweep-range");
    row.append(
      labelled("Seeds", this.seeds, "rcw-sweep-labelled rcw-sweep-short").box,
      labelled("Error", this.metric, "rcw-sweep-labelled").box,
    );
    const last = element("div", "rcw-sweep-begin");
    this.button.type = "submit";
    last.append(this.button, this.size);
    this.element.noValidate = true;
    this.element.append(this.x.element, this.y.element, row, this.general.element, last, this.refused);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.underWay) this.stop();
      else if (!this.button.disabled) this.send();
    });
  }

  offer(form: Partial<FormTrait>): void {
    const { choices, first = ["", ""], seeds = 1, metrics = [], refused = "" } = form;
    if (!choices) return; // not there yet
    const offer = JSON.stringify([choices, metrics]);
    if (offer !== this.offered) {
      const metric = this.metric.value;
      setOptions(this.metric, metrics);
      if (metric) this.metric.value = metric;
      if (!this.offered) this.seeds.value = String(seeds);
      this.offered = offer;
      this.x.offer(choices, first[0]);
      this.y.offer(choices, first[1]);
      this.tellSize();
    }
    this.why = refused;
    this.draw();
  }

  /** Whether a sweep is under way: the button then stops it. */
  set busy(underWay: boolean) {
    this.underWay = underWay;
    this.draw();
  }

  /** Says at its field why the kernel refused; false where it is of no field. */
  refuse(field: string, words: string): boolean {
    return [this.x.refusal, this.y.refusal, this.general].map((refusal) => refusal.say(field, words)).some(Boolean);
  }

  private send(): void {
    const x = this.x.written;
    if (!x) return;
    this.refuse("", "");
    this.begin({ type: "sweep", x, y: this.y.written, seeds: this.seeds.value, metric: this.metric.value });
  }

  private draw(): void {
    const label = this.underWay ? "Stop" : "Sweep";
    if (this.button.textContent !== label) this.button.textContent = label;
    this.button.classList.toggle("rcw-sweep-stop", this.underWay);
    this.button.disabled = !this.underWay && this.why !== "";
    this.refused.textContent = this.why;
    this.refused.hidden = this.why === "";
  }

  private tellSize(): void {
    const [settings, seeds] = [this.x.size * this.y.size, Number(this.seeds.value || NaN)];
    const known = Number.isInteger(settings) && Number.isInteger(seeds) && settings > 0 && seeds > 0;
    const words = `${settings.toLocaleString("en-US")} settings × ${seeds} ${seeds === 1 ? "seed" : "seeds"}`;
    this.size.textContent = known ? words : "";
  }
}

/** One kept run as a row of the table. It lives as long as its run, so that the focus and a half-typed name stay while rows come and go. */
import { buttonElement, element, pencil, write } from "./element";
import { COLUMNS, type RunRow } from "./order";

export interface RowActions {
  /** What comes back is why the name is refused; empty where it was taken. */
  rename: (number: number, name: string) => Promise<string>;
  pin: (number: number, pinned: boolean) => void;
  restore: (number: number) => void;
  copy: (number: number, button: HTMLButtonElement) => void;
}

export class Row {
  readonly element = element("tr");
  private readonly swatch = element("i", "rcw-run-swatch");
  private readonly name = element("span", "rcw-run-name");
  private readonly note = element("small", "rcw-run-note");
  private readonly last = element("small", "rcw-runs-old");
  private readonly cells = COLUMNS.slice(1).map(({ key, label }) => {
    const cell = element("td", `rcw-run-${key}`);
    cell.setAttribute("role", "cell");
    cell.dataset["label"] = label; // where the rows are stacked, it stands before the value
    return cell;
  });
  private readonly renaming: HTMLButtonElement;
  private readonly pinning: HTMLButtonElement;
  private readonly restoring: HTMLButtonElement;
  private readonly copying: HTMLButtonElement;

  constructor(
    private run: RunRow,
    private readonly actions: RowActions,
  ) {
    const { number } = run;
    this.renaming = buttonElement("rcw-run-rename", "", () => this.edit());
    this.renaming.append(pencil());
    this.pinning = buttonElement("rcw-run-button", "Pin", () => actions.pin(number, !this.run.pinned));
    this.restoring = buttonElement("rcw-run-button", "Restore", () => actions.restore(number));
    this.copying = buttonElement("rcw-run-button rcw-run-copy", "Copy", () => actions.copy(number, this.copying));
    const head = element("th", "rcw-run-head");
    head.scope = "row";
    head.setAttribute("role", "rowheader");
    this.element.setAttribute("role", "row"); // said anew: stacked rows are no table to some browsers
    const line = element("span", "rcw-run-line");
    line.append(this.swatch, this.name, this.renaming);
    head.append(line, this.note, this.last);
    const buttons = element("td", "rcw-run-buttons");
    buttons.setAttribute("role", "cell");
    buttons.append(this.pinning, this.restoring, this.copying);
    this.name.addEventListener("dblclick", () => this.edit());
    this.element.append(head, ...this.cells, buttons);
  }

  /** Shows what is known of the run now; `shown` where its results are those of the figures, and `old` tells what these are of where they are another model's. */
  update(run: RunRow, shown: boolean, old: string): void {
    this.run = run;
    write(this.name, run.name);
    this.name.title = run.name;
    write(this.note, run.note);
    this.note.hidden = !run.note;
    write(this.last, shown ? old : "");
    this.last.hidden = !this.last.textContent;
    this.element.classList.toggle("rcw-run-old", !this.last.hidden);
    this.swatch.hidden = !run.color;
    this.swatch.style.setProperty("color", run.color);
    const told: Record<string, readonly [string, string]> = {
      task: [run.settings ? `${run.task} (${run.settings})` : run.task, run.asked],
      horizon: [String(run.horizon.toLocaleString("en-US")), run.asked],
      model: [run.model, run.model],
      trainer: [run.trainer, ""],
      change: [run.change, run.change],
      test: [run.test_words + (run.best ? ", best" : ""), run.best ? `The least test error of ${run.asked}` : ""],
      train: [run.train_words, ""],
      time: [run.time_words, run.time_title],
    };
    this.cells.forEach((cell, place) => {
      const [words, title] = told[COLUMNS[place + 1]?.key ?? ""] ?? ["", ""];
      write(cell, words || "–");
      cell.title = title;
    });
    this.element.classList.toggle("rcw-run-is-best", run.best);
    if (shown) this.element.setAttribute("aria-current", "true");
    else this.element.removeAttribute("aria-current");
    this.pinning.setAttribute("aria-pressed", String(run.pinned));
    this.pinning.title = run.pinned ? "Draw it over the forecast no more" : "Keep it, and draw it over the forecast";
    this.copying.title = "Copy Python code that rebuilds it";
    this.renaming.title = "Give it a name";
    this.restoring.title = "Bring its model, task and trainer back";
    this.label(this.renaming, "Rename");
    this.label(this.pinning, "Pin");
    this.label(this.restoring, "Restore");
    this.label(this.copying, "Copy code of");
  }

  private label(button: HTMLButtonElement, verb: string): void {
    button.setAttribute("aria-label", `${verb} ${this.run.name}`);
  }

  /**
   * Puts a field in the place of the name. Enter or leaving it takes what was typed, Escape leaves the name as it was. What was refused
   * stays to be mended, with the reason under it.
   */
  private edit(): void {
    if (this.name.hidden) return;
    const field = element("input", "rcw-run-field");
    const refusal = element("small", "rcw-run-refusal");
    field.value = this.run.name;
    field.maxLength = 40;
    field.setAttribute("aria-label", `New name of ${this.run.name}`);
    refusal.id = `rcw-run-refusal-${Math.random().toString(36).slice(2)}`;
    refusal.setAttribute("role", "alert");
    let asked: string | null = null; // what the kernel has been asked for, or has refused
    let open = true;
    const close = (focus: boolean): void => {
      if (!open) return;
      open = false; // removing the field fires blur
      this.name.hidden = this.renaming.hidden = false;
      field.remove();
      refusal.remove();
      if (focus) this.renaming.focus({ preventScroll: true });
    };
    const say = (words: string): void => {
      write(refusal, words);
      if (words) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", words ? refusal.id : "");
    };
    const take = async (): Promise<void> => {
      const typed = field.value.trim();
      if (!open || asked === typed) return;
      if (typed === this.run.name) {
        close(document.activeElement === field);
        return;
      }
      asked = typed;
      const refused = await this.actions.rename(this.run.number, typed);
      if (refused) say(refused);
      else close(document.activeElement === field);
    };
    field.addEventListener("input", () => {
      asked = null;
      say("");
    });
    field.addEventListener("blur", () => void take());
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") void take();
      else if (event.key === "Escape") close(true);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.name.hidden = this.renaming.hidden = true;
    this.name.after(field);
    this.note.before(refusal);
    field.focus({ preventScroll: true });
    field.select();
  }
}

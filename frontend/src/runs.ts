/** The panel under the figures: a table of the kept runs, closed until its heading is pressed. One view of the runs model. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { csvButton } from "./figure/csv";
import type { Model } from "./figure/wire";
import { guardKeys } from "./hostKeys";
import { buttonElement, copyText, element, write } from "./runs/element";
import { COLUMNS, grouped, turned, type Key, type Order, type RunRow } from "./runs/order";
import { Row } from "./runs/row";
import { watchTheme } from "./theme";
import type { Answer } from "./types";
import { Requests } from "./wire/requests";
import { watchTraits } from "./wire/traits";
import "./css/theme.css";
import "./css/old.css";
import "./css/overlay.css";
import "./css/runs.css";
import "./css/targets.css";
import "./css/forced.css";

type RunsMessage =
  | { type: "rename"; number: number; name: string }
  | { type: "pin"; number: number; pinned: boolean }
  | { type: "restore"; number: number }
  | { type: "code"; number: number };

interface RunsTraits {
  rows: RunRow[];
  shown: number;
  /** What the shown run is of, where it is another model's. */
  old: string;
}

const EMPTY = "No runs yet. Each result that comes to rest is kept here.";
const HINT = "Errors are compared within one question alone: the same task, horizon, data and split.";
const WAITING = "Waits for the running cell.";
const COPIED = 1500; // ms for which a button says that the code was copied

class RunsPanel {
  readonly root = element("div", "rcw-runs");
  private readonly toggle: HTMLButtonElement;
  private readonly body = element("div", "rcw-runs-body");
  private readonly said = element("p", "rcw-runs-said");
  private readonly empty = element("p", "rcw-runs-empty", EMPTY);
  private readonly scroller = element("div", "rcw-runs-scroller");
  private readonly grid = element("table");
  private readonly bodies = new Map<string, HTMLTableSectionElement>(); // one a question
  private readonly hint = element("p", "rcw-runs-hint", HINT);
  private readonly csv: ReturnType<typeof csvButton>;
  private readonly heads = new Map<Key, HTMLElement>();
  private readonly rows = new Map<number, Row>();
  private readonly requests: Requests<RunsMessage>;
  private order: Order = { key: "time", direction: "descending" };
  private traits: RunsTraits = { rows: [], shown: 0, old: "" };

  constructor(model: AnyModel) {
    this.requests = new Requests<RunsMessage>(model, (waiting) => this.say(waiting ? WAITING : ""));
    this.csv = csvButton(model as unknown as Model);
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Runs");
    this.toggle = buttonElement("rcw-runs-toggle", "", () => this.setOpen(this.body.hidden !== false));
    this.body.hidden = true;
    this.body.id = `rcw-runs-${Math.random().toString(36).slice(2)}`; // not counted: each widget evaluates this module anew
    this.toggle.setAttribute("aria-controls", this.body.id);
    this.said.setAttribute("role", "status");
    this.scroller.append(this.table());
    const foot = element("div", "rcw-runs-foot");
    foot.append(this.hint, this.csv.button);
    this.body.append(this.empty, this.scroller, foot, this.said);
    this.root.append(this.toggle, this.body);
    this.setOpen(false);
    // JupyterLab's shortcuts would cut or delete the cell.
    this.root.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
    });
  }

  show(traits: Partial<RunsTraits>): void {
    this.traits = { ...this.traits, ...traits };
    this.draw();
  }

  dispose(): void {
    this.requests.dispose();
    this.csv.remove();
    this.root.remove();
  }

  private setOpen(open: boolean): void {
    this.body.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.draw();
  }

  private table(): HTMLTableElement {
    const table = this.grid;
    const head = element("tr");
    table.setAttribute("role", "table");
    head.setAttribute("role", "row");
    for (const { key, label } of COLUMNS) {
      const cell = element("th", `rcw-run-${key}`);
      cell.scope = "col";
      cell.setAttribute("role", "columnheader");
      cell.append(
        buttonElement("rcw-runs-sort", label, () => {
          this.order = turned(this.order, key);
          this.draw();
        }),
      );
      this.heads.set(key, cell);
      head.append(cell);
    }
    const last = element("td");
    last.setAttribute("role", "cell");
    head.append(last);
    const top = element("thead");
    top.setAttribute("role", "rowgroup");
    top.append(head);
    table.setAttribute("aria-label", "Runs");
    table.append(top);
    return table;
  }

  private draw(): void {
    const { rows, shown, old } = this.traits;
    write(this.toggle, `Runs (${rows.length})`);
    if (this.body.hidden) return;
    this.empty.hidden = rows.length > 0;
    this.scroller.hidden = rows.length === 0;
    for (const [key, cell] of this.heads) cell.setAttribute("aria-sort", key === this.order.key ? this.order.direction : "none");
    const known = new Set(rows.map(({ number }) => number));
    for (const [number, row] of this.rows) {
      if (known.has(number)) continue;
      row.element.remove();
      this.rows.delete(number);
    }
    const focused = document.activeElement;
    const groups = grouped(rows, this.order);
    this.hint.hidden = groups.length < 2;
    this.csv.button.hidden = rows.length === 0;
    for (const [question, body] of this.bodies) {
      if (groups.some((group) => group.question === question)) continue;
      body.remove();
      this.bodies.delete(question);
    }
    groups.forEach((group, at) => {
      const body = this.bodyOf(group.question);
      body.setAttribute("aria-label", group.asked);
      const next = this.grid.children[at + 1] ?? null; // the first one is the head
      if (next !== body) this.grid.insertBefore(body, next);
      group.rows.forEach((run, place) => {
        const row = this.rowOf(run);
        row.update(run, run.number === shown, old);
        const there = body.children[place] ?? null;
        if (there !== row.element) body.insertBefore(row.element, there);
      });
    });
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.grid.contains(focused))
      focused.focus({ preventScroll: true }); // a row that moves loses it
  }

  private bodyOf(question: string): HTMLTableSectionElement {
    const body = this.bodies.get(question) ?? element("tbody");
    body.setAttribute("role", "rowgroup");
    this.bodies.set(question, body);
    return body;
  }

  private rowOf(run: RunRow): Row {
    const row = this.rows.get(run.number) ?? new Row(run, this.actions);
    this.rows.set(run.number, row);
    return row;
  }

  private readonly actions = {
    rename: async (number: number, name: string): Promise<string> => {
      const answer = await this.requests.send({ type: "rename", number, name });
      return answer.ok ? "" : (answer.error?.text ?? "The kernel refused it.");
    },
    pin: (number: number, pinned: boolean) => void this.ask({ type: "pin", number, pinned }),
    restore: (number: number) => void this.ask({ type: "restore", number }, `${this.nameOf(number)} is restored.`),
    copy: (number: number, button: HTMLButtonElement) => void this.copy(number, button),
  };

  /** Asks the kernel, and says why it refused, or what it has done. */
  private async ask(message: RunsMessage, done = ""): Promise<Answer> {
    const answer = await this.requests.send(message);
    this.say(answer.ok ? done : (answer.error?.text ?? "The kernel refused it."), !answer.ok);
    return answer;
  }

  private async copy(number: number, button: HTMLButtonElement): Promise<void> {
    const answer = await this.ask({ type: "code", number });
    const code = answer.result?.["code"];
    if (!answer.ok || typeof code !== "string") return;
    if (!(await copyText(code))) {
      this.say("The browser does not let the page copy.", true);
      return;
    }
    this.say(`The code of ${this.nameOf(number)} is copied.`);
    write(button, "Copied");
    setTimeout(() => write(button, "Copy"), COPIED);
  }

  private nameOf(number: number): string {
    return this.traits.rows.find((run) => run.number === number)?.name ?? `Run ${number}`;
  }

  private say(words: string, refused = false): void {
    write(this.said, words);
    this.said.classList.toggle("rcw-refused", refused);
  }
}

/** Draws the panel, and again whenever its runs or the theme change. */
function render({ model, el }: Pick<RenderProps, "el"> & { model: AnyModel }): () => void {
  const panel = new RunsPanel(model);
  const leaveTheme = watchTheme((dark) => void panel.root.classList.toggle("rcw-dark", dark));
  const leaveTraits = watchTraits<RunsTraits>(model, ["rows", "shown", "old"], (traits) => panel.show(traits));
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

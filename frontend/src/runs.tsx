/** @jsxImportSource preact */
/** The panel under the figures: a table of the kept runs, closed until its heading is pressed. One view of the runs model. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import "./css/theme.css";
import "./css/old.css";
import "./css/overlay.css";
import { copyText } from "./element";
import { CsvButton } from "./CsvButton";
import { Fold } from "./Fold";
import type { RunsMessage } from "./generated";
import { panel, useRequests, type PanelProps } from "./panel";
import { COLUMNS, grouped, turned, type Order, type RunRow } from "./runs/order";
import { Row } from "./runs/Row";
import { refusalOf, type Received } from "./wire/requests";
import { css } from "./runs/runs.module.css";
import "./css/targets.css";
import "./css/forced.css";

interface RunsTraits {
  rows: RunRow[];
  shown: number;
  /** What the shown run is of, where it is another model's. */
  old: string;
}

const EMPTY = "No runs yet. Each result that comes to rest is kept here.";
const HINT = "Errors are compared within one question alone: the same task, horizon, data and split.";

function RunsPanel({ model, traits: { rows, shown, old }, dark }: PanelProps<RunsTraits>): JSX.Element {
  const [open, setOpen] = useState(false);
  const [order, setOrder] = useState<Order>({ key: "time", direction: "descending" });
  const { requests, said, say } = useRequests<RunsMessage>(model);
  const table = useRef<HTMLTableElement>(null);
  const focused = document.activeElement;
  const groups = open ? grouped(rows, order) : [];

  useLayoutEffect(() => {
    if (focused instanceof HTMLElement && focused !== document.activeElement && table.current?.contains(focused))
      focused.focus({ preventScroll: true }); // a row that moves loses it
  });

  /** Asks the kernel, and says why it refused, or what it has done. */
  async function ask(message: RunsMessage, done = ""): Promise<Received> {
    const answer = await requests.send(message);
    say(answer.ok ? done : refusalOf(answer), !answer.ok);
    return answer;
  }

  const actions = {
    rename: async (run: RunRow, name: string) => refusalOf(await requests.send({ type: "rename", number: run.number, name })),
    pin: ({ number, pinned }: RunRow) => void ask({ type: "pin", number, pinned: !pinned }),
    restore: ({ number, name }: RunRow) => void ask({ type: "restore", number }, `${name} is restored.`),
    copy: async ({ number, name }: RunRow): Promise<boolean> => {
      const answer = await ask({ type: "code", number });
      const code = answer.result?.["code"];
      if (!answer.ok || typeof code !== "string") return false;
      const copied = await copyText(code);
      say(copied ? `The code of ${name} is copied.` : "The browser does not let the page copy.", !copied);
      return copied;
    },
  };

  // Roles are said anew: stacked rows are no table to some browsers.
  const draw = (): JSX.Element => (
    <>
      <p class={css.empty} hidden={rows.length > 0}>
        {EMPTY}
      </p>
      <div class={css.scroller} hidden={rows.length === 0}>
        <table ref={table} role="table" aria-label="Runs">
          <thead role="rowgroup">
            <tr role="row">
              {COLUMNS.map(({ key, label }) => (
                <th key={key} scope="col" role="columnheader" data-key={key} aria-sort={key === order.key ? order.direction : "none"}>
                  <button type="button" class={css.sort} onClick={() => setOrder(turned(order, key))}>
                    {label}
                  </button>
                </th>
              ))}
              <td role="cell" />
            </tr>
          </thead>
          {groups.map((group) => (
            <tbody key={group.question} role="rowgroup" aria-label={group.asked}>
              {group.rows.map((run) => (
                <Row key={run.number} run={run} shown={run.number === shown} old={run.number === shown ? old : ""} {...actions} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
      <div class={css.foot}>
        <p class={css.hint} hidden={groups.length < 2}>
          {HINT}
        </p>
        <CsvButton model={model} hidden={rows.length === 0} />
      </div>
      <p class={`${css.said}${said.refused ? " rcw-refused" : ""}`} role="status">
        {said.words}
      </p>
    </>
  );

  return <Fold name="Runs" className={css.runs} dark={dark} open={open} setOpen={setOpen} heading={`Runs (${rows.length})`} draw={draw} />;
}

export default panel<RunsTraits>(RunsPanel, { rows: [], shown: 0, old: "" });

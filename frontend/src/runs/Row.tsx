/** @jsxImportSource preact */
/** One kept run as a row of the table. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { classes, useUid } from "../panel";
import { COLUMNS, type RunRow } from "./order";
import { css } from "./run.module.css";
import { css as runsCss } from "./runs.module.css";

const PIN = "Keep it, and draw it over the forecast";
const UNPIN = "Draw it over the forecast no more";
const COPIED = 1500; // ms for which a button says that the code was copied

interface Renaming {
  run: RunRow;
  /** What comes back is why the name is refused; empty where it was taken. */
  rename: (run: RunRow, name: string) => Promise<string>;
}

interface RowProps extends Renaming {
  /** Whether its results are those of the figures. */
  shown: boolean;
  /** What these are of, where they are another model's. */
  old: string;
  pin: (run: RunRow) => void;
  restore: (run: RunRow) => void;
  copy: (run: RunRow) => Promise<boolean>;
}

/** The words of a run's cells, each with what its tooltip says. */
function wordsOf(run: RunRow): Record<string, readonly [string, string]> {
  return {
    task: [run.settings ? `${run.task} (${run.settings})` : run.task, run.asked],
    horizon: [run.horizon.toLocaleString("en-US"), run.asked],
    model: [run.model, run.model],
    trainer: [run.trainer, ""],
    change: [run.change, run.change],
    test: [run.test_words + (run.best ? ", best" : ""), run.best ? `The least test error of ${run.asked}` : ""],
    train: [run.train_words, ""],
    time: [run.time_words, run.time_title],
  };
}

export function Row({ run, shown, old, rename, pin, restore, copy }: RowProps): JSX.Element {
  const [naming, setNaming] = useState(false);
  const [copied, setCopied] = useState(false);
  const [refusal, setRefusal] = useState("");
  const id = useUid();
  const pencil = useRef<HTMLButtonElement>(null);
  const refocus = useRef(false);
  const words = wordsOf(run);

  useLayoutEffect(() => {
    if (!naming && refocus.current) pencil.current?.focus({ preventScroll: true });
    refocus.current = false;
  }, [naming]);

  async function onCopy(): Promise<void> {
    if (!(await copy(run))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED);
  }

  const close = (focus: boolean): void => {
    refocus.current = focus;
    setRefusal("");
    setNaming(false);
  };
  return (
    <tr role="row" class={classes(old && css.old, run.best && css.isBest)} aria-current={shown ? "true" : undefined}>
      <th scope="row" role="rowheader" class={css.head} data-key="name">
        <span class={css.line}>
          <i class={css.swatch} style={{ color: run.color }} hidden={!run.color} />
          <span class={css.name} title={run.name} onDblClick={() => setNaming(true)} hidden={naming}>
            {run.name}
          </span>
          {naming ? <NewName run={run} rename={rename} close={close} id={id} refusal={refusal} say={setRefusal} /> : null}
          <button
            ref={pencil}
            type="button"
            class={css.rename}
            title="Give it a name"
            aria-label={`Rename ${run.name}`}
            onClick={() => setNaming(true)}
            hidden={naming}
          >
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="m3 13 .6-2.8 7.3-7.3 2.2 2.2-7.3 7.3zM9.6 4.2l2.2 2.2" />
            </svg>
          </button>
        </span>
        {naming ? (
          <small class={css.refusal} id={id} role="alert">
            {refusal}
          </small>
        ) : null}
        <small class={css.note} hidden={!run.note}>
          {run.note}
        </small>
        {old ? <small class={runsCss.old}>{old}</small> : null}
      </th>
      {COLUMNS.slice(1).map(({ key, label }) => (
        // Where the rows are stacked, the label stands before the value.
        <td key={key} role="cell" data-key={key} data-label={label} title={words[key]?.[1]}>
          {words[key]?.[0] || "–"}
        </td>
      ))}
      <td role="cell" class={css.buttons} data-key="buttons">
        <Deed name={`Pin ${run.name}`} aria-pressed={run.pinned} title={run.pinned ? UNPIN : PIN} onClick={() => pin(run)}>
          Pin
        </Deed>
        <Deed name={`Restore ${run.name}`} title="Bring its model, task and trainer back" onClick={() => restore(run)}>
          Restore
        </Deed>
        <Deed name={`Copy code of ${run.name}`} title="Copy Python code that rebuilds it" onClick={onCopy} className={css.copy}>
          {copied ? "Copied" : "Copy"}
        </Deed>
      </td>
    </tr>
  );
}

const Deed = ({ name, className, ...rest }: JSX.IntrinsicElements["button"] & { name: string; className?: string }): JSX.Element => (
  <button type="button" class={classes(css.button, className)} aria-label={name} {...rest} />
);

interface NewNameProps extends Renaming {
  close: (focus: boolean) => void;
  /** Where the refusal stands. */
  id: string;
  refusal: string;
  say: (refusal: string) => void;
}

/**
 * A field in the place of the name. Enter or leaving it takes what was typed, Escape leaves the name as it was. What was refused stays to be
 * mended, with the reason under it.
 */
function NewName({ run, rename, close, id, refusal, say }: NewNameProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const first = useRef(run.name);
  const open = useRef(true);
  const asked = useRef<string | null>(null); // what the kernel has been asked for, or has refused

  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.value = first.current;
    field.current.focus({ preventScroll: true });
    field.current.select();
  }, []);

  function end(focus: boolean): void {
    if (open.current) close(focus);
    open.current = false; // a field that is removed fires blur
  }

  async function take(): Promise<void> {
    const typed = field.current?.value.trim() ?? "";
    if (!open.current || asked.current === typed) return;
    if (typed !== run.name) {
      asked.current = typed;
      const refused = await rename(run, typed);
      say(refused);
      if (refused) return;
    }
    end(document.activeElement === field.current);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter") void take();
    else if (event.key === "Escape") end(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onInput(): void {
    asked.current = null;
    say("");
  }

  const wrong = refusal ? ({ "aria-invalid": "true", "aria-describedby": id } as const) : {};
  return (
    <input
      ref={field}
      class={css.field}
      maxLength={40}
      aria-label={`New name of ${run.name}`}
      {...wrong}
      onInput={onInput}
      onBlur={take}
      onKeyDown={onKeyDown}
    />
  );
}

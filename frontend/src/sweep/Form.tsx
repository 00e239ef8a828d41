/** @jsxImportSource preact */
/** The form of a sweep: one knob or two, each with a range, and the seeds. What a person wrote stays until another knob is chosen. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { classes, useUid } from "../panel";
import type { SweepMessage, Written } from "../generated";
import { titleOf, type Choice, type ExecutorTrait, type FormTrait } from "./wire";
import { css } from "./sweep.module.css";

const NONE = "";
const SCALES = ["linear", "log"].map((word) => [word, word] as const);
const SEEDS = "How many networks, each drawn anew, are trained for every setting. The map shows their median.";

const PLACES =
  "Who trains the models. A dask Client, or a pool of processes or threads, is listed here once a cell has made it and given it a name.";

/** What is wrong, and the field that it is of. */
export interface Refusal {
  field: string;
  words: string;
}

export const NOTHING: Refusal = { field: "", words: "" };

/** Whether a refusal is of one of the form's fields. */
export const ofField = ({ field }: Refusal): boolean => /^([xy]\.(knob|from|to|count)|seeds|metric|executor)$/.test(field);

/** What stands in the fields. */
interface Filled {
  /** The knobs and errors that were offered. */
  offered: string;
  x: Written;
  y: Written;
  seeds: string;
  metric: string;
  /** The key of who does it. */
  executor: string;
}

/** A number as people write it: 0.05, 1e-6. */
const written = (value: number): string => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value));

const EMPTY: Written = { knob: NONE, from: "", to: "", count: "", log: false };

/** The range of the slider of the knob called `name`; where there is none, the range stays as it was. */
function filled(choices: readonly Choice[], name: string, before: Written): Written {
  const chosen = choices.find((choice) => choice.name === name);
  if (!chosen) return { ...before, knob: NONE };
  return { knob: name, from: written(chosen.from), to: written(chosen.to), count: String(chosen.count), log: chosen.log };
}

/** The fields for what is offered now: a chosen knob stays where it is still there. */
function offer(form: FormTrait, before: Filled): Filled {
  const offered = JSON.stringify([form.choices, form.metrics]);
  if (offered === before.offered) return before;
  const { choices, first, metrics, seeds } = form;
  const axis = (now: Written, start: string, optional: boolean): Written => {
    const knob = before.offered ? now.knob : start;
    const there = choices.some(({ name }) => name === knob) || (optional && knob === NONE);
    return there && now.from ? { ...now, knob } : filled(choices, there ? knob : start, now);
  };
  return {
    offered,
    x: axis(before.x, first[0], false),
    y: axis(before.y, first[1], true),
    seeds: before.offered ? before.seeds : String(seeds),
    metric: metrics.some(([name]) => name === before.metric) ? before.metric : (metrics[0]?.[0] ?? ""),
    executor: before.executor,
  };
}

interface FieldProps {
  label: string;
  /** The accessible name, where it is not the label. */
  name?: string;
  className: string;
  title?: string;
  value: string;
  set: (value: string) => void;
  /** What can be chosen, the word and its text, but for those that cannot; without it, text is written. */
  options?: readonly (readonly [string, string, boolean?])[];
  /** Where the refusal stands, if it is of this field. */
  refusal: string | false;
  /** Called when someone comes near, before the options are shown. */
  near?: () => void;
}

function Field({ label, name = label, className, title, value, set, options, refusal, near }: FieldProps): JSX.Element {
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  useLayoutEffect(() => {
    if (refusal) input.current?.focus({ preventScroll: true });
  }, [refusal]);
  const wrong = refusal ? ({ "aria-invalid": "true", "aria-describedby": refusal } as const) : {};
  const all = { ref: input, value, title, "aria-label": name, ...wrong };
  return (
    <label class={className} onPointerEnter={near} onFocusIn={near}>
      <span class={css.label}>{label}</span>
      {options ? (
        <select class={`${css.field} ${css.select}`} {...all} onChange={({ currentTarget }) => set(currentTarget.value)}>
          {options.map(([word, text, disabled]) => (
            <option key={word} value={word} disabled={disabled}>
              {text}
            </option>
          ))}
        </select>
      ) : (
        <input
          class={css.field}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          spellcheck={false}
          {...all}
          onInput={({ currentTarget }) => set(currentTarget.value)}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      )}
    </label>
  );
}

/** A sentence under the fields that it marks as wrong. */
const Sentence = ({ id, words }: { id: string; words: string }): JSX.Element => (
  <p class={css.refusal} id={id} role="alert" hidden={!words}>
    {words}
  </p>
);

interface AxisProps {
  axis: "x" | "y";
  label: string;
  choices: readonly Choice[];
  now: Written;
  set: (now: Written) => void;
  refusal: Refusal;
}

/** One knob with its range. */
function Axis({ axis, label, choices, now, set, refusal }: AxisProps): JSX.Element {
  const id = useUid();
  const options = choices.map((choice) => [choice.name, titleOf(choice)] as const);
  const chosen = choices.find(({ name }) => name === now.knob);
  const wrong = (field: string): string | false => refusal.field === `${axis}.${field}` && id;
  const [range, short] = [css.labelled, `${css.labelled} ${css.short}`];
  const title = chosen?.title;
  return (
    <div class={css.axis} role="group" aria-label={label}>
      <Field
        label={label}
        className={css.knob}
        title={title}
        value={now.knob}
        set={(knob) => set(filled(choices, knob, now))}
        options={axis === "y" ? [...options, [NONE, "none"]] : options}
        refusal={wrong("knob")}
      />
      <div class={css.range} hidden={!chosen}>
        <Field
          label="From"
          className={range}
          title={title}
          value={now.from}
          set={(from) => set({ ...now, from })}
          refusal={wrong("from")}
        />
        <Field label="To" className={range} title={title} value={now.to} set={(to) => set({ ...now, to })} refusal={wrong("to")} />
        <Field
          label="Values"
          name="Number of values"
          className={short}
          value={now.count}
          set={(count) => set({ ...now, count })}
          refusal={wrong("count")}
        />
        <Field
          label="Scale"
          className={range}
          value={now.log ? "log" : "linear"}
          set={(scale) => set({ ...now, log: scale === "log" })}
          options={SCALES}
          refusal={false}
        />
      </div>
      <Sentence id={id} words={refusal.field.startsWith(`${axis}.`) ? refusal.words : ""} />
    </div>
  );
}

interface FormProps {
  form: Partial<FormTrait>;
  executors: readonly ExecutorTrait[];
  /** Whether a sweep is under way: the button then stops it. */
  busy: boolean;
  refusal: Refusal;
  refuse: (refusal: Refusal) => void;
  begin: (message: SweepMessage) => void;
  stop: () => void;
  /** Has the kernel look who is there to do it. */
  look: () => void;
}

export function Form({ form, executors, busy, refusal, refuse, begin, stop, look }: FormProps): JSX.Element {
  const kept = useRef<Filled>({ offered: "", x: EMPTY, y: EMPTY, seeds: "", metric: "", executor: "" });
  const [, redraw] = useState({});
  const id = useUid();
  if (form.choices) kept.current = offer(form as FormTrait, kept.current);
  const { choices = [], metrics = [], refused = "" } = form;
  const { x, y, seeds, metric } = kept.current;
  const executor = executors.some(({ key, refused }) => key === kept.current.executor && !refused) ? kept.current.executor : "";
  const barred = executors.flatMap(({ refused }) => refused || []);
  const general = ["seeds", "metric", "executor"].includes(refusal.field);

  function set(change: Partial<Filled>): void {
    kept.current = { ...kept.current, ...change };
    redraw({});
  }

  /** Another knob has another range: what was wrong with the one before is not said of it. */
  function turn(axis: "x" | "y", now: Written): void {
    if (now.knob !== kept.current[axis].knob && refusal.field.startsWith(`${axis}.`)) refuse(NOTHING);
    set({ [axis]: now });
  }

  function onSubmit(event: Event): void {
    event.preventDefault();
    if (busy) stop();
    else if (!refused && x.knob) {
      refuse(NOTHING);
      begin({ type: "sweep", x, y: y.knob ? y : null, seeds, metric, executor });
    }
  }

  const sizes = [x, y].map(({ knob, count }) => (knob ? Number(count || NaN) : 1));
  const [settings, draws] = [sizes.reduce((some, other) => some * other), Number(seeds || NaN)];
  const known = Number.isInteger(settings) && Number.isInteger(draws) && settings > 0 && draws > 0;
  const size = `${settings.toLocaleString("en-US")} settings × ${draws} ${draws === 1 ? "seed" : "seeds"}`;
  return (
    <form class={css.form} noValidate onSubmit={onSubmit}>
      <Axis axis="x" label="Knob across" choices={choices} now={x} set={(now) => turn("x", now)} refusal={refusal} />
      <Axis axis="y" label="Knob up" choices={choices} now={y} set={(now) => turn("y", now)} refusal={refusal} />
      <div class={css.range}>
        <Field
          label="Seeds"
          className={`${css.labelled} ${css.short}`}
          title={SEEDS}
          value={seeds}
          set={(count) => set({ seeds: count })}
          refusal={refusal.field === "seeds" && id}
        />
        <Field
          label="Error"
          className={css.labelled}
          value={metric}
          set={(name) => set({ metric: name })}
          options={metrics}
          refusal={refusal.field === "metric" && id}
        />
      </div>
      <Field
        label="Trained by"
        className={css.knob}
        title={PLACES}
        value={executor}
        set={(key) => set({ executor: key })}
        options={executors.map(({ key, label, refused }) => [key, label, refused !== ""] as const)}
        refusal={refusal.field === "executor" && id}
        near={look}
      />
      {barred.map((words) => (
        <p key={words} class={css.size}>
          {words}
        </p>
      ))}
      <Sentence id={id} words={general ? refusal.words : ""} />
      <div class={css.begin}>
        <button type="submit" class={classes(css.go, busy && css.stop)} disabled={!busy && refused !== ""}>
          {busy ? "Stop" : "Sweep"}
        </button>
        <span class={css.size}>{known && choices.length > 0 ? size : ""}</span>
      </div>
      <p class={css.refused} hidden={!refused}>
        {refused}
      </p>
    </form>
  );
}

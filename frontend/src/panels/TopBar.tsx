import { useId } from "react";
import { Button } from "../controls/Button";
import { IconButton } from "../controls/IconButton";
import { Lockable, LockMark } from "../controls/Lockable";
import { NumberField } from "../controls/NumberField";
import { useHand, useKnob } from "../controls/useKnob";
import { isHidden } from "../model/locks";
import { useApp, useSelect } from "../state/context";
import type { Owner } from "../types";
import { DeviceChip, EditButtons } from "./EditButtons";
import { KindSelect } from "./KindSelect";
import { StatusLine } from "./StatusLine";
import { css } from "./bar.module.css";

/** Task, trainer, run, status, history, export: one bar of 48 px. */
export function TopBar({ wide }: { wide: boolean }) {
  const { actions } = useApp();
  const { activity, auto, iterative, presets, withTask } = useSelect((state) => {
    const knobs = state.schema.tasks[state.document.task.kind]?.knobs ?? {};
    return {
      withTask: !isHidden(state.locks, "task"),
      activity: state.status.activity,
      auto: state.status.auto,
      iterative: state.schema.trainers[state.document.trainer.kind]?.iterative ?? false,
      presets: Object.keys(knobs)
        .filter((name) => knobs[name]?.presets?.length)
        .join(" "),
    };
  });
  const busy = activity === "running" || activity === "compiling";
  const paused = activity === "paused" || (!auto && !iterative);
  return (
    <div className={`${css.bar}${iterative ? ` ${css.crowded}` : ""}`}>
      {withTask ? (
        <div className={css.group} role="group" aria-label="Task">
          <KindSelect owner="task" />
          {presets
            .split(" ")
            .filter(Boolean)
            .map((name) => (
              <PresetKnob key={name} owner="task" name={name} />
            ))}
        </div>
      ) : null}
      <KindSelect owner="trainer" />
      <div className={css.group}>
        <Button
          look="go"
          title={iterative ? "Train step by step; knobs may move meanwhile" : "Train once with the settings as they are"}
          onClick={() => actions.command("run")}
        >
          Run
        </Button>
        <Button
          look={!busy && !paused && "quiet"}
          title={pauseTitle(iterative, paused)}
          onClick={() => actions.command(paused ? "resume" : "pause")}
        >
          {paused ? "Resume" : "Pause"}
        </Button>
        {iterative ? (
          <IconButton
            icon="step"
            label="Step"
            title="Train for one stretch, and hold"
            disabled={busy}
            onClick={() => actions.command("step")}
          />
        ) : null}
        <Button look={!busy && "quiet"} title="End the run that is going on" onClick={() => actions.command("stop")}>
          Stop
        </Button>
        {iterative ? (
          <IconButton
            icon="reset"
            label="Reset"
            title="Forget what was learned; Run starts anew"
            onClick={() => actions.command("reset")}
          />
        ) : null}
      </div>
      <StatusLine />
      {wide ? (
        <div className={`${css.group} ${css.end}`}>
          <EditButtons look="text" />
          <DeviceChip />
        </div>
      ) : null}
    </div>
  );
}

function pauseTitle(iterative: boolean, paused: boolean): string {
  if (iterative) return paused ? "Go on from where the training was held" : "Hold the training where it is";
  return paused ? "Go on training by itself after each change" : "Hold the training; changes wait for Run or Resume";
}

/** A knob with a few usual values as buttons, and a field for any other. */
function PresetKnob({ owner, name }: { owner: Owner; name: string }) {
  const view = useKnob(owner, name, "bar");
  const hand = useHand(owner, name, view.knob?.effect === "live");
  const id = useId();
  const { knob, value } = view;
  const said = view.error ?? view.warning;
  if (!knob || view.hidden) return null;
  return (
    <Lockable locked={view.locked} className={css.preset}>
      <label className="rcw-soft" htmlFor={id} title={knob.doc}>
        {knob.label}
      </label>
      {view.locked ? <LockMark /> : null}
      <span className={css.segments}>
        {(knob.presets ?? []).map((preset) => (
          <button
            key={preset}
            type="button"
            className={`${css.segment}${preset === value ? ` ${css.on}` : ""}`}
            aria-pressed={preset === value}
            title={`${knob.label} ${preset}${knob.unit ? ` ${knob.unit}` : ""}`}
            onClick={() => hand.commit(preset)}
          >
            {preset}
          </button>
        ))}
      </span>
      <span className={css.unit}>
        <NumberField view={view} hand={hand} id={id} label={knob.label} describedBy={said ? `${id}-error` : undefined} />
        {knob.unit ? <span className="rcw-unit">{knob.unit}</span> : null}
      </span>
      {said ? (
        <p className={`${view.error ? "rcw-sentence" : "rcw-warning"} ${css.refusal}`} id={`${id}-error`}>
          {said}
        </p>
      ) : null}
    </Lockable>
  );
}

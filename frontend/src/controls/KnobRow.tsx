import { useEffect, useId, useRef } from "react";
import { sameValue } from "../model/knobs";
import { formatValue, trackOf } from "../model/numbers";
import { useApp } from "../state/context";
import type { Owner } from "../types";
import { Icon } from "./Icon";
import { Lockable, LockMark } from "./Lockable";
import { NumberField } from "./NumberField";
import { Slider } from "./Slider";
import { TextField } from "./TextField";
import { useHand, useKnob, type Hand, type KnobView } from "./useKnob";
import { css as buttonCss } from "./button.module.css";
import { css as checkCss } from "./check.module.css";
import { css as inspectorCss } from "../panels/inspector.module.css";
import { css as selectCss } from "./select.module.css";
import { css } from "./knob.module.css";

interface Props {
  owner: Owner;
  name: string;
  /** A card shows a slider and the value; a panel shows a field, and the slider where no card has it. */
  place: "card" | "panel";
  slider?: boolean;
}

/** One knob: its label, its value, and the handle that fits its kind. */
export function KnobRow({ owner, name, place, slider = true }: Props) {
  const view = useKnob(owner, name, place);
  const hand = useHand(owner, name, view.knob?.effect === "live");
  const id = useId();
  const { knob, value, auto, error, warning } = view;
  const said = error ?? (place === "panel" ? warning : null);
  const sentence = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (said && sentence.current) showInPanel(sentence.current);
  }, [said]);
  if (!knob || view.hidden) return null;
  const errorId = said ? `${id}-error` : undefined;
  const numeric = knob.kind === "float" || knob.kind === "int";
  const written = knob.kind === "text" || knob.kind === "ints";
  const withSlider = slider && numeric && trackOf(knob) !== null;
  return (
    <Lockable locked={view.locked} className={`${place === "card" ? css.card : css.panel}${error ? " rcw-bad" : ""}`}>
      <div className={css.row}>
        <label className={css.label} htmlFor={id} title={knob.doc}>
          {knob.label}
          {knob.unit && place === "panel" ? <span className="rcw-unit"> {knob.unit}</span> : null}
        </label>
        {view.locked ? <LockMark /> : null}
        {place === "panel" ? <Reset view={view} /> : null}
        <Handle
          view={view}
          hand={hand}
          id={id}
          errorId={errorId}
          place={place}
          exact={written || (numeric && (place === "panel" || !withSlider))}
          named={withSlider || !slider}
        />
        {place === "card" && withSlider ? (
          <b className={css.value} aria-hidden="true">
            {formatValue(knob, value ?? auto)}
          </b>
        ) : null}
      </div>
      {withSlider ? (
        <Slider knob={knob} value={typeof value === "number" ? value : auto} hand={hand} invalid={error !== null} describedBy={errorId} />
      ) : null}
      {said ? (
        <p ref={sentence} className={error ? "rcw-sentence" : "rcw-warning"} id={errorId}>
          {said}
        </p>
      ) : null}
    </Lockable>
  );
}

/** Scrolls the panel, and nothing else, until the sentence shows. */
function showInPanel(sentence: HTMLElement): void {
  const panel = sentence.closest(`.${inspectorCss.inspector}`);
  if (!panel) return;
  const hidden = sentence.getBoundingClientRect().bottom + 6 - panel.getBoundingClientRect().bottom;
  if (hidden > 0) panel.scrollTop += hidden;
}

interface HandleProps {
  view: KnobView;
  hand: Hand;
  id: string;
  errorId: string | undefined;
  place: "card" | "panel";
  exact: boolean;
  /** Whether a control somewhere else carries the plain label, so that this one is "... value". */
  named: boolean;
}

function Handle({ view, hand, id, errorId, exact, named }: HandleProps) {
  const { knob, value } = view;
  if (!knob) return null;
  const label = named ? `${knob.label} value` : knob.label;
  const common = { id, title: knob.doc, "aria-label": label, "aria-describedby": errorId, "aria-invalid": view.error ? true : undefined };
  if (knob.kind === "bool") {
    return (
      <input
        {...common}
        type="checkbox"
        className={`${checkCss.check} nodrag nopan`}
        checked={value === true}
        onChange={(event) => hand.commit(event.target.checked)}
      />
    );
  }
  if (knob.kind === "choice") {
    return (
      <select
        {...common}
        className={`${selectCss.select} ${selectCss.small} nodrag nopan`}
        value={String(value)}
        onChange={(event) => hand.commit(event.target.value)}
      >
        {[...new Set([...(knob.choices ?? []), String(value)])].map((word) => (
          <option key={word} value={word}>
            {word}
          </option>
        ))}
      </select>
    );
  }
  if (!exact) return null;
  const Field = knob.kind === "text" || knob.kind === "ints" ? TextField : NumberField;
  return <Field view={view} hand={hand} id={id} label={label} describedBy={errorId} />;
}

function Reset({ view }: { view: KnobView }) {
  const { actions } = useApp();
  const { knob, value, owner, name } = view;
  if (!knob || sameValue(value, knob.default)) return null;
  const word = `Reset to default ${formatValue(knob, knob.default)}`;
  return (
    <button
      type="button"
      className={`${buttonCss.icon} ${css.reset}`}
      aria-label={word}
      title={word}
      onClick={() => actions.resetKnob(owner, name)}
    >
      <Icon name="reset" />
    </button>
  );
}

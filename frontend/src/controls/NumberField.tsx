import { useState, type KeyboardEvent } from "react";
import { useApp } from "../state/context";
import { AUTO, formatValue, readNumber, stepped } from "../model/numbers";
import type { Hand, KnobView } from "./useKnob";
import { css } from "./field.module.css";

interface Props {
  view: KnobView;
  hand: Hand;
  /** The accessible name: the knob's label where there is no slider beside it, else "... value". */
  label: string;
  id?: string;
  describedBy?: string | undefined;
}

/** A field for an exact value. What was typed stays until it is legal; a sentence under the field says what is wrong. */
export function NumberField({ view, hand, label, id, describedBy }: Props) {
  const { actions } = useApp();
  const [draft, setDraft] = useState<string | null>(null);
  const { knob, value, auto, error, owner, name, typed, place } = view;
  if (!knob) return null;
  const empty = auto === null ? AUTO : `${AUTO}, ${formatValue(knob, auto)}`;
  const current = value === null && knob.optional ? empty : formatValue(knob, value);
  const shown = draft ?? typed ?? (value === null ? "" : current);

  const commit = (): void => {
    if (draft === null) return;
    const reading = readNumber(knob, draft);
    setDraft(null);
    if (!reading.ok) actions.refuseKnob(owner, name, reading.text, { text: draft, at: place });
    else if (reading.value !== value && draft.trim() !== current) hand.commit(reading.value, { text: draft, at: place });
    else actions.clearError(`${owner}.${name}`);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") commit();
    else if (event.key === "Escape" && (draft !== null || error)) {
      event.stopPropagation();
      setDraft(null);
      actions.clearError(`${owner}.${name}`);
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const reading = draft === null ? null : readNumber(knob, draft);
      const from = (reading?.ok ? reading.value : null) ?? value ?? auto ?? knob.default ?? knob.low ?? 0;
      setDraft(null);
      hand.move(stepped(knob, Number(from), event.key === "ArrowUp" ? 1 : -1));
    }
  };

  return (
    <input
      id={id}
      type="text"
      inputMode="decimal"
      role="spinbutton"
      autoComplete="off"
      spellCheck={false}
      className={`${css.field} nodrag nowheel nopan`}
      size={Math.max(4, (shown === "" && auto !== null ? empty : shown).length + 1)}
      value={shown}
      placeholder={knob.optional ? empty : undefined}
      aria-label={label}
      aria-valuenow={typeof value === "number" ? value : undefined}
      aria-valuetext={current}
      aria-valuemin={knob.low ?? undefined}
      aria-valuemax={knob.high ?? undefined}
      aria-invalid={error ? true : undefined}
      aria-describedby={describedBy}
      title={knob.says ? `${knob.doc} May lie ${knob.says.span}${knob.optional ? ", or be empty for auto" : ""}.` : knob.doc}
      onChange={(event) => setDraft(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={() => {
        commit();
        hand.release();
      }}
      onKeyDown={onKeyDown}
    />
  );
}

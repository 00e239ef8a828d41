import { useState, type KeyboardEvent } from "react";
import { formatValue } from "../model/numbers";
import { useApp } from "../state/context";
import type { Hand, KnobView } from "./useKnob";
import { css } from "./field.module.css";

interface Props {
  view: KnobView;
  hand: Hand;
  /** The accessible name: the knob's label where no card shows it too, else "... value". */
  label: string;
  id?: string;
  describedBy?: string | undefined;
}

/**
 * A field for a short text or for whole numbers such as "2, 3". Enter or leaving it sends what was typed, which the kernel reads; what it
 * refused stays until it is mended, with the kernel's sentence under the field.
 */
export function TextField({ view, hand, label, id, describedBy }: Props) {
  const { actions } = useApp();
  const [draft, setDraft] = useState<string | null>(null);
  const { knob, value, error, owner, name, typed, place } = view;
  if (!knob) return null;
  const current = formatValue(knob, value);
  const shown = draft ?? typed ?? current;

  const commit = (): void => {
    if (draft === null) return;
    const text = draft.trim();
    setDraft(null);
    if (text === current) actions.clearError(`${owner}.${name}`);
    else hand.commit(text, { text, at: place });
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") commit();
    else if (event.key === "Escape" && (draft !== null || error)) {
      event.stopPropagation();
      setDraft(null);
      actions.clearError(`${owner}.${name}`);
    }
  };

  return (
    <input
      id={id}
      type="text"
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      className={`${css.field} nodrag nowheel nopan`}
      size={Math.max(4, shown.length + 1)}
      value={shown}
      aria-label={label}
      aria-invalid={error ? true : undefined}
      aria-describedby={describedBy}
      title={knob.doc}
      onChange={(event) => setDraft(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={commit}
      onKeyDown={onKeyDown}
    />
  );
}

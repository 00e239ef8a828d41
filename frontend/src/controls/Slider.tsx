import { useEffect, useMemo, type CSSProperties } from "react";
import type { Knob } from "../generated";
import { formatValue, fractionOf, positionOf, trackOf, valueAt } from "../model/numbers";
import type { Hand } from "./useKnob";
import { css } from "./slider.module.css";

interface Props {
  knob: Knob;
  value: number | null;
  hand: Hand;
  invalid?: boolean;
  describedBy?: string | undefined;
}

/** A native range input. On a log knob its position is the exponent; what is spoken and shown is the value. */
export function Slider({ knob, value, hand, invalid = false, describedBy }: Props) {
  const track = useMemo(() => trackOf(knob), [knob]);

  useEffect(() => {
    const release = (): void => hand.release();
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", release);
    return () => {
      window.removeEventListener("pointerup", release);
      window.removeEventListener("pointercancel", release);
    };
  }, [hand]);

  if (!track) return null;
  const shown = value ?? (typeof knob.default === "number" ? knob.default : track.log ? 10 ** track.low : track.low);
  const spoken = [formatValue(knob, value), knob.unit].filter(Boolean).join(" ");
  return (
    <input
      type="range"
      className={`${css.slider} nodrag nowheel nopan`}
      min={track.low}
      max={track.high}
      step={track.step}
      value={positionOf(track, shown)}
      aria-label={knob.label}
      aria-valuetext={spoken}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      title={knob.doc}
      style={{ "--rcw-fill": fractionOf(track, shown) } as CSSProperties}
      onPointerDown={(event) => event.button === 0 && hand.press()}
      onChange={(event) => {
        const next = valueAt(track, Number(event.target.value), knob.kind);
        if (next !== value) hand.move(next);
      }}
      onBlur={() => hand.release()}
    />
  );
}

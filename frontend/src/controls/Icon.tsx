import type { Family } from "../generated";
import type { Look } from "../state/reducers";
import { css } from "./icon.module.css";

const PATHS = {
  undo: "M6.5 4 3 7.5 6.5 11M3 7.5h6.2a3.8 3.8 0 0 1 0 7.6H7",
  redo: "M9.5 4 13 7.5 9.5 11M13 7.5H6.8a3.8 3.8 0 0 0 0 7.6H9",
  layout: "M2 6.5h4v3H2zM10 2.5h4v3h-4zM10 10.5h4v3h-4zM6 8h2M8 4v8M8 4h2M8 12h2",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  fit: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  reset: "M4.2 5.2A5 5 0 1 1 3 8.6M4 2v3.4h3.4",
  step: "M4 3.5v9l6-4.5zM12.5 3.5v9",
  close: "m4 4 8 8M12 4l-8 8",
  keys: "M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.7 7h.01M5.5 9.3h5",
  code: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  chevron: "m6 4 4 4-4 4",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  pencil: "m3 13 .6-2.8 7.3-7.3 2.2 2.2-7.3 7.3zM9.6 4.2l2.2 2.2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={css.icon} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

/**
 * How something stands, in a form and a colour: done, at work, waiting, not finished, going on with a warning, wrong. It stands beside words.
 * It is drawn, not a background, so that forced colours keep it.
 */
export function StateMark({ look }: { look: Look }) {
  return (
    <svg className={`${css.state} rcw-mark-${look}`} viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
      {look === "ok" || look === "working" ? <circle cx="5" cy="5" r="4" /> : null}
      {look === "waiting" ? <circle cx="5" cy="5" r="3.5" fill="none" strokeWidth="1.6" /> : null}
      {look === "unfinished" ? <circle cx="5" cy="5" r="3.6" fill="none" strokeWidth="1.7" strokeDasharray="2.6 1.92" /> : null}
      {look === "warning" ? <path d="M5 .4 9.8 9.4H.2z" /> : null}
      {look === "error" ? <path d="M5 0l5 5-5 5-5-5z" /> : null}
    </svg>
  );
}

/** The form of a node family: triangle, circle, square; its colour never speaks alone. */
export function FamilyMark({ family }: { family: Family }) {
  return (
    <svg className={`${css.mark} rcw-family-${family}`} viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
      {family === "source" ? <path d="M1 .5 9.5 5 1 9.5z" /> : null}
      {family === "state" ? <circle cx="5" cy="5" r="5" /> : null}
      {family === "readout" ? <rect width="10" height="10" rx="2" /> : null}
      {family === "shape" ? <path d="M5 0l5 5-5 5-5-5z" /> : null}
    </svg>
  );
}

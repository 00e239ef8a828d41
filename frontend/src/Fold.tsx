/** @jsxImportSource preact */
/** A group with a name under a heading that opens and closes it: the runs, and the sweep. */
import type { JSX } from "preact";
import { classes, Kept, useUid } from "./panel";
import { css } from "./fold.module.css";

interface FoldProps {
  name: string;
  className: string;
  dark: boolean;
  open: boolean;
  setOpen: (open: boolean) => void;
  heading: string;
  /** What is told beside the heading while it is closed; the heading alone is the accessible name then. */
  brief?: string;
  draw: () => JSX.Element;
}

export function Fold({ name, className, dark, open, setOpen, heading, brief, draw }: FoldProps): JSX.Element {
  const id = useUid();
  return (
    <div class={classes(className, css.fold, dark && "rcw-dark")} role="group" aria-label={name}>
      <button
        type="button"
        class={css.toggle}
        aria-label={brief === undefined ? undefined : heading}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <span class={css.heading}>{heading}</span>
        {brief === undefined ? null : <span class={css.brief}>{brief}</span>}
      </button>
      <div id={id} hidden={!open}>
        <Kept open={open} draw={draw} />
      </div>
    </div>
  );
}

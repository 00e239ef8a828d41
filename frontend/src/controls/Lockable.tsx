import type { ReactNode } from "react";
import { LOCKED } from "../model/locks";
import { Icon } from "./Icon";
import { css } from "./lock.module.css";

interface Props {
  locked: boolean;
  className?: string | undefined;
  children: ReactNode;
}

/** A box whose controls are all off where it is locked. */
export function Lockable({ locked, className, children }: Props) {
  if (!locked) return <div className={className}>{children}</div>;
  return (
    <fieldset className={`${css.box}${className ? ` ${className}` : ""}`} disabled title={LOCKED}>
      {children}
    </fieldset>
  );
}

/** The sign beside what is locked. */
export function LockMark() {
  return (
    <span className={css.mark} role="img" aria-label={LOCKED} title={LOCKED}>
      <Icon name="lock" />
    </span>
  );
}

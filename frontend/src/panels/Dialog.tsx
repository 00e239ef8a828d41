import { useEffect, useId, useRef, type ReactNode } from "react";
import { IconButton } from "../controls/IconButton";
import { css } from "./dialog.module.css";

const STOPS = "button:not(:disabled), select:not(:disabled), input:not(:disabled), pre[tabindex], [tabindex='0']";

interface Props {
  title: string;
  /** Buttons in the head, before the one that closes. */
  tools?: ReactNode;
  /** For what stands side by side. */
  wide?: boolean;
  children: ReactNode;
  onClose: () => void;
}

/** A dialog over the app: it takes the focus, keeps Tab inside, and closes by Escape, its button or a press beside it. */
export function Dialog({ title, tools, wide, children, onClose }: Props) {
  const dialog = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.querySelector<HTMLElement>(STOPS)?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  const onKeyDown = (event: Pick<KeyboardEvent, "key" | "shiftKey" | "target" | "preventDefault" | "stopPropagation">): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Tab") {
      const stops = [...(dialog.current?.querySelectorAll<HTMLElement>(STOPS) ?? [])];
      const place = stops.indexOf(event.target as HTMLElement);
      event.preventDefault();
      stops[(place + (event.shiftKey ? stops.length - 1 : 1)) % stops.length]?.focus();
    }
  };

  // What had the focus may go, or be off while it is answered, and the focus is then somewhere around the dialog: the keys stay its own.
  useEffect(() => {
    const around = (event: KeyboardEvent): void => {
      if (event.target instanceof Node && event.target !== dialog.current && event.target.contains(dialog.current)) onKeyDown(event);
    };
    document.addEventListener("keydown", around, true);
    return () => document.removeEventListener("keydown", around, true);
  });

  return (
    <div className={css.veil} onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div
        ref={dialog}
        className={`${css.dialog}${wide ? ` ${css.wide}` : ""}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby={id}
        onKeyDown={onKeyDown}
      >
        <div className={css.head}>
          <h3 id={id}>{title}</h3>
          {tools}
          <IconButton icon="close" label="Close" onClick={onClose} />
        </div>
        {children}
      </div>
    </div>
  );
}

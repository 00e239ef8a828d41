import { useEffect, useId, useRef, useState } from "react";
import { css } from "./name.module.css";

interface Props {
  name: string;
  /** Asks for the name; what it gives back is the sentence that refuses it, or null. */
  onTake: (name: string) => Promise<string | null>;
  /** The field is of no use any more; `stay` where the focus was in it to the end. */
  onClose: (stay: boolean) => void;
}

/**
 * A field in the place of a node's name. Enter or leaving it takes the name, Escape leaves it as it was. What was refused stays to be
 * mended, with the reason under it.
 */
export function NameField({ name, onTake, onClose }: Props) {
  const [typed, setTyped] = useState(name);
  const [refusal, setRefusal] = useState<{ typed: string; text: string } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const closed = useRef(false);
  const asked = useRef<string | null>(null);
  const id = useId();

  useEffect(
    () => () => {
      closed.current = true;
    },
    [],
  );

  const close = (stay: boolean): void => {
    if (closed.current) return;
    closed.current = true;
    onClose(stay);
  };
  const hasFocus = (): boolean => document.activeElement === field.current;

  const take = async (): Promise<void> => {
    const wanted = typed.trim();
    if (closed.current || asked.current === wanted) return;
    if (wanted === "" || wanted === name) {
      close(hasFocus());
      return;
    }
    asked.current = wanted;
    const text = await onTake(wanted);
    if (closed.current) return;
    if (text === null) close(hasFocus());
    else setRefusal({ typed: wanted, text });
  };

  const wrong = refusal !== null && refusal.typed === typed.trim();
  return (
    <span className={css.name}>
      <input
        ref={field}
        className={`${css.field} nodrag nowheel nopan`}
        aria-label={`New name of ${name}`}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={wrong ? `${id}-refusal` : undefined}
        value={typed}
        size={Math.max(6, typed.length)}
        maxLength={64}
        autoFocus
        onFocus={(event) => {
          if (!refusal) event.target.select();
        }}
        onChange={(event) => {
          asked.current = null;
          setTyped(event.target.value);
        }}
        onBlur={() => void take()}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey) void take();
          else if (event.key === "Escape") {
            event.stopPropagation();
            close(true);
          }
        }}
      />
      {wrong ? (
        <span className={`rcw-sentence ${css.refusal}`} id={`${id}-refusal`}>
          {refusal.text}
        </span>
      ) : null}
    </span>
  );
}

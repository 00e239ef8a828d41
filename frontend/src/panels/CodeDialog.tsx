import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { IconButton } from "../controls/IconButton";
import { useSelect } from "../state/context";

/** Copies by the clipboard interface, or by a selection where the page may not use it. */
async function copyText(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(shown);
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    return document.execCommand("copy");
  }
}

/** The model as Python code, to read and to copy. */
export function CodeDialog({ onClose }: { onClose: () => void }) {
  const code = useSelect((state) => state.code?.text ?? null);
  const [said, setSaid] = useState("Copy");
  const dialog = useRef<HTMLDivElement>(null);
  const shown = useRef<HTMLPreElement>(null);
  const copy = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (code === null) return;
    setSaid("Copy");
    copy.current?.focus({ preventScroll: true });
  }, [code]);

  if (code === null) return null;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Tab") {
      const stops = [...(dialog.current?.querySelectorAll<HTMLElement>("button, pre") ?? [])];
      const place = stops.indexOf(event.target as HTMLElement);
      event.preventDefault();
      stops[(place + (event.shiftKey ? stops.length - 1 : 1)) % stops.length]?.focus();
    }
  };

  return (
    <div className="rcw-veil" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div ref={dialog} className="rcw-dialog" role="dialog" aria-modal="true" aria-label="Python code" onKeyDown={onKeyDown}>
        <div className="rcw-dialog-head">
          <h3>Python code</h3>
          <button
            ref={copy}
            type="button"
            className="rcw-button rcw-small"
            onClick={() => shown.current && void copyText(code, shown.current).then((done) => setSaid(done ? "Copied" : "Press Ctrl-C"))}
          >
            {said}
          </button>
          <IconButton icon="close" label="Close" onClick={onClose} />
        </div>
        <pre ref={shown} tabIndex={0}>
          {code}
        </pre>
      </div>
    </div>
  );
}

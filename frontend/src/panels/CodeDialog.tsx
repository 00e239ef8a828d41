import { useEffect, useRef, useState } from "react";
import { Button } from "../controls/Button";
import { useSelect } from "../state/context";
import { Dialog } from "./Dialog";

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
  const shown = useRef<HTMLPreElement>(null);
  useEffect(() => setSaid("Copy"), [code]);
  if (code === null) return null;
  const copy = (
    <Button
      small
      onClick={() => shown.current && void copyText(code, shown.current).then((done) => setSaid(done ? "Copied" : "Press Ctrl-C"))}
    >
      {said}
    </Button>
  );
  return (
    <Dialog title="Python code" tools={copy} onClose={onClose}>
      <pre ref={shown} tabIndex={0}>
        {code}
      </pre>
    </Dialog>
  );
}

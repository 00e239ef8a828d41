/** @jsxImportSource preact */
/** A button that saves the data of a panel; what there is to say of it is its name. */
import type { AnyModel } from "@anywidget/types";
import type { JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { called } from "./panel";
import { CsvRequests } from "./wire/csv";
import { css } from "./fold.module.css";

export function CsvButton({ model, hidden }: { model: AnyModel; hidden?: boolean }): JSX.Element {
  const [waiting, wait] = useState("");
  const [refusal, refuse] = useState("");
  const [busy, setBusy] = useState(false);
  const [requests] = useState(() => new CsvRequests(model, wait));
  useLayoutEffect(() => () => requests.dispose(), [requests]);

  function ask(): void {
    setBusy(true);
    requests.fetch((words) => {
      setBusy(false);
      refuse(words);
    });
  }

  const name = waiting || [requests.name, refusal].filter(Boolean).join(": ");
  return (
    <button type="button" class={css.save} {...called(name)} aria-busy={busy || undefined} onClick={ask} hidden={hidden}>
      CSV
    </button>
  );
}

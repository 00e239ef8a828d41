/** What functions of the user's own printed while they trained, and the traceback of an error in them: text, below the canvas. */
import { useSelect } from "../state/context";
import { css } from "./output.module.css";

export function Output() {
  const { output } = useSelect((state) => ({ output: state.status.output }));
  if (!output) return null;
  return (
    <details className={css.output} open>
      <summary>Output of your own functions</summary>
      <pre role="log" aria-label="Output" tabIndex={0} className="nowheel">
        {output}
      </pre>
    </details>
  );
}

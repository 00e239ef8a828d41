/** @jsxImportSource preact */
/**
 * The bar under the figures: the metrics of the last results, as one line of labels and values, and behind a button all of them in a
 * table with their definitions. A view of the status model itself.
 */
import type { JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import "./css/theme.css";
import "./css/old.css";
import { copyText } from "./element";
import type { Metric, MetricRow } from "./generated";
import { MetricsTable } from "./metrics/Table";
import { classes, Kept, panel, useRequests, useUid, type PanelProps } from "./panel";
import { refusalOf } from "./wire/requests";
import { css } from "./footer.module.css";
import "./css/targets.css";
import "./css/forced.css";

const HINT = "mse_c and var_c are the mean squared error and the target's variance of one channel.";

interface FooterTraits {
  /** What the figures are of, where they are another model's. */
  old: string;
  metrics: Metric[];
  table: MetricRow[];
}

function Footer({ model, traits: { old, metrics, table }, dark }: PanelProps<FooterTraits>): JSX.Element {
  const [wanted, setWanted] = useState(false);
  const { requests, said, say } = useRequests<{ type: "csv" }>(model);
  const id = useUid();
  const none = table.length === 0;
  const open = wanted && !none;
  const label = metrics.length > 0 ? old : "";
  useLayoutEffect(() => {
    if (none) setWanted(false);
  }, [none]);

  async function copy(): Promise<void> {
    const answer = await requests.send({ type: "csv" });
    const text = answer.result?.["csv"];
    if (!answer.ok || typeof text !== "string") say(refusalOf(answer));
    else say((await copyText(text)) ? "Copied, with all digits." : "The browser does not let the page copy.");
  }

  const draw = (): JSX.Element => (
    <>
      <div class={css.scroller} tabIndex={0} role="region" aria-label="All metrics">
        <MetricsTable rows={table} />
      </div>
      <div class={css.tools}>
        <span class={css.hint}>{HINT}</span>
        <span class={css.said} role="status">
          {said.words}
        </span>
        <button type="button" class={css.copy} onClick={copy}>
          Copy as CSV
        </button>
      </div>
    </>
  );

  return (
    <div class={classes(css.footer, label && "rcw-old", dark && "rcw-dark")}>
      <div class={css.bar}>
        <div class={css.metrics} role="group" aria-label="Metrics">
          {label ? <span class={css.old}>{label}</span> : null}
          {metrics.map((metric) => (
            <div key={metric.label} class={css.metric} title={metric.title}>
              <span>{metric.label}</span>
              <b>{metric.value}</b>
            </div>
          ))}
          {metrics.length === 0 ? <span class={css.empty}>No results yet</span> : null}
        </div>
        <button type="button" class={css.toggle} aria-expanded={open} aria-controls={id} hidden={none} onClick={() => setWanted(!open)}>
          All metrics
        </button>
      </div>
      <div id={id} class={css.body} hidden={!open}>
        <Kept open={open} draw={draw} />
      </div>
    </div>
  );
}

export default panel<FooterTraits>(Footer, { old: "", metrics: [], table: [] });

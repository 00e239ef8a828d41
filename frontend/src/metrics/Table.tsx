/** @jsxImportSource preact */
/** All metrics of the last results as a table: train and test side by side, channel by channel, and what each of them means. */
import type { JSX } from "preact";
import type { MetricRow } from "../generated";
import { css } from "../footer.module.css";

const HEADS = ["Metric", "Train", "Test", "Unit", "What it is"];

const Cells = ({ train, test }: { train: string; test: string }): JSX.Element => (
  <>
    <td class={css.number}>{train || "–"}</td>
    <td class={css.number}>{test || "–"}</td>
  </>
);

/** The lines of one metric: of all channels, with its definition beside it, and of each channel. */
function Lines({ row }: { row: MetricRow }): JSX.Element {
  const rows = row.channels.length + 1;
  return (
    <tbody>
      <tr>
        <th scope="row" class={css.label}>
          {row.label}
        </th>
        <Cells {...row} />
        <td class={css.unit} rowSpan={rows}>
          {row.unit}
        </td>
        <td class={css.about} rowSpan={rows}>
          <span>{row.definition}</span>
          {row.formula ? <code>{row.formula}</code> : null}
          {row.note ? <span>{row.note}</span> : null}
        </td>
      </tr>
      {row.channels.map((channel) => (
        <tr key={channel.label} class={css.channel}>
          <th scope="row">{channel.label}</th>
          <Cells {...channel} />
        </tr>
      ))}
    </tbody>
  );
}

export const MetricsTable = ({ rows }: { rows: MetricRow[] }): JSX.Element => (
  <table aria-label="All metrics">
    <thead>
      <tr>
        {HEADS.map((text, place) => (
          <th key={text} scope="col" class={place === 1 || place === 2 ? css.number : ""}>
            {text}
          </th>
        ))}
      </tr>
    </thead>
    {rows.map((row) => (
      <Lines key={row.label} row={row} />
    ))}
  </table>
);

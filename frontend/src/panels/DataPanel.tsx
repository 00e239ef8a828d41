import { useId, useRef, useState, type DragEvent } from "react";
import { Button } from "../controls/Button";
import { useHand, useKnob } from "../controls/useKnob";
import type { FileRead, OwnData } from "../generated";
import { chosenOptions, SERIES_OPTIONS } from "../model/fileOptions";
import { formatCount } from "../model/numbers";
import { useApp, useSelect } from "../state/context";
import { css as checkCss } from "../controls/check.module.css";
import { css } from "./data.module.css";
import { FileOption } from "./FileOption";

const ROLES = [
  { name: "inputs", title: "Input", word: "input" },
  { name: "targets", title: "Target", word: "target" },
] as const;

/** As many sentences about the reading stand in the panel; the dialog has them all. */
const NOTES = 3;

/** The data of one's own: a CSV file to load or to drop, and which of its columns are inputs and which are targets. */
export function DataPanel() {
  const { actions, store } = useApp();
  const { data, file, loading, reading, refusal, connected } = useSelect((state) => ({
    data: state.data,
    file: state.file,
    loading: state.loading,
    reading: state.reading,
    refusal: state.errors["task"] ?? (state.file?.error ? `${state.file.name}: ${state.file.error}` : null),
    connected: state.connected,
  }));
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const id = useId();

  const load = (file: File | undefined): void => {
    if (file) void actions.loadFile(file);
  };
  const drag = (event: DragEvent, inside: boolean): void => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    setOver(inside);
  };
  const read =
    file !== null ? (
      <Button
        small
        look={file.error === null ? "quiet" : "go"}
        title="The first rows, what each column was taken for, and the options that say it otherwise"
        onClick={() => store.setState({ fileShown: true })}
      >
        {file.error === null ? "How it was read" : "Reading options"}
      </Button>
    ) : null;
  return (
    <div
      className={`${css.data}${over ? ` ${css.over}` : ""}${data ? "" : ` ${css.none}`}`}
      role="group"
      aria-label="Data"
      onDragEnter={(event) => drag(event, true)}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, event.currentTarget.contains(event.relatedTarget as Node | null))}
      onDrop={(event) => {
        drag(event, false);
        load(event.dataTransfer.files[0]);
      }}
    >
      <div className={css.head}>
        {data ? (
          <b className={css.name} title={data.name || undefined}>
            {data.name || "Data from Python"}
          </b>
        ) : (
          <p className="rcw-soft">One row for each time, one column for each series. Drop a CSV file here, or</p>
        )}
        <Button
          small
          look={!data && !file?.error && "go"}
          disabled={loading !== null || !connected}
          aria-label={data ? "Replace by another CSV file" : undefined}
          title={data ? "Load another CSV file, or drop it here" : undefined}
          aria-describedby={refusal ? `${id}-refusal` : undefined}
          onClick={() => picker.current?.click()}
        >
          {loading !== null ? (loading.share === null ? "Reading" : "Loading") : data ? "Replace" : "Load a CSV file"}
        </Button>
      </div>
      <input
        ref={picker}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,.dat,.gz,.xlsx,.npy,.npz,.mat,.arff,.ts,.parquet,.feather,.edf,.bdf,text/csv"
        aria-label="CSV file"
        onChange={(event) => {
          load(event.target.files?.[0]);
          event.target.value = ""; // so that the same file can be taken again once it is mended
        }}
      />
      {loading !== null ? (
        <progress className={css.progress} aria-label={`Reading ${loading.name}`} value={loading.share ?? reading ?? 0} />
      ) : null}
      {refusal ? (
        <p className="rcw-sentence" role="alert" id={`${id}-refusal`}>
          {refusal}
        </p>
      ) : null}
      {file?.error ? read : null}
      {file?.error && file.again && file.names.length > 0 ? <SeriesOptions file={file} /> : null}
      {data ? (
        <>
          <p className="rcw-soft">
            {data.series > 0 ? seriesOf(data) : `${formatCount(data.rows)} rows`}
            {data.time === "row" ? "" : `, time: ${data.time}`}
          </p>
          {file?.error ? null : read}
          {file?.again && file.error === null ? <SeriesOptions file={file} /> : null}
          <Columns data={data} />
        </>
      ) : null}
      {data?.notes.slice(0, NOTES).map((note) => (
        <p key={note} className={`rcw-soft ${css.note}`}>
          {note}
        </p>
      ))}
    </div>
  );
}

/** How many series there are, of how many rows each and of how many classes. */
function seriesOf({ series, shortest, longest, classes }: OwnData): string {
  const rows = shortest === longest ? formatCount(shortest) : `${formatCount(shortest)} to ${formatCount(longest)}`;
  return `${formatCount(series)} series of ${rows} rows${classes > 0 ? `, ${formatCount(classes)} classes` : ""}`;
}

/** Which column tells several series apart, and which their classes. */
function SeriesOptions({ file }: { file: FileRead }) {
  const { actions } = useApp();
  const id = useId();
  return (
    <div className={css.series} role="group" aria-label="Several series">
      {SERIES_OPTIONS.filter(({ name }) => name === "id" || file.options.id !== undefined).map((option) => (
        <FileOption
          key={option.name}
          option={option}
          file={file}
          id={`${id}-${option.name}`}
          onChoose={(value) => void actions.readAgain(chosenOptions(file, option.name, value))}
        />
      ))}
    </div>
  );
}

/** One line a column, with a tick for each of its roles. */
function Columns({ data }: { data: OwnData }) {
  const inputs = useKnob("task", "inputs", "panel");
  const targets = useKnob("task", "targets", "panel");
  const views = { inputs, targets };
  const hands = { inputs: useHand("task", "inputs", false), targets: useHand("task", "targets", false) };
  const id = useId();
  const chosen = (role: keyof typeof views): string[] => {
    const { value } = views[role];
    return Array.isArray(value) ? (value as string[]) : data.columns;
  };
  /** All columns are kept as null, so that other data with other columns start with all of theirs. */
  const choose = (role: keyof typeof views, names: string[]): void =>
    hands[role].commit(names.length === data.columns.length ? null : names);
  const tick = (role: keyof typeof views, name: string, on: boolean): void => {
    const before = new Set(chosen(role));
    choose(
      role,
      data.columns.filter((column) => (column === name ? on : before.has(column))),
    );
  };
  const roles = ROLES.filter(({ name }) => views[name].knob); // of classes there are no targets to choose
  const said = roles.map(({ name }) => ({ name, error: views[name].error, warning: views[name].warning }));
  const reasons = data.left_out.map(({ name, reason }) => `${name} (${reason})`).join(", ");
  return (
    <>
      <div className={css.columns}>
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              {roles.map(({ name, title, word }) => (
                <th scope="col" key={name} title={views[name].knob?.doc}>
                  <label>
                    {title}
                    {data.columns.length > 1 ? (
                      <AllBox
                        label={`All columns as ${word}`}
                        count={data.columns.filter((column) => chosen(name).includes(column)).length}
                        total={data.columns.length}
                        onChange={(on) => choose(name, on ? data.columns : [])}
                      />
                    ) : null}
                  </label>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.columns.map((column) => (
              <tr key={column}>
                <th scope="row" title={column}>
                  {column}
                </th>
                {roles.map(({ name, word }) => (
                  <td key={name}>
                    <label className={css.tick}>
                      <input
                        type="checkbox"
                        className={checkCss.check}
                        aria-label={`${column} as ${word}`}
                        aria-describedby={views[name].error || views[name].warning ? `${id}-${name}` : undefined}
                        checked={chosen(name).includes(column)}
                        onChange={(event) => tick(name, column, event.target.checked)}
                      />
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {said.map(({ name, error, warning }) =>
        error || warning ? (
          <p key={name} id={`${id}-${name}`} className={error ? "rcw-sentence" : "rcw-warning"}>
            {error ?? warning}
          </p>
        ) : null,
      )}
      {reasons ? <p className={`rcw-soft ${css.leftOut}`}>Not usable: {reasons}.</p> : null}
    </>
  );
}

function AllBox({ label, count, total, onChange }: { label: string; count: number; total: number; onChange: (on: boolean) => void }) {
  return (
    <input
      type="checkbox"
      className={checkCss.check}
      aria-label={label}
      title={label}
      checked={count === total}
      ref={(box) => {
        if (box) box.indeterminate = count > 0 && count < total;
      }}
      onChange={() => onChange(count < total)}
    />
  );
}

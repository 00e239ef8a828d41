import { useId } from "react";
import { Button } from "../controls/Button";
import type { FileRead } from "../generated";
import { useApp, useSelect } from "../state/context";
import { Dialog } from "./Dialog";
import { css } from "./file.module.css";
import { FileOption } from "./FileOption";
import { chosenOptions, FILE_OPTIONS } from "../model/fileOptions";

/** How a file was read: its first rows with what each column was taken for, what was found out, and the options that say it otherwise. */
export function FileDialog({ onClose }: { onClose: () => void }) {
  const { store, actions } = useApp();
  const { file, open } = useSelect((state) => ({ file: state.file, open: state.fileShown }));
  const id = useId();
  if (!open || file === null) return null;
  const close = (): void => {
    store.setState({ fileShown: false });
    onClose();
  };
  const tools = file.again ? (
    <Button small title="Find everything out anew" onClick={() => void actions.readAgain({})}>
      Find out all
    </Button>
  ) : null;
  return (
    <Dialog title={`How ${file.name} ${file.error === null ? "was" : "is"} read`} tools={tools} wide onClose={close}>
      <div className={css.file}>
        <div className={css.seen}>
          {file.error === null ? (
            <Rows file={file} />
          ) : (
            <>
              <p className="rcw-sentence" role="alert">
                {file.error}
              </p>
              <Lines file={file} />
            </>
          )}
          {file.notes.length > 0 ? (
            <ul className={css.notes} aria-label="What was found out">
              {file.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          ) : null}
        </div>
        {file.again ? (
          <div className={css.options} role="group" aria-label="Reading options">
            {FILE_OPTIONS.map((option) => (
              <FileOption
                key={option.name}
                option={option}
                file={file}
                id={`${id}-${option.name}`}
                onChoose={(value) => void actions.readAgain(chosenOptions(file, option.name, value))}
              />
            ))}
          </div>
        ) : (
          <p className="rcw-soft">To read it otherwise, load the file again, or give its path in Python.</p>
        )}
      </div>
    </Dialog>
  );
}

function Rows({ file }: { file: FileRead }) {
  const more = file.columns - file.names.length;
  return (
    <div className={css.rows} tabIndex={0} role="region" aria-label="First rows">
      <table>
        <thead>
          <tr>
            {file.names.map((name) => (
              <th key={name} scope="col" title={name}>
                {name}
              </th>
            ))}
            {more > 0 ? <th scope="col">and {more} more</th> : null}
          </tr>
          <tr>
            {file.taken.map((taken, place) => (
              <td key={file.names[place]} className={looks(taken)}>
                {taken}
              </td>
            ))}
            {more > 0 ? <td /> : null}
          </tr>
        </thead>
        <tbody>
          {file.rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows may be equal, and are never moved
            <tr key={line}>
              {row.map((cell, place) => (
                <td key={file.names[place]} className={looks(file.taken[place] ?? "")}>
                  {cell}
                </td>
              ))}
              {more > 0 ? <td /> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function looks(taken: string): string | undefined {
  return taken === "time" ? css.time : taken.startsWith("left out") ? css.out : undefined;
}

function Lines({ file }: { file: FileRead }) {
  if (file.lines.length === 0) return null;
  return (
    <ol className={css.lines} aria-label="First lines">
      {file.lines.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
        <li key={place}>
          <code>{line || " "}</code>
        </li>
      ))}
    </ol>
  );
}

import { useEffect, useState, type KeyboardEvent } from "react";
import { css as fieldCss } from "../controls/field.module.css";
import { css as selectCss } from "../controls/select.module.css";
import type { FileRead } from "../generated";
import { choicesOf, foundWords, type FileOptionValue, type Option } from "../model/fileOptions";
import { css } from "./file.module.css";

interface Props {
  option: Option;
  file: FileRead;
  id: string;
  /** Null: let it be found out. */
  onChoose: (value: FileOptionValue | null) => void;
}

/** One option of how a file is read: a select of what it may be, or a field. */
export function FileOption({ option, file, id, onChoose }: Props) {
  const value = file.options[option.name] ?? null;
  const shared = { id, title: option.doc };
  const choices = choicesOf(option, file);
  return (
    <div className={css.option}>
      <label htmlFor={id}>{option.label}</label>
      {choices === null ? (
        <Typed {...shared} value={value === null ? "" : String(value)} option={option} onChoose={onChoose} />
      ) : (
        <select
          {...shared}
          className={selectCss.select}
          value={value === null ? "" : JSON.stringify(value)}
          onChange={(event) => onChoose(event.target.value === "" ? null : (JSON.parse(event.target.value) as FileOptionValue))}
        >
          <option value="">{foundWords(option, file)}</option>
          {choices.map(([word, one]) => (
            <option key={word} value={JSON.stringify(one)}>
              {word}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

interface TypedProps {
  id: string;
  title: string;
  value: string;
  option: Option;
  onChoose: Props["onChoose"];
}

function Typed({ value, option, onChoose, ...rest }: TypedProps) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const commit = (): void => {
    const text = draft.trim();
    if (text === value) return;
    const number = Number(text);
    onChoose(text === "" ? null : option.number && Number.isFinite(number) ? number : text);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") commit();
  };
  return (
    <input
      {...rest}
      type="text"
      inputMode={option.number ? "numeric" : "text"}
      autoComplete="off"
      spellCheck={false}
      maxLength={40}
      className={fieldCss.field}
      placeholder={option.empty}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={onKeyDown}
    />
  );
}

/** The options of how a file is read, as the page offers them: those of `from_csv` in Python, by the same names. */
import type { FileRead } from "../generated";

export type FileOptionValue = FileRead["options"][string];

export interface Option {
  name: string;
  label: string;
  doc: string;
  /** What it may be, in words; a field to type in where there are none. */
  choices?: readonly (readonly [string, FileOptionValue])[];
  /** What an empty field stands for. */
  empty?: string;
  /** Whether what is typed is a whole number. */
  number?: boolean;
  /** What stands where nothing is chosen, if it is not found out. */
  plain?: string;
}

/** What tells several series apart: these stand in the panel too. */
export const SERIES_OPTIONS: readonly Option[] = [
  {
    name: "id",
    label: "Series",
    doc: "The column whose values tell several series apart, such as trials or persons. They are then trained and tested as whole series.",
    plain: "all rows are one",
  },
  { name: "label", label: "Class", doc: "The column that tells the class of each series, to tell classes apart.", plain: "none" },
];

export const FILE_OPTIONS: readonly Option[] = [
  {
    name: "separator",
    label: "Separator",
    doc: "What stands between two columns.",
    choices: [
      ["comma", ","],
      ["semicolon", ";"],
      ["tab", "\t"],
      ["bar", "|"],
      ["blanks", " "],
    ],
  },
  {
    name: "decimal",
    label: "Decimal sign",
    doc: "What stands before the decimals; the other sign groups the digits.",
    choices: [
      ["point", "."],
      ["comma", ","],
    ],
  },
  {
    name: "header",
    label: "First line",
    doc: "Whether the first line of the table holds the names of its columns.",
    choices: [
      ["names", true],
      ["data", false],
    ],
  },
  {
    name: "skip_rows",
    label: "Lines to skip",
    doc: "Lines at the start of the file that are no part of the table.",
    empty: "found out",
    number: true,
  },
  { name: "time", label: "Time column", doc: "The column that tells the time of each row." },
  ...SERIES_OPTIONS,
  {
    name: "date_format",
    label: "Date format",
    doc: "What comes first in a date such as 1/2/2024.",
    choices: [
      ["day first", "day first"],
      ["month first", "month first"],
      ["year first", "year first"],
    ],
  },
  {
    name: "units",
    label: "Unit of time",
    doc: "The unit of a time that is a number.",
    choices: [
      ["milliseconds", "ms"],
      ["seconds", "s"],
      ["minutes", "min"],
      ["hours", "h"],
      ["days", "d"],
    ],
  },
  {
    name: "order",
    label: "Order of rows",
    doc: "Rows are put in order of time, unless another order is chosen.",
    choices: [
      ["sort by time", "time"],
      ["as in the file", "file"],
      ["newest first", "reverse"],
      ["a series begins where time does", "restarts"],
    ],
  },
  {
    name: "gaps",
    label: "Gaps",
    doc: "Rows without a number, and rows that are missing where time jumps.",
    plain: "refuse",
    choices: [
      ["drop", "drop"],
      ["fill", "fill"],
      ["cut", "cut"],
    ],
  },
  { name: "resample", label: "Even steps", doc: "Means over steps of one length, such as 10min, 1h or 1d.", empty: "as they are" },
  {
    name: "encoding",
    label: "Encoding",
    doc: "How the letters are stored.",
    choices: [
      ["utf-8", "utf-8"],
      ["cp1252", "cp1252"],
      ["utf-16", "utf-16"],
    ],
  },
];

/** What an option may be in this file, in words; null where it is typed. One that was chosen in Python is among them. */
export function choicesOf(option: Option, file: FileRead): readonly (readonly [string, FileOptionValue])[] | null {
  const named = option.name === "id" || option.name === "label";
  const listed = option.name === "time" ? timeChoices(file) : named ? file.names.map((name) => [name, name] as const) : option.choices;
  if (!listed) return null;
  const value = file.options[option.name] ?? null;
  const known = value === null || listed.some(([, one]) => JSON.stringify(one) === JSON.stringify(value));
  return known ? listed : [...listed, [Array.isArray(value) ? value.join(" and ") : String(value), value]];
}

function timeChoices(file: FileRead): (readonly [string, FileOptionValue])[] {
  return [["none, rows are counted", false], ...file.names.map((name) => [name, name] as const)];
}

/** What stands in a select where nothing is chosen. */
export function foundWords(option: Option, file: FileRead): string {
  if (option.plain) return option.plain;
  const times = file.names.filter((_, place) => file.taken[place] === "time");
  const found =
    option.name === "time" ? (times.length > 0 ? times.join(" and ") : file.error === null ? "none" : "") : file.found[option.name];
  return found ? `found: ${found}` : "found out";
}

/** The options of a file with another choice of one; without the column of the series there is no column of their classes. */
export function chosenOptions(file: FileRead, name: string, value: FileOptionValue | null): FileRead["options"] {
  const { [name]: _, ...others } = file.options;
  if (name === "id" && value === null) delete others.label;
  return value === null ? others : { ...others, [name]: value };
}

/** What the kernel tells of a kept run, and the orders in which the table shows them. */

export interface RunRow {
  number: number;
  name: string;
  /** The same for the same question alone: task, horizon, data, split and normalisation. */
  question: string;
  task: string;
  horizon: number;
  /** What else of the question is not as the task has it by default; empty where all is. */
  settings: string;
  /** The question in a few words. */
  asked: string;
  model: string;
  change: string;
  trainer: string;
  test: number | null;
  test_words: string;
  /** Whether it has the least test error of several that answer its question. */
  best: boolean;
  train: number | null;
  train_words: string;
  time: number;
  time_words: string;
  time_title: string;
  pinned: boolean;
  /** Why a pinned run is not drawn over the forecast; empty where it is. */
  note: string;
  /** The CSS value of its line over the forecast; empty where it is not drawn. */
  color: string;
}

export type Key = "name" | "task" | "horizon" | "model" | "trainer" | "change" | "test" | "train" | "time";
export type Direction = "ascending" | "descending";

export interface Order {
  key: Key;
  direction: Direction;
}

export const COLUMNS: readonly { key: Key; label: string; first: Direction }[] = [
  { key: "name", label: "Name", first: "ascending" },
  { key: "task", label: "Task", first: "ascending" },
  { key: "horizon", label: "Horizon", first: "ascending" },
  { key: "model", label: "Model", first: "ascending" },
  { key: "trainer", label: "Trainer", first: "ascending" },
  { key: "change", label: "Change", first: "ascending" },
  { key: "test", label: "Test NRMSE", first: "ascending" },
  { key: "train", label: "Training NRMSE", first: "ascending" },
  { key: "time", label: "Time", first: "descending" },
];

/** The order after a click on a column: its own first, then the other way round. */
export function turned(order: Order, key: Key): Order {
  if (order.key === key) return { key, direction: order.direction === "ascending" ? "descending" : "ascending" };
  return { key, direction: COLUMNS.find((column) => column.key === key)?.first ?? "ascending" };
}

/** The rows of each question in order; those without a value come last, and among equals the newer one is first. */
export function sorted(rows: readonly RunRow[], { key, direction }: Order): RunRow[] {
  const sign = direction === "ascending" ? 1 : -1;
  return [...rows].sort((some, other) => {
    const [a, b] = [some[key], other[key]];
    const newer = other.number - some.number;
    if (a === null || b === null) return a === b ? newer : a === null ? 1 : -1;
    const gap = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    return gap === 0 ? newer : sign * gap;
  });
}

/** The runs that answer one question. */
export interface Group {
  question: string;
  asked: string;
  rows: RunRow[];
}

/**
 * The runs question by question, each sorted within: errors of two questions are never set against each other. The question of the newest run
 * comes first, unless the order is that of the tasks or of the horizons. Two questions in the same words get a number.
 */
export function grouped(rows: readonly RunRow[], order: Order): Group[] {
  const found = new Map<string, RunRow[]>();
  for (const row of rows) found.set(row.question, [...(found.get(row.question) ?? []), row]);
  const newest = (group: RunRow[]): number => Math.max(...group.map(({ number }) => number));
  const groups = [...found.values()].sort((some, other) => newest(other) - newest(some));
  if (order.key === "task" || order.key === "horizon") {
    const heads = groups.map((group) => group.reduce((some, other) => (other.number > some.number ? other : some)));
    const places = new Map(sorted(heads, order).map(({ question }, place) => [question, place]));
    groups.sort((some, other) => (places.get(some[0]?.question ?? "") ?? 0) - (places.get(other[0]?.question ?? "") ?? 0));
  }
  const words = groups.map((group) => group[0]?.asked ?? "");
  return groups.map((group, place) => {
    const same = words.flatMap((asked, other) => (asked === words[place] ? [other] : []));
    const asked = same.length > 1 ? `${words[place]}, other data ${same.indexOf(place) + 1}` : (words[place] ?? "");
    return { question: group[0]?.question ?? "", asked, rows: sorted(group, order) };
  });
}

/** What the kernel tells of a kept run, and the orders in which the table shows them. */

export interface RunRow {
  number: number;
  name: string;
  change: string;
  trainer: string;
  test: number | null;
  test_words: string;
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

export type Key = "name" | "change" | "trainer" | "test" | "train" | "time";
export type Direction = "ascending" | "descending";

export interface Order {
  key: Key;
  direction: Direction;
}

export const COLUMNS: readonly { key: Key; label: string; first: Direction }[] = [
  { key: "name", label: "Name", first: "ascending" },
  { key: "change", label: "Change", first: "ascending" },
  { key: "trainer", label: "Trainer", first: "ascending" },
  { key: "test", label: "Test NRMSE", first: "ascending" },
  { key: "train", label: "Training NRMSE", first: "ascending" },
  { key: "time", label: "Time", first: "descending" },
];

/** The order after a click on a column: its own first, then the other way round. */
export function turned(order: Order, key: Key): Order {
  if (order.key === key) return { key, direction: order.direction === "ascending" ? "descending" : "ascending" };
  return { key, direction: COLUMNS.find((column) => column.key === key)?.first ?? "ascending" };
}

/** The rows in order; those without a value come last, and among equals the newer one is first. */
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

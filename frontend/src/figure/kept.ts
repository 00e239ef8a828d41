/**
 * The sizes that a person gave to figures. The browser keeps them (in its local storage, under `rcwidgets.figures`), for all notebooks of one
 * address: they belong to a screen, not to a document that others open on screens of their own.
 */
export type Size = "usual" | "wide" | "beside";

const PLACE = "rcwidgets.figures";
const SIZES: readonly unknown[] = ["usual", "wide", "beside"];

function all(): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(window.localStorage.getItem(PLACE) ?? "{}");
    return found !== null && typeof found === "object" ? { ...found } : {};
  } catch (error) {
    console.warn("rcwidgets: the browser keeps no sizes of figures.", error);
    return {};
  }
}

export function keptSize(name: string): Size {
  const size = all()[name];
  return SIZES.includes(size) ? (size as Size) : "usual";
}

export function keepSize(name: string, size: Size): void {
  try {
    window.localStorage.setItem(PLACE, JSON.stringify({ ...all(), [name]: size }));
  } catch (error) {
    console.warn("rcwidgets: the browser keeps no sizes of figures.", error);
  }
}

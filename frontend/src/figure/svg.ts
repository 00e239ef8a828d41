/** What pictures are made of: shapes and words of an SVG, in colours that every program knows, and its two kinds of files. */
export const SPACE = "http://www.w3.org/2000/svg";
export const SMALL = 6.2; // px a letter takes in the legend, about
const DENSITY = 2; // pixels of the PNG for each of the page

export function element(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** A computed colour as every program that reads SVG knows it: a browser writes mixed ones as `color(srgb 0.1 0.2 0.3 / 0.5)`. */
export function plain(value: string): string {
  const found = /^color\(srgb ([^/)]+)(?:\/ *([\d.]+))?\)$/.exec(value);
  if (!found?.[1]) return value;
  const shares = found[1].trim().split(/\s+/);
  const parts = shares.map((part) => Math.round(255 * Math.min(1, Math.max(0, Number(part)))));
  return found[2] ? `rgba(${parts.join(", ")}, ${found[2]})` : `rgb(${parts.join(", ")})`;
}

/** Words in lines of a width, about. */
export function inLines(words: string[], width: number, letter = SMALL): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && letter * (last.length + word.length + 1) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A picture as the text of an SVG, and its size in pixels. */
export interface Picture {
  text: string;
  width: number;
  height: number;
}

export const svg = ({ text }: Picture): Promise<Blob> => Promise.resolve(new Blob([text], { type: "image/svg+xml" }));

export async function png({ text, width, height }: Picture): Promise<Blob | null> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = DENSITY * width;
  canvas.height = DENSITY * height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** Files on their way to the kernel: how large they may be, and the pieces that they travel in. */

export const MOST_BYTES = 20_000_000;
/** The server refuses messages of more than 10 MB; small pieces also let other messages pass between them. */
export const PIECE = 1_000_000;
export const LONGEST_FILE_NAME = 200;

/** Why a file is not sent, or null. */
export function refusedFile(file: { name: string; size: number }): string | null {
  if (file.size === 0) return `${file.name} is empty.`;
  if (file.size <= MOST_BYTES) return null;
  return `${file.name} is too large: a file may have ${MOST_BYTES / 1e6} MB, this one has ${(file.size / 1e6).toFixed(1)}. Take fewer rows or columns.`;
}

export function cutFile(whole: ArrayBuffer): ArrayBuffer[] {
  const count = Math.max(1, Math.ceil(whole.byteLength / PIECE));
  return Array.from({ length: count }, (_, place) => whole.slice(place * PIECE, (place + 1) * PIECE));
}

/** Files on their way to the kernel: how large they may be, and the pieces that they travel in. */

/** The server refuses messages of more than 10 MB; small pieces also let other messages pass between them. */
export const PIECE = 1_000_000;
/** As many as the kernel takes. */
export const MOST_PIECES = 20_000;
export const LONGEST_FILE_NAME = 200;

/** Why a file is not sent, or null. */
export function refusedFile(file: { name: string; size: number }): string | null {
  if (file.size === 0) return `${file.name} is empty.`;
  if (file.size <= MOST_PIECES * PIECE) return null;
  return `${file.name} is too large: a page sends up to ${(MOST_PIECES * PIECE) / 1e9} GB. Read it in Python by its path.`;
}

/** The pieces of a file, none of which is in memory before it is asked for its bytes. */
export function cutFile(file: Pick<Blob, "size" | "slice">): Blob[] {
  const count = Math.max(1, Math.ceil(file.size / PIECE));
  return Array.from({ length: count }, (_, place) => file.slice(place * PIECE, (place + 1) * PIECE));
}

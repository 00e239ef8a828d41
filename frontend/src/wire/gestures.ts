/** Names gestures, so that a whole drag of a slider, or a burst of key presses, becomes one entry of the undo history. */
export const BURST = 600;

let count = 0;
const session = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function freshGesture(): string {
  count += 1;
  return `${session}-${count}`;
}

export class Gesture {
  private id: string | null = null;
  private held = false;
  private last = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A pointer goes down: all that follows until `release` is one gesture. */
  press(): void {
    this.id = freshGesture();
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.last = -Infinity;
  }

  get pressed(): boolean {
    return this.held;
  }

  /** The gesture that a change made now belongs to: the pressed one, or the burst of keys that is still going on. */
  current(): string {
    const time = this.now();
    if (!this.held && (this.id === null || time - this.last > BURST)) this.id = freshGesture();
    this.last = time;
    return this.id as string;
  }
}

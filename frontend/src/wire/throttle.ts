/** Calls at most once per interval; the first goes out at once and the last is always sent. */
export interface Throttled<T> {
  (value: T): void;
  /** Sends what is still held back, now. */
  flush(): void;
  cancel(): void;
}

export function throttleLast<T>(send: (value: T) => void, interval: number): Throttled<T> {
  let held: { value: T } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const fire = (): void => {
    timer = null;
    if (!held) return;
    const { value } = held;
    held = null;
    timer = setTimeout(fire, interval);
    send(value);
  };

  const throttled = (value: T): void => {
    held = { value };
    if (timer === null) fire();
  };
  throttled.flush = () => {
    if (timer !== null) clearTimeout(timer);
    fire();
  };
  throttled.cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    held = null;
  };
  return throttled;
}

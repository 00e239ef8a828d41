/** A small store: one state, listeners, no magic. */
import { initialState, type AppState } from "./state";

export class Store {
  private state: AppState = initialState();
  private readonly listeners = new Set<() => void>();

  readonly get = (): AppState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Replaces the state by what the function makes of it. */
  update(step: (state: AppState) => AppState): void {
    const next = step(this.state);
    if (next === this.state) return;
    this.state = next;
    for (const listener of [...this.listeners]) listener();
  }

  patch(part: Partial<AppState>): void {
    this.update((state) => ({ ...state, ...part }));
  }
}

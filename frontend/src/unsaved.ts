/**
 * Leaves a Playground out of the state that a page saves with its notebook, where `save_state=False` asks for it: the models that can be
 * reached from its boxes. The page's manager knows no such wish, so what it gives out is filtered.
 */

interface State {
  state?: Record<string, unknown>;
}

/** What is used of a manager; which of the two there are is the host's affair. */
interface Manager {
  get_state?: (options?: unknown) => Promise<State>;
  get_state_sync?: (options?: unknown) => State;
}

const kept = new WeakMap<object, Set<string>>();

/** From now on these models, and all that they refer to, are in no state that `manager` gives out. */
export function leaveOut(manager: object, models: readonly string[]): void {
  const roots = kept.get(manager) ?? new Set();
  for (const one of models) roots.add(one);
  if (kept.has(manager)) return;
  kept.set(manager, roots);
  const { get_state, get_state_sync } = manager as Manager;
  const filtered: Manager = {};
  if (get_state) filtered.get_state = async (options) => without(await get_state.call(manager, options), roots);
  if (get_state_sync) filtered.get_state_sync = (options) => without(get_state_sync.call(manager, options), roots);
  Object.assign(manager, filtered);
}

function without(saved: State, roots: ReadonlySet<string>): State {
  const state = saved.state ?? {};
  const left = new Set<string>();
  const waiting = [...roots];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (left.has(id) || !(id in state)) continue;
    left.add(id);
    for (const found of JSON.stringify(state[id]).matchAll(/"IPY_MODEL_([^"]+)"/g)) waiting.push(found[1] ?? "");
  }
  return { ...saved, state: Object.fromEntries(Object.entries(state).filter(([id]) => !left.has(id))) };
}

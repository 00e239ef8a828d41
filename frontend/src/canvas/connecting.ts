/** Wiring by keyboard: choose a source, step through the other nodes, connect. Each step is said in the live region. */
import { wireBetween } from "../model/refusal";
import { nameOf, topological } from "../model/graph";
import type { App } from "../state/context";

type Hands = Pick<App, "store" | "actions">;

function announce({ store, actions }: Hands): void {
  const { connecting, schema, document } = store.getState();
  const target = connecting?.targets[connecting.index];
  if (!connecting || !target) return;
  const wire = wireBetween(schema, document, connecting.source, target);
  const ends = `${nameOf(document, connecting.source)} to ${nameOf(document, target)}`;
  actions.notify(`${ends}: ${wire.refusal ?? (wire.feedback ? "feedback, 1 step late. Enter connects." : "Enter connects.")}`);
}

/** Starts at the first node that would take a plain wire; the source itself comes last (a loop to itself is feedback). */
export function startConnecting(app: Hands, source: string): void {
  const { schema, document } = app.store.getState();
  const targets = [
    ...topological(document)
      .map((node) => node.id)
      .filter((id) => id !== source),
    source,
  ];
  const fits = targets.findIndex((id) => {
    const wire = wireBetween(schema, document, source, id);
    return wire.refusal === null && !wire.feedback;
  });
  const possible =
    fits >= 0
      ? fits
      : Math.max(
          0,
          targets.findIndex((id) => wireBetween(schema, document, source, id).refusal === null),
        );
  app.store.setState({ connecting: { source, targets, index: possible }, selection: { nodes: [source], edges: [] } });
  announce(app);
}

export function stepConnecting(app: Hands, direction: 1 | -1): void {
  const mode = app.store.getState().connecting;
  if (!mode || mode.targets.length === 0) return;
  const index = (mode.index + direction + mode.targets.length) % mode.targets.length;
  app.store.setState({ connecting: { ...mode, index } });
  announce(app);
}

export function finishConnecting(app: Hands): void {
  const mode = app.store.getState().connecting;
  const target = mode?.targets[mode.index];
  if (!mode || !target) return;
  const { schema, document } = app.store.getState();
  if (wireBetween(schema, document, mode.source, target).refusal !== null) {
    announce(app);
    return;
  }
  app.store.setState({ connecting: null });
  app.actions.connect(mode.source, target);
}

export function cancelConnecting(app: Hands): void {
  if (!app.store.getState().connecting) return;
  app.store.setState({ connecting: null });
  app.actions.notify("Not connected");
}

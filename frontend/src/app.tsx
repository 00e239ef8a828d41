/** The page side of the app model: canvas, palette, inspector and top bar. One view of one model. */
import "@xyflow/react/dist/base.css";
import "./css/theme.css";
import "./css/app.css"; // before the components, whose sheets build on it
import type { AnyModel, RenderProps } from "@anywidget/types";
import { createRoot } from "react-dom/client";
import { createStore } from "zustand/vanilla";
import { schemaInOrder } from "./model/schema";
import { Root } from "./Root";
import { actionsOf } from "./state/actions";
import { AppContext } from "./state/context";
import { Kernel } from "./state/kernel";
import { withTraits } from "./state/reducers";
import { EMPTY_STATUS, initialState } from "./state/state";
import type { AppMessage, Schema, Status, Traits, TransportMessage } from "./types";
import { answerFrames } from "./wire/frames";
import { findModel, watchConnection } from "./wire/models";
import { reachOf } from "./wire/reach";
import { Requests } from "./wire/requests";
import { watchTraits } from "./wire/traits";
import "./css/disconnected.css";
import "./css/old.css";
import "./css/targets.css";
import "./css/forced.css";
import "./css/contrast.css";

/** The kernel answers on the transport comm from another thread only if the page speaks first, about so long after it was drawn (in ms). */
const READY_DELAY = 1000;
const TRAITS = ["document", "revision", "history", "data", "file", "reading", "offer", "locks", "view", "height"] as const;
const STATUS_TRAITS = Object.keys(EMPTY_STATUS) as (keyof Status)[];

let views = 0;

/** `facts` is the schema, which comes with the code. */
async function render({ model, el, host, facts }: RenderProps & { facts: Schema }): Promise<() => void> {
  const schema = schemaInOrder(facts);
  const references = { status: model.get("status_model"), transport: model.get("transport_model") };
  const [status, transport] = await Promise.all([findModel(host, references.status), findModel(host, references.transport)]);
  const store = createStore(initialState);
  const undo: (() => void)[] = [];
  const waitingOn = new Set<AnyModel>();
  const requestsOf = <Message extends { type: string }>(of: AnyModel): Requests<Message> => {
    const requests = new Requests<Message>(
      of,
      (words) => {
        if (words) waitingOn.add(of);
        else waitingOn.delete(of);
        store.setState({ waiting: waitingOn.size > 0 });
      },
      () => store.setState({ connected: false }),
    );
    undo.push(() => requests.dispose());
    return requests;
  };
  const channel = transport ? requestsOf<TransportMessage>(transport) : null;
  const kernel = new Kernel(store, requestsOf<AppMessage>(model), channel);
  undo.push(() => kernel.dispose());

  undo.push(watchTraits<Traits>(model, TRAITS, (traits) => store.setState((state) => withTraits(state, { ...traits, schema }))));
  if (status) undo.push(watchTraits<Status>(status, STATUS_TRAITS, (traits) => store.setState({ status: { ...EMPTY_STATUS, ...traits } })));
  if (status && transport) undo.push(answerFrames(status, transport));
  const reach = reachOf(model);
  undo.push(reach.watch((standing) => store.setState({ reached: standing !== "unreached" })));
  if (reach.standing === "unreached") store.setState({ reached: false });
  if (references.transport && !transport) store.setState({ connected: false });
  if (transport) undo.push(watchConnection(transport, references.transport, (connected) => store.setState({ connected })));

  el.classList.add("rcw-part");
  views += 1;
  const root = createRoot(el);
  root.render(
    <AppContext value={{ store, actions: actionsOf(kernel), id: `rcw-view-${views}` }}>
      <Root />
    </AppContext>,
  );
  const ready = setTimeout(() => void channel?.send({ type: "ready" }), READY_DELAY);

  return () => {
    clearTimeout(ready);
    root.unmount();
    for (const step of undo.reverse()) step();
  };
}

export default { render };

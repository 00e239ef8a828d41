/** What a person does to the nodes and wires of the model. */
import { copyNodes, pasteEdit } from "../model/clipboard";
import { edgeKey, freshId, nameOf, nodeOf } from "../model/graph";
import type { Places } from "../model/layout";
import { wireBetween } from "../model/refusal";
import { theseNodes, wireName } from "../model/said";
import type { DocumentEdge } from "../generated";
import type { Edit, Point } from "../types";
import type { Kernel } from "./kernel";
import { placesOf, withOverride } from "./reducers";
import { placeEntry } from "./state";

export function graphActions(kernel: Kernel) {
  const { store } = kernel;

  /** Adds a node, which is selected and gets the focus; `moved` are others that make room for it. */
  function addNode(kind: string, position: Point, moved: Places = {}): void {
    const { document, schema } = store.getState();
    if (document.nodes.length >= schema.limits.nodes) {
      kernel.refuse(schema.words.too_many_nodes);
      return;
    }
    const id = freshId(document);
    store.setState({ selection: { nodes: [id], edges: [] }, focus: id, beside: Object.keys(moved) });
    const room: Edit[] = Object.keys(moved).length > 0 ? [{ op: "move", positions: moved }] : [];
    void kernel.edit([...kernel.frozen([]), ...room, { op: "add", kind, id, position }]).then((answer) => {
      if (!answer.ok) store.setState({ focus: null });
      else kernel.notify(`${nodeOf(store.getState().document, id)?.name ?? kind} added`);
    });
  }

  /** Makes the wire, or says why not. */
  function connect(source: string, target: string): void {
    const { schema, document } = store.getState();
    const wire = wireBetween(schema, document, source, target);
    if (wire.refusal) {
      kernel.refuse(wire.refusal);
      return;
    }
    void kernel.edit([{ op: "connect", source, target, feedback: wire.feedback }]).then((answer) => {
      if (!answer.ok) return;
      const way = wire.feedback ? "feedback, 1 step late" : "connected";
      kernel.notify(`${nameOf(document, source)} to ${nameOf(document, target)}: ${way}`);
    });
  }

  function remove(nodes: string[], edgeKeys: string[]): void {
    const { document } = store.getState();
    const here = nodes.filter((id) => nodeOf(document, id));
    const edges: DocumentEdge[] = document.edges.filter((edge) => edgeKeys.includes(edgeKey(edge)));
    if (here.length + edges.length === 0) return;
    store.setState({ selection: { nodes: [], edges: [] } });
    const wires = edges.length === 1 ? wireName(document, edges[0] as DocumentEdge) : `${edges.length} wires`;
    const what = here.length > 0 ? theseNodes(document, here) : wires;
    void kernel.edit([{ op: "remove", nodes: here, edges }]).then((answer) => {
      if (answer.ok) kernel.notify(`Deleted ${what}`);
    });
  }

  /** While nodes are dragged: only this view shows it. */
  function dragNodes(positions: Places): void {
    const ticket = kernel.ticket();
    const places = Object.entries(positions);
    store.setState((state) => places.reduce((next, [id, place]) => withOverride(next, placeEntry(id), place, ticket, true), state));
  }

  /** A drag, a layout or an arrow key has ended: one message. What has happened is said where it is not seen by the hand that did it. */
  function moveNodes(positions: Places, gesture?: string, said?: string): void {
    const moved = Object.entries(positions).map(([id, place]): [string, Point] => [id, [Math.round(place[0]), Math.round(place[1])]]);
    const tickets = moved.map(([id, place]) => [placeEntry(id), kernel.override(placeEntry(id), place, false)] as const);
    const [freeze] = kernel.frozen(moved.map(([id]) => id));
    const edit: Edit = { op: "move", positions: { ...(freeze?.positions ?? {}), ...Object.fromEntries(moved) } };
    void kernel.send({ type: "edit", edits: [edit], gesture: gesture ?? null }).then((answer) => {
      if (!answer.ok) kernel.fail(answer, {});
      else if (said) kernel.notify(said);
      kernel.settle(tickets, answer);
    });
  }

  /** Gives a node another name; what it gives back is why the kernel refuses it, or null where it did not. */
  async function rename(node: string, name: string): Promise<string | null> {
    const before = nameOf(store.getState().document, node);
    const answer = await kernel.send({ type: "edit", edits: [{ op: "rename", node, name }] });
    if (answer.ok) {
      kernel.notify(`Renamed ${before} to ${name}`);
      return null;
    }
    const text = answer.error?.text ?? "The kernel refused this name.";
    kernel.notify(text, false);
    return text;
  }

  function copy(ids: string[]): void {
    const state = store.getState();
    const count = copyNodes(state.document, ids, placesOf(state));
    if (count > 0) kernel.notify(count === 1 ? "1 node copied" : `${count} nodes copied`);
  }

  function paste(): void {
    const edit = pasteEdit(store.getState().document);
    if (!edit) return;
    const ids = edit.nodes.map((node) => node.id);
    store.setState({ selection: { nodes: ids, edges: [] }, focus: ids.length === 1 ? (ids[0] as string) : null });
    void kernel.edit([...kernel.frozen([]), edit]).then((answer) => {
      if (answer.ok) kernel.notify(`Pasted ${theseNodes(store.getState().document, ids)}`);
    });
  }

  return { addNode, connect, remove, dragNodes, moveNodes, rename, copy, paste };
}

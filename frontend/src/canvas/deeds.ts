/** What the keys do. */
import { nodeOf } from "../model/graph";
import { movedWords } from "../model/said";
import type { App } from "../state/context";
import { placesOf } from "../state/reducers";
import type { Point } from "../types";
import { Gesture } from "../wire/gestures";
import { cancelConnecting, finishConnecting, startConnecting, stepConnecting } from "./connecting";
import { css } from "./canvas.module.css";

const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 10;
const FAR = 4;

export interface Hands extends Pick<App, "store" | "actions"> {
  root: HTMLElement;
  focusSearch: () => void;
}

/** The key that was pressed, and the element that had the focus. */
export interface Press {
  target: Element;
  key: string;
}

const moving = new Gesture();

const nodeUnder = (target: Element): string | null => target.closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? null;
const edgeUnder = (target: Element): string | null => target.closest<SVGElement>(".react-flow__edge")?.getAttribute("data-id") ?? null;
const focusRoot = ({ root }: Hands): void => root.focus({ preventScroll: true });

/** The nodes that a key is meant for: the focused one where it is not among the selected, else the selection. */
function chosen({ store }: Hands, target: Element): string[] {
  const { document, selection } = store.getState();
  const nodes = selection.nodes.filter((id) => nodeOf(document, id)); // one that was just added may not be there yet
  const focused = nodeUnder(target);
  return focused && !nodes.includes(focused) ? [focused] : nodes;
}

function move(hands: Hands, { target, key }: Press, far: number): boolean {
  const ids = chosen(hands, target);
  const arrow = ARROWS[key];
  if (!arrow || ids.length === 0) return false;
  const places = placesOf(hands.store.getState());
  const moved = ids.map((id): [string, Point] => {
    const [x = 0, y = 0] = places[id] ?? [];
    return [id, [x + STEP * far * arrow[0], y + STEP * far * arrow[1]]];
  });
  hands.actions.moveNodes(Object.fromEntries(moved), moving.current(), movedWords(hands.store.getState().document, ids, arrow));
  return true;
}

function choose({ store }: Hands, { target }: Press): boolean {
  const node = nodeUnder(target);
  const edge = edgeUnder(target);
  if (node) store.setState({ selection: { nodes: [node], edges: [] } });
  else if (edge) store.setState({ selection: { nodes: [], edges: [edge] } });
  return true;
}

function remove(hands: Hands, { target }: Press): boolean {
  const edge = edgeUnder(target);
  const { actions, store } = hands;
  if (edge) actions.remove([], [edge]);
  else actions.remove(chosen(hands, target), store.getState().selection.edges);
  focusRoot(hands);
  return true;
}

function travel(hands: Hands, { target }: Press, way: "undo" | "redo"): boolean {
  // A control keeps the focus; on the canvas it may be a node that goes.
  const onCanvas =
    target === hands.root || (target.closest(`.${css.canvas}`) !== null && !target.matches("input, select, textarea, button"));
  hands.actions[way](onCanvas);
  if (onCanvas) focusRoot(hands);
  return true;
}

/** What a key does; true where the browser must not do its own. */
const DEEDS = {
  undo: (hands, press) => travel(hands, press, "undo"),
  redo: (hands, press) => travel(hands, press, "redo"),
  search: (hands, { target }) => {
    const nodes = chosen(hands, target); // the new node comes after it
    if (nodeUnder(target)) hands.store.setState({ selection: { nodes, edges: [] } });
    hands.focusSearch();
    return true;
  },
  keys: ({ store }) => {
    store.setState({ keysShown: true });
    return true;
  },
  leave: (hands) => {
    hands.store.setState({ selection: { nodes: [], edges: [] }, renaming: null });
    focusRoot(hands);
    return false;
  },
  choose,
  move: (hands, press) => move(hands, press, 1),
  moveFar: (hands, press) => move(hands, press, FAR),
  connect: (hands, { target }) => {
    const [id, ...more] = chosen(hands, target);
    if (id !== undefined && more.length === 0) startConnecting(hands, id);
    return false;
  },
  rename: (hands, { target }) => {
    const [id, ...more] = chosen(hands, target);
    if (id !== undefined && more.length === 0) hands.store.setState({ renaming: id });
    return false;
  },
  remove,
  all: ({ store }) => {
    store.setState({ selection: { nodes: store.getState().document.nodes.map((node) => node.id), edges: [] } });
    return true;
  },
  copy: (hands, { target }) => {
    const ids = chosen(hands, target);
    hands.actions.copy(ids);
    return ids.length > 0; // else the browser copies the words that are marked
  },
  cut: (hands, press) => {
    hands.actions.copy(chosen(hands, press.target));
    return remove(hands, press);
  },
  paste: (hands) => {
    hands.actions.paste();
    focusRoot(hands); // else the keys would mean the node that was focused before
    return true;
  },
  next: (hands) => {
    stepConnecting(hands, 1);
    return true;
  },
  previous: (hands) => {
    stepConnecting(hands, -1);
    return true;
  },
  finish: (hands) => {
    finishConnecting(hands);
    return true;
  },
  cancel: (hands) => {
    cancelConnecting(hands);
    return true;
  },
} satisfies Record<string, (hands: Hands, press: Press) => boolean>;

export type Deed = keyof typeof DEEDS;

export const deed = (name: Deed, hands: Hands, press: Press): boolean => DEEDS[name](hands, press);

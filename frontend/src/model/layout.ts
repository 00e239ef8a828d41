/** Places for nodes: a left-to-right layout by dagre, and a free place for one more. */
import { Graph, layout as dagreLayout } from "@dagrejs/dagre";
import type { Document } from "../generated";
import type { Point } from "../types";

export interface Size {
  width: number;
  height: number;
}

export interface Rectangle extends Size {
  x: number;
  y: number;
}

export type Places = Record<string, Point>;

const GAP = { rank: 48, node: 28 };
const CLEAR = 14; // pixels between a card and a wire that passes it

const overlap = (a: Rectangle, b: Rectangle, margin: number): boolean =>
  a.x < b.x + b.width + margin && b.x < a.x + a.width + margin && a.y < b.y + b.height + margin && b.y < a.y + a.height + margin;

/** Whether the wire from one card to another, as it is drawn, passes behind a card that stands between them, or close to it. */
function passesBehind(from: Rectangle, to: Rectangle, card: Rectangle): boolean {
  const [left, right] = [from.x + from.width, to.x];
  const [start, end] = [from.y + from.height / 2, to.y + to.height / 2];
  for (let step = 1; step < 40; step += 1) {
    const t = step / 40; // of a Bezier curve that leaves and arrives level
    const x = left + (right - left) * (1.5 * t * (1 - t) + t ** 3);
    const y = start + (end - start) * (3 * t * t - 2 * t ** 3);
    if (x > card.x && x < card.x + card.width && y > card.y - CLEAR && y < card.y + card.height + CLEAR) return true;
  }
  return false;
}

/** Moves cards up or down that a wire would pass behind, where they come to stand clear of all wires and cards. */
function makeWay(document: Document, cards: Map<string, Rectangle>): void {
  const wires = document.edges.filter(({ feedback }) => !feedback);
  for (const [id, card] of cards) {
    const others = [...cards].filter(([other]) => other !== id).map(([, other]) => other);
    const hides = (at: Rectangle) =>
      wires.some(({ source, target }) => {
        const [from, to] = [cards.get(source), cards.get(target)];
        return source !== id && target !== id && from && to && passesBehind(from, to, at);
      });
    if (!hides(card)) continue;
    const far = card.height + 2 * CLEAR;
    const ways = Array.from({ length: far }, (_, step) => [card.y - step, card.y + step]).flat();
    const free = ways.map((y) => ({ ...card, y })).find((at) => !hides(at) && !others.some((other) => overlap(at, other, CLEAR)));
    if (free) cards.set(id, free);
  }
}

/** A left-to-right place for every node; feedback wires do not count. */
export function laidOut(document: Document, sizeOf: (id: string) => Size): Places {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranksep: GAP.rank, nodesep: GAP.node, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of document.nodes) graph.setNode(node.id, { ...sizeOf(node.id) });
  for (const edge of document.edges) if (!edge.feedback) graph.setEdge(edge.source, edge.target);
  if (document.nodes.length > 0) dagreLayout(graph);
  const cards = new Map(
    document.nodes.map(({ id }): [string, Rectangle] => {
      const { x, y, width, height } = graph.node(id) as Rectangle;
      return [id, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
  makeWay(document, cards);
  return Object.fromEntries([...cards].map(([id, { x, y }]): [string, Point] => [id, [Math.round(x), Math.round(y)]]));
}

/**
 * A place for a node of this size that covers no other one: in the visible part if there is room, else below or above it, where the view
 * moves least and the rest stays in sight, and where that will not do, to the right of all.
 */
export function freePlace(visible: Rectangle, taken: Rectangle[], size: Size): Point {
  const step = 20;
  const centre = { x: visible.x + (visible.width - size.width) / 2, y: visible.y + (visible.height - size.height) / 2 };
  const [first, last] = [visible.y + 12, visible.y + visible.height - size.height - 12];
  const beyond = step * Math.ceil((size.height + GAP.node) / step);
  let best: Point | null = null;
  let distance = Infinity;
  for (let y = first - beyond; y <= last + beyond; y += step) {
    const moves = Math.max(0, 2 * (first - y), y - last);
    for (let x = visible.x + 12; x + size.width <= visible.x + visible.width - 12; x += step) {
      const far = moves === 0 ? Math.hypot(x - centre.x, y - centre.y) : 1e5 + moves + Math.abs(x - centre.x) / 2;
      if (far >= distance || taken.some((other) => overlap({ x, y, ...size }, other, 16))) continue;
      best = [Math.round(x), Math.round(y)];
      distance = far;
    }
  }
  if (best) return best;
  if (taken.length === 0) return [Math.round(centre.x), Math.round(centre.y)];
  return [Math.round(Math.max(...taken.map((r) => r.x + r.width)) + GAP.rank), Math.round(Math.min(...taken.map((r) => r.y)))];
}

/** What a node is placed after: where it and all others stand. */
export interface Standing {
  places: Places;
  sizeOf: (id: string) => Size;
}

/** All that forward wires lead to from a node, without itself. */
function downstream(document: Document, from: string): Set<string> {
  const found = new Set<string>();
  const open = [from];
  while (open.length > 0) {
    const id = open.pop() as string;
    for (const edge of document.edges) {
      if (edge.feedback || edge.source !== id || edge.target === from || found.has(edge.target)) continue;
      found.add(edge.target);
      open.push(edge.target);
    }
  }
  return found;
}

/**
 * A place for a new node right of `anchor`, in the direction of flow, that covers no other node. Nodes that the anchor leads to, and all
 * beside and right of them, move right (`moved`) where the new one would not stand before them: no wire to or from it must run backwards.
 * A source, which nothing leads to, comes to stand left of the anchor, or under it where that is a source too.
 */
export function placeAfter(
  document: Document,
  { places, sizeOf }: Standing,
  anchor: string,
  size: Size,
  flow: { source: boolean; anchorIsSource: boolean },
): { position: Point; moved: Places } {
  const [left, top] = places[anchor] ?? [0, 0];
  const own = sizeOf(anchor);
  const x = !flow.source ? left + own.width + GAP.rank : flow.anchorIsSource ? left : left - GAP.rank - size.width;
  const later = flow.source ? [] : [...downstream(document, anchor)];
  const moved: Places = {};
  if (later.length > 0) {
    const first = Math.min(...later.map((id) => places[id]?.[0] ?? 0));
    const need = x + size.width + GAP.rank - first;
    if (need > 0 && first > left)
      for (const [id, place] of Object.entries(places)) if (id !== anchor && place[0] >= first) moved[id] = [place[0] + need, place[1]];
  }
  const taken = Object.entries(places).map(([id, place]): Rectangle => {
    const [at, down] = moved[id] ?? place;
    return { x: at, y: down, ...sizeOf(id) };
  });
  // In line with the anchor; below it where wires of its own run there.
  const middle = Math.round(top + (own.height - size.height) / 2);
  let y = later.length > 0 || x === left ? Math.max(middle, top + own.height + GAP.node) : middle;
  for (;;) {
    const under = taken.filter((other) => overlap({ x, y, ...size }, other, 16)).map((other) => other.y + other.height + GAP.node);
    if (under.length === 0) return { position: [Math.round(x), Math.round(y)], moved };
    y = Math.max(...under);
  }
}

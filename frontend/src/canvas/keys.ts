/** Every key that is pressed inside the app. None of ours may reach the notebook, where x cuts a cell and d d deletes it. */
import type { KeyboardEvent } from "react";
import { placesOf } from "../state/reducers";
import type { App } from "../state/context";
import type { Point } from "../types";
import { Gesture } from "../wire/gestures";
import { cancelConnecting, finishConnecting, startConnecting, stepConnecting } from "./connecting";

const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 10;

const isText = (target: Element): boolean =>
  target.matches("textarea, select, [contenteditable=true], input:not([type=range]):not([type=checkbox]):not([type=button])");
const isControl = (target: Element): boolean =>
  target.matches("input, textarea, select, button, summary, a, [role=option], [role=treeitem]");

export interface KeyContext extends Pick<App, "store" | "actions"> {
  root: HTMLElement;
  focusSearch: () => void;
}

export class Keys {
  private readonly moving = new Gesture();

  constructor(private readonly context: KeyContext) {}

  handle(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return event.stopPropagation();
    if (this.context.store.get().connecting && this.whileConnecting(event)) return;
    if (event.ctrlKey || event.metaKey) return this.withControl(event);
    if (event.key === "Enter" && event.shiftKey) return;
    event.stopPropagation();
    if (event.altKey) return;
    const target = event.target as Element;
    if (event.key === "/" && !isText(target)) {
      event.preventDefault();
      this.context.focusSearch();
    } else if (event.key === "Escape") this.leave();
    else if (!isControl(target)) this.onCanvas(event, target);
  }

  private whileConnecting(event: KeyboardEvent): boolean {
    const steps: Record<string, 1 | -1> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 };
    const step = steps[event.key];
    if (step) stepConnecting(this.context, step);
    else if (event.key === "Enter" || event.key === " ") finishConnecting(this.context);
    else if (event.key === "Escape") cancelConnecting(this.context);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private withControl(event: KeyboardEvent): void {
    const { actions, store } = this.context;
    const target = event.target as Element;
    const key = event.key.toLowerCase();
    if (!["z", "y", "c", "v", "x", "a"].includes(key) || event.altKey) return;
    event.stopPropagation();
    if (isText(target)) return;
    if (key === "z" || key === "y") {
      event.preventDefault();
      if (key === "y" || event.shiftKey) actions.redo();
      else actions.undo();
      this.focusRoot();
      return;
    }
    if (!this.isCanvas(target)) return;
    const ids = this.chosen(target);
    event.preventDefault();
    if (key === "a") store.patch({ selection: { nodes: store.get().document.nodes.map((node) => node.id), edges: [] } });
    else if (key === "v") actions.paste();
    else actions.copy(ids);
    if (key === "x") this.remove(ids);
  }

  private onCanvas(event: KeyboardEvent, target: Element): void {
    if (!this.isCanvas(target)) return;
    const { store, actions } = this.context;
    const ids = this.chosen(target);
    const arrow = ARROWS[event.key];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.remove(ids, edgeUnder(target));
    } else if (arrow && ids.length > 0) {
      event.preventDefault();
      const places = placesOf(store.get());
      const far = STEP * (event.shiftKey ? 4 : 1);
      const moved = ids.map((id): [string, Point] => [
        id,
        [(places[id]?.[0] ?? 0) + far * arrow[0], (places[id]?.[1] ?? 0) + far * arrow[1]],
      ]);
      actions.moveNodes(Object.fromEntries(moved), this.moving.current());
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(target);
    } else if (event.key === "c" && ids.length === 1) startConnecting(this.context, ids[0] as string);
    else if (event.key === "F2" && ids.length === 1) store.patch({ renaming: ids[0] as string });
  }

  private choose(target: Element): void {
    const node = nodeUnder(target);
    const edge = edgeUnder(target);
    if (node) this.context.store.patch({ selection: { nodes: [node], edges: [] } });
    else if (edge) this.context.store.patch({ selection: { nodes: [], edges: [edge] } });
  }

  private remove(ids: string[], edge: string | null = null): void {
    const { store, actions } = this.context;
    const edges = edge ? [edge] : store.get().selection.edges;
    actions.remove(edge ? [] : ids, edges);
    this.focusRoot();
  }

  /** The nodes that a key is meant for: the focused one where it is not among the selected, else the selection. */
  private chosen(target: Element): string[] {
    const { nodes } = this.context.store.get().selection;
    const focused = nodeUnder(target);
    return focused && !nodes.includes(focused) ? [focused] : nodes;
  }

  private isCanvas(target: Element): boolean {
    return target === this.context.root || target.closest(".rcw-canvas") !== null;
  }

  private leave(): void {
    this.context.store.patch({ selection: { nodes: [], edges: [] }, renaming: null });
    this.focusRoot();
  }

  private focusRoot(): void {
    this.context.root.focus({ preventScroll: true });
  }
}

const nodeUnder = (target: Element): string | null => target.closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? null;
const edgeUnder = (target: Element): string | null => target.closest<SVGElement>(".react-flow__edge")?.getAttribute("data-id") ?? null;

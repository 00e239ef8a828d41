import {
  BaseEdge,
  getBezierPath,
  Position,
  useInternalNode,
  type ConnectionLineComponentProps,
  type EdgeProps,
  type InternalNode,
} from "@xyflow/react";
import { wireBetween } from "../model/refusal";
import { useSelect } from "../state/context";
import type { CardNode, WireEdge } from "./flow";
import { css } from "./wire.module.css";

const WIDE = 24;
/** How far the ring of a port reaches out of its card. The port itself reaches further, as the canvas is zoomed. */
const RING = 4.5;

function Label({ x, y, text, anchor = "middle" }: { x: number; y: number; text: string; anchor?: "middle" | "end" }) {
  if (!text) return null;
  return (
    <text className={css.label} x={x} y={y} textAnchor={anchor} dominantBaseline="central">
      {text}
    </text>
  );
}

export function ForwardEdge({ source, target, sourceY, targetY, sourcePosition, targetPosition, data, ...ends }: EdgeProps<WireEdge>) {
  const sourceX = outerEnd(useInternalNode<CardNode>(source), "right") ?? ends.sourceX;
  const targetX = outerEnd(useInternalNode<CardNode>(target), "left") ?? ends.targetX;
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return (
    <>
      <BaseEdge path={path} interactionWidth={WIDE} className={css.wire} />
      <Label x={x} y={y - 9} text={data?.text ?? ""} />
      <Middle x={x} y={y} />
    </>
  );
}

/** The middle of a wire, as a place for the hand: a wire may be thin, and level. */
function Middle({ x, y }: { x: number; y: number }) {
  return <path className={css.place} d={`M ${x - 12} ${y} a 12 12 0 0 1 24 0 a 12 12 0 0 1 -24 0 z`} />;
}

/** Where a wire meets the ring of a port. */
function outerEnd(node: InternalNode<CardNode> | undefined, side: "left" | "right"): number | null {
  if (!node?.measured.width) return null;
  const { x } = node.internals.positionAbsolute;
  return side === "left" ? x - RING : x + node.measured.width + RING;
}

/** A loop below the nodes: it leaves the bottom of its source and enters the bottom of its target. */
export function FeedbackEdge({ source, target, sourceX, sourceY, targetX, targetY, data }: EdgeProps<WireEdge>) {
  const depth = Math.max(sourceY, targetY) + 44 + Math.min(24, Math.abs(sourceX - targetX) / 20);
  const path = `M ${sourceX} ${sourceY} C ${sourceX} ${depth + 10}, ${targetX} ${depth + 10}, ${targetX} ${targetY + 7}`;
  const middle = (sourceY + targetY + 7) / 8 + ((depth + 10) * 3) / 4;
  const tip = `M ${targetX - 4.5} ${targetY + 9} L ${targetX} ${targetY + 1} L ${targetX + 4.5} ${targetY + 9} Z`;
  return (
    <>
      <BaseEdge path={path} interactionWidth={WIDE} className={`${css.wire} ${css.late}`} />
      <path d={tip} className={css.tip} />
      {source === target ? (
        <Label x={targetX - 14} y={targetY + 18} text={data?.text ?? ""} anchor="end" />
      ) : (
        <Label x={(sourceX + targetX) / 2} y={middle + 10} text={data?.text ?? ""} />
      )}
      <Middle x={(sourceX + targetX) / 2} y={middle} />
    </>
  );
}

/** The wire under the pointer: dashed where it would be feedback, red where it is refused. */
export function PulledLine({
  fromX,
  fromY,
  toX,
  toY,
  fromPosition,
  toPosition,
  fromNode,
  fromHandle,
}: ConnectionLineComponentProps<CardNode>) {
  const look = useSelect((state) => {
    const over = state.pulling?.target;
    if (!over) return "";
    const ends = fromHandle.type === "target" ? ([over, fromNode.id] as const) : ([fromNode.id, over] as const);
    const wire = wireBetween(state.schema, state.document, ...ends);
    return wire.refusal ? ` ${css.refused}` : wire.feedback ? ` ${css.late}` : "";
  });
  const [path] = getBezierPath({
    sourceX: outerEnd(fromNode, fromPosition === Position.Left ? "left" : "right") ?? fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
  });
  return <path d={path} fill="none" className={`${css.wire} ${css.pulled}${look}`} />;
}

import { BaseEdge, getBezierPath, type ConnectionLineComponentProps, type EdgeProps } from "@xyflow/react";
import { wireBetween } from "../model/refusal";
import { useSelect } from "../state/context";
import type { CardNode, WireEdge } from "./flow";

const WIDE = 18;

function Label({ x, y, text, anchor = "middle" }: { x: number; y: number; text: string; anchor?: "middle" | "end" }) {
  if (!text) return null;
  return (
    <text className="rcw-edge-label" x={x} y={y} textAnchor={anchor} dominantBaseline="central">
      {text}
    </text>
  );
}

export function ForwardEdge({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps<WireEdge>) {
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return (
    <>
      <BaseEdge path={path} interactionWidth={WIDE} className="rcw-wire" />
      <Label x={x} y={y - 9} text={data?.text ?? ""} />
    </>
  );
}

/** A loop below the nodes: it leaves the bottom of its source and enters the bottom of its target. */
export function FeedbackEdge({ source, target, sourceX, sourceY, targetX, targetY, data }: EdgeProps<WireEdge>) {
  const depth = Math.max(sourceY, targetY) + 44 + Math.min(24, Math.abs(sourceX - targetX) / 20);
  const path = `M ${sourceX} ${sourceY} C ${sourceX} ${depth + 10}, ${targetX} ${depth + 10}, ${targetX} ${targetY + 7}`;
  const middle = (sourceY + targetY + 7) / 8 + ((depth + 10) * 3) / 4;
  const tip = `M ${targetX - 4.5} ${targetY + 9} L ${targetX} ${targetY + 1} L ${targetX + 4.5} ${targetY + 9} Z`;
  return (
    <>
      <BaseEdge path={path} interactionWidth={WIDE} className="rcw-wire rcw-wire-late" />
      <path d={tip} className="rcw-wire-tip" />
      {source === target ? (
        <Label x={targetX - 14} y={targetY + 18} text={data?.text ?? ""} anchor="end" />
      ) : (
        <Label x={(sourceX + targetX) / 2} y={middle + 10} text={data?.text ?? ""} />
      )}
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
    return wire.refusal ? " rcw-wire-refused" : wire.feedback ? " rcw-wire-late" : " rcw-wire-fits";
  });
  const [path] = getBezierPath({
    sourceX: fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
  });
  return <path d={path} fill="none" className={`rcw-wire rcw-wire-pulled${look}`} />;
}

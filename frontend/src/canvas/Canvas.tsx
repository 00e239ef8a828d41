import {
  Background,
  BackgroundVariant,
  ReactFlow,
  type EdgeMouseHandler,
  type NodeChange,
  type NodeMouseHandler,
  type OnNodeDrag,
} from "@xyflow/react";
import { useCallback, useMemo, useRef, useState, type RefObject } from "react";
import { wireBetween } from "../model/refusal";
import type { Places, Size } from "../model/layout";
import { useApp, useSelect } from "../state/context";
import { placesOf } from "../state/reducers";
import { CanvasTools } from "./CanvasTools";
import { CanvasNotes } from "./CanvasNotes";
import { FeedbackEdge, ForwardEdge, PulledLine } from "./edges";
import { edgesOf, NodeMaker, type CardNode, type NodeNews, type WireEdge } from "./flow";
import { NodeCard } from "./NodeCard";
import { ConnectHint, Reason } from "./Reason";
import { useFit } from "./useFit";
import { usePull } from "./usePull";
import { useReveal } from "./useReveal";
import { useSeenSize } from "./useSeenSize";
import { useWantedFocus } from "./useWantedFocus";
import { useWheelZoom } from "./useWheelZoom";
import { useZoom } from "./useZoom";
import { css } from "./canvas.module.css";

const NODE_TYPES = { card: NodeCard };
const EDGE_TYPES = { forward: ForwardEdge, feedback: FeedbackEdge };
const NO_SELECTION = { nodes: [], edges: [] };

interface Props {
  canvas: RefObject<HTMLDivElement | null>;
  dark: boolean;
  /** Whether the buttons to undo, redo, lay out stand on the canvas, because there is no room above it. */
  withEditing: boolean;
}

/** The model canvas: the document's nodes and wires, to be moved, wired, selected and removed. */
export function Canvas({ canvas, dark, withEditing }: Props) {
  const { size, seen } = useSeenSize(canvas);
  useWheelZoom(canvas);
  useZoom(canvas);
  return (
    <div className={css.canvas} ref={canvas}>
      {size ? <Flow canvas={canvas} dark={dark} size={size} seen={seen} /> : null}
      <CanvasTools withEditing={withEditing} />
      <CanvasNotes />
      <ConnectHint />
      <Reason />
    </div>
  );
}

function Flow({ canvas, dark, size, seen }: { canvas: RefObject<HTMLDivElement | null>; dark: boolean; size: Size; seen: boolean }) {
  const { store, actions, id } = useApp();
  const { schema, document, selection } = useSelect((state) => ({
    schema: state.schema,
    document: state.document,
    selection: state.selection,
  }));
  const news = useSelect((state): NodeNews => ({ nodes: state.status.nodes, problems: state.status.problems }));
  const places = useSelect(placesOf);
  const [measured, setMeasured] = useState<ReadonlyMap<string, Size>>(new Map());
  const maker = useRef(new NodeMaker());
  const nodes = useMemo(
    () => maker.current.make(schema, document, places, news, selection, measured),
    [schema, document, places, news, selection, measured],
  );
  const edges = useMemo(() => edgesOf(document, news, selection), [document, news, selection]);
  const { touched } = useFit(size, seen, nodes);
  useReveal(canvas, nodes);
  useWantedFocus(canvas, nodes);
  const pull = usePull(canvas);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const moved: Places = {};
      const sizes: [string, Size][] = [];
      for (const change of changes) {
        if (change.type === "position" && change.position && change.dragging) moved[change.id] = [change.position.x, change.position.y];
        if (change.type === "dimensions" && change.dimensions) sizes.push([change.id, change.dimensions]);
      }
      if (Object.keys(moved).length > 0) actions.dragNodes(moved);
      if (sizes.length > 0) setMeasured((before) => new Map([...before, ...sizes]));
    },
    [actions],
  );

  const onNodeClick = useCallback<NodeMouseHandler<CardNode>>(
    (event, node) => {
      const { nodes: chosen } = store.getState().selection;
      const more = event.shiftKey || event.ctrlKey || event.metaKey;
      const next = !more ? [node.id] : chosen.includes(node.id) ? chosen.filter((other) => other !== node.id) : [...chosen, node.id];
      store.setState({ selection: { nodes: next, edges: [] } });
    },
    [store],
  );

  const onEdgeClick = useCallback<EdgeMouseHandler<WireEdge>>(
    (_, edge) => store.setState({ selection: { nodes: [], edges: [edge.id] } }),
    [store],
  );

  const onNodeDragStart = useCallback<OnNodeDrag<CardNode>>(
    (_, node) => {
      touched.current = true;
      if (!store.getState().selection.nodes.includes(node.id)) store.setState({ selection: { nodes: [node.id], edges: [] } });
    },
    [store, touched],
  );

  const onNodeDragStop = useCallback<OnNodeDrag<CardNode>>(
    (_, _node, dragged) => actions.moveNodes(Object.fromEntries(dragged.map((node) => [node.id, [node.position.x, node.position.y]]))),
    [actions],
  );

  return (
    <ReactFlow<CardNode, WireEdge>
      id={id}
      aria-label="Model canvas"
      colorMode={dark ? "dark" : "light"}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      connectionLineComponent={PulledLine}
      onNodesChange={onNodesChange}
      onNodeClick={onNodeClick}
      onEdgeClick={onEdgeClick}
      onPaneClick={() => store.setState({ selection: NO_SELECTION, connecting: null })}
      onNodeDragStart={onNodeDragStart}
      onNodeDragStop={onNodeDragStop}
      onMoveStart={(event) => {
        if (event) touched.current = true;
      }}
      onConnectStart={pull.onConnectStart}
      onConnectEnd={pull.onConnectEnd}
      isValidConnection={(wire) => wireBetween(schema, document, wire.source, wire.target).refusal === null}
      connectionRadius={12}
      connectOnClick={false}
      autoPanOnConnect={false}
      autoPanOnNodeDrag={false}
      elementsSelectable={false}
      selectNodesOnDrag={false}
      nodeDragThreshold={3}
      minZoom={0.2}
      maxZoom={2}
      zoomOnScroll={false}
      zoomOnDoubleClick={false}
      preventScrolling={false}
      disableKeyboardA11y
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      panActivationKeyCode={null}
      zoomActivationKeyCode={null}
      proOptions={{ hideAttribution: true }}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
    </ReactFlow>
  );
}

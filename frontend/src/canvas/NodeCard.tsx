import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { FamilyMark, StateMark } from "../controls/Icon";
import { KnobRow } from "../controls/KnobRow";
import { NameField } from "../controls/NameField";
import type { DocumentNode, NodeKind } from "../generated";
import { nodeOf } from "../model/graph";
import { formatCount } from "../model/numbers";
import { wireBetween } from "../model/refusal";
import { useApp, useSelect } from "../state/context";
import type { AppState } from "../state/state";
import type { CardNode } from "./flow";
import { footOf } from "./foot";

/** How the card looks as a target of the wire that is being made: offered, refused, or neither. */
function offerOf(state: AppState, id: string): "" | "fits" | "refused" {
  const connecting = state.connecting;
  const source = connecting?.source ?? state.pulling?.source;
  const target = connecting ? connecting.targets[connecting.index] : state.pulling?.target;
  if (!source || target !== id) return "";
  return wireBetween(state.schema, state.document, source, id).refusal ? "refused" : "fits";
}

export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps<CardNode>) {
  const { node, kind, trainerCard, offer } = useSelect((state) => {
    const found = nodeOf(state.document, id);
    const made = state.schema.nodes[found?.kind ?? ""];
    return {
      node: found,
      kind: made,
      trainerCard: made?.family === "readout" ? state.schema.trainers[state.document.trainer.kind]?.card : undefined,
      offer: offerOf(state, id),
    };
  });
  if (!node || !kind) return null;
  const rows = kind.card.length + (trainerCard?.length ?? 0);
  return (
    <div
      className={`rcw-card rcw-card-${kind.family}${selected ? " rcw-selected" : ""}${offer ? ` rcw-offer-${offer}` : ""}${rows ? "" : " rcw-card-small"}`}
    >
      {kind.takes === "any" ? <Handle type="target" id="in" position={Position.Left} /> : null}
      <Handle type="source" id="out" position={Position.Right} />
      <Handle type="target" id="late-in" position={Position.Bottom} isConnectable={false} className="rcw-late-in" />
      <Handle type="source" id="late-out" position={Position.Bottom} isConnectable={false} className="rcw-late-out" />
      <CardHeader node={node} kind={kind} />
      {kind.card.length > 0 ? (
        <div className="rcw-card-knobs" role="group" aria-label={node.name}>
          {kind.card.map((name) => (
            <KnobRow key={name} owner={id} name={name} place="card" />
          ))}
        </div>
      ) : null}
      {trainerCard && trainerCard.length > 0 ? (
        <div className="rcw-card-knobs" role="group" aria-label="Trainer">
          {trainerCard.map((name) => (
            <KnobRow key={name} owner="trainer" name={name} place="card" />
          ))}
        </div>
      ) : null}
      <CardFooter id={id} />
    </div>
  );
});

function CardHeader({ node, kind }: { node: DocumentNode; kind: NodeKind }) {
  const { actions, store } = useApp();
  const renaming = useSelect((state) => state.renaming === node.id);
  const size = useSelect((state) => state.status.nodes[node.id]?.size ?? null);
  return (
    <div className="rcw-card-head" title={`${kind.label}: ${kind.doc}`}>
      <FamilyMark family={kind.family} />
      {renaming ? (
        <NameField
          name={node.name}
          onTake={(name) => actions.rename(node.id, name)}
          onClose={(stay) => store.setState({ renaming: null, ...(stay ? { focus: node.id } : {}) })}
        />
      ) : (
        <span className="rcw-card-name" onDoubleClick={() => store.setState({ renaming: node.id })}>
          {node.name}
        </span>
      )}
      {size === null ? null : (
        <small className="rcw-size" title={`gives ${formatCount(size)} ${size === 1 ? "feature" : "features"}`}>
          {formatCount(size)}
        </small>
      )}
    </div>
  );
}

function CardFooter({ id }: { id: string }) {
  const { status, word, sentence, look } = useSelect((state) => footOf(state, id));
  const old = useSelect((state) => state.status.old);
  const fixed = status && status.fixed > 0 ? `${formatCount(status.fixed)} fixed` : null;
  const trained = status && status.trained > 0 ? `${formatCount(status.trained)} trained` : null;
  return (
    <div className={`rcw-card-foot rcw-look-${look}${old ? " rcw-old" : ""}`}>
      <StateMark look={look} />
      {sentence ? (
        <span className="rcw-foot-words">
          {word ? <b className="rcw-state-word">{word}</b> : null}
          <span className="rcw-sentence">{sentence}</span>
        </span>
      ) : (
        <>
          <span className="rcw-state-word">{word}</span>
          <span className="rcw-count" title={`${[fixed, trained].filter(Boolean).join(", ")} weights${old ? `, ${old}` : ""}`}>
            {status?.state === "untrained" || !(trained ?? fixed) ? null : `${old ? "last: " : ""}${trained ?? fixed}`}
          </span>
        </>
      )}
    </div>
  );
}

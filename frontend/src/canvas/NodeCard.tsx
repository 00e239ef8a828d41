import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { FamilyMark, StateMark } from "../controls/Icon";
import { KnobRow } from "../controls/KnobRow";
import { LockMark } from "../controls/Lockable";
import { NameField } from "../controls/NameField";
import type { DocumentNode, NodeKind } from "../generated";
import { isLocked } from "../model/locks";
import { nodeOf } from "../model/graph";
import { formatCount } from "../model/numbers";
import { wireBetween } from "../model/refusal";
import { useApp, useSelect } from "../state/context";
import type { AppState } from "../state/state";
import type { CardNode } from "./flow";
import { footOf } from "./foot";
import { css } from "./card.module.css";

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
    <div className={`${css.card}${selected ? " rcw-selected" : ""}${offer ? ` rcw-offer-${offer}` : ""}${rows ? "" : ` ${css.small}`}`}>
      {kind.refuses.forward === null ? <Handle type="target" id="in" position={Position.Left} /> : null}
      <Handle type="source" id="out" position={Position.Right} />
      <Handle type="target" id="late-in" position={Position.Bottom} isConnectable={false} className="rcw-late-in" />
      <Handle type="source" id="late-out" position={Position.Bottom} isConnectable={false} className="rcw-late-out" />
      <CardHeader node={node} kind={kind} />
      {kind.card.length > 0 ? (
        <div className={css.knobs} role="group" aria-label={node.name}>
          {kind.card.map((name) => (
            <KnobRow key={name} owner={id} name={name} place="card" />
          ))}
        </div>
      ) : null}
      {trainerCard && trainerCard.length > 0 ? (
        <div className={css.knobs} role="group" aria-label="Trainer">
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
  const locked = useSelect((state) => isLocked(state.locks, node.id));
  return (
    <div className={css.head} title={`${kind.label}: ${kind.doc}`}>
      <FamilyMark family={kind.family} />
      {renaming ? (
        <NameField
          name={node.name}
          onTake={(name) => actions.rename(node.id, name)}
          onClose={(stay) => store.setState({ renaming: null, ...(stay ? { focus: node.id } : {}) })}
        />
      ) : (
        <span className={css.name} onDoubleClick={() => store.setState({ renaming: node.id })}>
          {node.name}
        </span>
      )}
      {locked ? <LockMark /> : null}
      {size === null ? null : (
        <small className={css.size} title={`gives ${formatCount(size)} ${size === 1 ? "feature" : "features"}`}>
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
    <div className={`${css.foot} rcw-look-${look}${old ? " rcw-old" : ""}`}>
      <StateMark look={look} />
      {sentence ? (
        <span>
          {word ? <b className={css.word}>{word}</b> : null}
          <span className="rcw-sentence">{sentence}</span>
        </span>
      ) : (
        <>
          <span className={css.word}>{word}</span>
          <span className={css.count} title={`${[fixed, trained].filter(Boolean).join(", ")} weights${old ? `, ${old}` : ""}`}>
            {status?.state === "untrained" || !(trained ?? fixed) ? null : `${old ? "last: " : ""}${trained ?? fixed}`}
          </span>
        </>
      )}
    </div>
  );
}

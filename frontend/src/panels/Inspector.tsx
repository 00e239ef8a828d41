import { useRef, useState } from "react";
import { Button } from "../controls/Button";
import { startConnecting } from "../canvas/connecting";
import { FamilyMark } from "../controls/Icon";
import { IconButton } from "../controls/IconButton";
import { KnobRow } from "../controls/KnobRow";
import { Lockable, LockMark } from "../controls/Lockable";
import { NameField } from "../controls/NameField";
import type { DocumentNode, NodeKind } from "../generated";
import { edgeKey, nameOf, nodeOf } from "../model/graph";
import { isHidden, isLocked } from "../model/locks";
import { EFFECTS } from "../model/knobs";
import { useApp, useSelect } from "../state/context";
import type { Owner } from "../types";
import { DataPanel } from "./DataPanel";
import { KindSelect } from "./KindSelect";
import { Outline } from "./Outline";
import { css } from "./inspector.module.css";

/** What is selected, with all of its knobs by what a change costs; without a selection the task and the trainer. */
export function Inspector({ withKinds, allSliders, focusCanvas }: { withKinds: boolean; allSliders: boolean; focusCanvas: () => void }) {
  const { node, kind, count, edge } = useSelect((state) => {
    const { nodes, edges } = state.selection;
    const found = nodes.length === 1 ? nodeOf(state.document, nodes[0] as string) : undefined;
    const wire = nodes.length === 0 && edges.length === 1 ? state.document.edges.find((other) => edgeKey(other) === edges[0]) : undefined;
    return { node: found, kind: state.schema.nodes[found?.kind ?? ""], count: nodes.length, edge: wire };
  });
  return (
    <aside className={css.inspector} aria-label="Inspector">
      {node && kind ? (
        <NodePanel key={node.id} node={node} kind={kind} allSliders={allSliders} focusCanvas={focusCanvas} />
      ) : count > 1 ? (
        <ManyPanel count={count} />
      ) : edge ? (
        <WirePanel wireKey={edgeKey(edge)} />
      ) : (
        <ExperimentPanel withKinds={withKinds} allSliders={allSliders} />
      )}
      <Outline />
    </aside>
  );
}

interface NodePanelProps {
  node: DocumentNode;
  kind: NodeKind;
  /** Where the canvas is covered, no card shows a slider. */
  allSliders: boolean;
  focusCanvas: () => void;
}

function NodePanel({ node, kind, allSliders, focusCanvas }: NodePanelProps) {
  const app = useApp();
  const [renaming, setRenaming] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const { error, locked, trainer, trainerName } = useSelect((state) => ({
    error: state.errors[node.id] ?? null,
    locked: isLocked(state.locks, node.id) || isLocked(state.locks, "model"),
    trainer:
      kind.family === "readout" && !isHidden(state.locks, "trainer") ? state.schema.trainers[state.document.trainer.kind] : undefined,
    trainerName: state.document.trainer.kind,
  }));
  return (
    <section>
      <div className={css.head}>
        <FamilyMark family={kind.family} />
        {renaming ? (
          <NameField
            name={node.name}
            onTake={(name) => app.actions.rename(node.id, name)}
            onClose={(stay) => {
              setRenaming(false);
              if (stay) pencil.current?.focus({ preventScroll: true });
            }}
          />
        ) : (
          <h3 title={kind.kind}>{node.name}</h3>
        )}
        {locked ? <LockMark /> : null}
        <IconButton ref={pencil} icon="pencil" label="Rename" title="Rename (F2)" disabled={locked} onClick={() => setRenaming(true)} />
      </div>
      <p className={css.doc}>{kind.doc}</p>
      {error ? <p className="rcw-sentence">{error}</p> : null}
      <Lockable locked={locked} className={css.tools}>
        <Button
          small
          title="Choose with the arrow keys which node reads this one (c)"
          onClick={() => {
            focusCanvas();
            startConnecting(app, node.id);
          }}
        >
          Connect
        </Button>
        <Button
          small
          look="quiet"
          title="Delete this node (Delete)"
          onClick={() => {
            app.actions.remove([node.id], []);
            focusCanvas();
          }}
        >
          Delete
        </Button>
      </Lockable>
      <KnobGroups owner={node.id} group={node.name} knobs={kind.knobs} onCard={allSliders ? [] : kind.card} />
      {trainer && Object.keys(trainer.knobs).length > 0 ? (
        <>
          <h3 className={css.section}>
            Trainer <span className="rcw-soft">{trainer.label ?? trainerName}</span>
          </h3>
          <KnobGroups owner="trainer" group="Trainer" knobs={trainer.knobs} onCard={allSliders ? [] : trainer.card} />
        </>
      ) : null}
    </section>
  );
}

/** The knobs of one owner under three headings. A knob whose slider is on a card has only its field here: one slider a knob. */
function KnobGroups({ owner, group, knobs, onCard }: { owner: Owner; group: string; knobs: NodeKind["knobs"]; onCard: string[] }) {
  const locks = useSelect((state) => state.locks);
  const shown = Object.keys(knobs).filter((name) => !isHidden(locks, owner, name));
  if (shown.length === 0) return null;
  return (
    <div role="group" aria-label={group}>
      {EFFECTS.map(({ effect, title }) => {
        const names = shown.filter((name) => knobs[name]?.effect === effect);
        if (names.length === 0) return null;
        return (
          <div key={effect} className={css.effect}>
            <h4>
              {title} <span className={css.tag}>{effect}</span>
            </h4>
            {names.map((name) => (
              <KnobRow key={name} owner={owner} name={name} place="panel" slider={!onCard.includes(name)} />
            ))}
          </div>
        );
      })}
    </div>
  );
}

function ManyPanel({ count }: { count: number }) {
  const { actions, store } = useApp();
  return (
    <section>
      <h3>{count} nodes</h3>
      <p className={css.doc}>Move them together, copy them with Ctrl-C, or delete them.</p>
      <Button small onClick={() => actions.remove(store.getState().selection.nodes, [])}>
        Delete
      </Button>
    </section>
  );
}

function WirePanel({ wireKey }: { wireKey: string }) {
  const { actions } = useApp();
  const words = useSelect((state) => {
    const edge = state.document.edges.find((other) => edgeKey(other) === wireKey);
    return edge
      ? { ends: `${nameOf(state.document, edge.source)} to ${nameOf(state.document, edge.target)}`, late: edge.feedback }
      : { ends: "", late: false };
  });
  return (
    <section>
      <h3>{words.ends}</h3>
      <p className={css.doc}>
        {words.late ? "A feedback wire: what it carries arrives one step late." : "A wire: what it carries arrives in the same step."}
      </p>
      <Button small onClick={() => actions.remove([], [wireKey])}>
        Delete
      </Button>
    </section>
  );
}

function ExperimentPanel({ withKinds, allSliders }: { withKinds: boolean; allSliders: boolean }) {
  const { ownData, task, trainer, hasReadout, idle, dataLocked } = useSelect((state) => ({
    dataLocked: isLocked(state.locks, "task"),
    ownData:
      !isHidden(state.locks, "data") &&
      !isHidden(state.locks, "task") &&
      Object.values(state.schema.tasks[state.document.task.kind]?.knobs ?? {}).some((knob) => knob.kind === "columns"),
    task: isHidden(state.locks, "task") ? undefined : state.schema.tasks[state.document.task.kind],
    trainer: isHidden(state.locks, "trainer") ? undefined : state.schema.trainers[state.document.trainer.kind],
    hasReadout: state.document.nodes.some((node) => state.schema.nodes[node.kind]?.family === "readout"),
    idle: (state.data?.series ?? 0) > 0 ? "train" : "train_series", // rows of one series are split, or whole series
  }));
  // The presets of the task stand in the top bar, where there is one.
  const taskKnobs = Object.fromEntries(
    Object.entries(task?.knobs ?? {}).filter(
      ([name, knob]) => knob.kind !== "columns" && (withKinds || !knob.presets?.length) && !(ownData && name === idle),
    ),
  );
  return (
    <section>
      {withKinds ? <KindSelect owner="task" /> : task ? <h3>{task.label}</h3> : null}
      {task ? <p className={css.doc}>{task.doc}</p> : null}
      {ownData ? (
        <Lockable locked={dataLocked}>
          <DataPanel />
        </Lockable>
      ) : null}
      <KnobGroups owner="task" group="Task" knobs={taskKnobs} onCard={[]} />
      {withKinds ? <KindSelect owner="trainer" /> : trainer ? <h3 className={css.section}>{trainer.label}</h3> : null}
      {trainer ? <p className={css.doc}>{trainer.doc}</p> : null}
      <KnobGroups
        owner="trainer"
        group="Trainer"
        knobs={trainer?.knobs ?? {}}
        onCard={hasReadout && !allSliders ? (trainer?.card ?? []) : []}
      />
      <p className={`rcw-soft ${css.hint}`}>Select a node to see its settings.</p>
    </section>
  );
}

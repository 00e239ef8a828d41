import { useApp, useSelect } from "../state/context";
import { LockMark } from "../controls/Lockable";
import { LOCKED, isHidden, isLocked } from "../model/locks";
import { css as selectCss } from "../controls/select.module.css";
import { css } from "./bar.module.css";

const LABELS = { task: "Task", trainer: "Trainer" } as const;

/** Which task, or which trainer. */
export function KindSelect({ owner }: { owner: "task" | "trainer" }) {
  const { actions, id } = useApp();
  const { kinds, kind, locked, hidden } = useSelect((state) => ({
    locked: isLocked(state.locks, owner),
    hidden: isHidden(state.locks, owner),
    kinds: owner === "task" ? state.schema.tasks : state.schema.trainers,
    kind: state.document[owner].kind,
  }));
  if (hidden) return null;
  const field = `${id}-${owner}`;
  return (
    <span className={css.labelled}>
      <label className="rcw-soft" htmlFor={field}>
        {LABELS[owner]}
      </label>
      {locked ? <LockMark /> : null}
      <select
        id={field}
        className={selectCss.select}
        disabled={locked}
        title={locked ? LOCKED : kinds[kind]?.doc}
        value={kind}
        onChange={(event) => actions.choose(owner, event.target.value)}
      >
        {kinds[kind] ? null : <option value={kind}>{kind}</option>}
        {Object.values(kinds).map((entry) => (
          <option key={entry.kind} value={entry.kind}>
            {entry.label}
          </option>
        ))}
      </select>
    </span>
  );
}

import { useApp, useSelect } from "../state/context";
import { css as selectCss } from "../controls/select.module.css";
import { css } from "./bar.module.css";

const LABELS = { task: "Task", trainer: "Trainer" } as const;

/** Which task, or which trainer. */
export function KindSelect({ owner }: { owner: "task" | "trainer" }) {
  const { actions, id } = useApp();
  const { kinds, kind } = useSelect((state) => ({
    kinds: owner === "task" ? state.schema.tasks : state.schema.trainers,
    kind: state.document[owner].kind,
  }));
  const field = `${id}-${owner}`;
  return (
    <span className={css.labelled}>
      <label className="rcw-soft" htmlFor={field}>
        {LABELS[owner]}
      </label>
      <select
        id={field}
        className={selectCss.select}
        title={kinds[kind]?.doc}
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

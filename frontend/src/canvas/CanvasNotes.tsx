import { IconButton } from "../controls/IconButton";
import { useApp, useSelect } from "../state/context";
import { showsData } from "../state/reducers";
import { WHOLE } from "../state/state";
import { OfferNote } from "./OfferNote";
import { css } from "./notes.module.css";

/** What belongs to the whole model: an empty canvas, a change that was refused, problems of the task, the trainer or the graph. */
export function CanvasNotes() {
  const { actions } = useApp();
  const { empty, local, problems } = useSelect((state) => ({
    empty: state.document.nodes.length === 0,
    // What the data panel says itself is said once.
    local: state.errors[WHOLE] ?? (showsData(state) ? null : state.errors["task"]) ?? state.errors["trainer"] ?? null,
    problems: state.status.problems
      .filter((entry) => entry.owner === null || entry.owner === "task" || entry.owner === "trainer")
      .map((entry) => entry.text)
      .join("\n"),
  }));
  const sentences = [...new Set(problems.split("\n").filter(Boolean))];
  return (
    <>
      <OfferNote />
      {empty ? (
        <p className={css.empty}>
          Drag a node from the list, or press Enter on it.
          <br />
          Input, Reservoir and LinearReadout make a first model.
        </p>
      ) : null}
      {local !== null || sentences.length > 0 ? (
        <div className={css.notes}>
          {local !== null ? (
            <p className={css.note}>
              {local}
              <IconButton
                icon="close"
                label="Close the message"
                onClick={() => {
                  for (const key of [WHOLE, "task", "trainer"]) actions.clearError(key);
                }}
              />
            </p>
          ) : null}
          {sentences.slice(0, 3).map((text) => (
            <p className={css.note} key={text}>
              {text}
            </p>
          ))}
        </div>
      ) : null}
    </>
  );
}

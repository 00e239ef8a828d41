import { wireBetween } from "../model/refusal";
import { nameOf } from "../model/graph";
import { useSelect } from "../state/context";
import { css } from "./reason.module.css";

/** What the wire under the pointer would be, in words beside the pointer: the reason of a refusal, or that it would be feedback. */
export function Reason() {
  const said = useSelect((state) => {
    const pull = state.pulling;
    if (!pull?.source || !pull.target) return null;
    const wire = wireBetween(state.schema, state.document, pull.source, pull.target);
    if (!wire.refusal && !wire.feedback) return null;
    return {
      leftward: pull.x > pull.width / 2,
      x: pull.x,
      y: pull.y,
      refused: wire.refusal !== null,
      text: wire.refusal ?? "feedback, 1 step late",
    };
  });
  if (!said) return null;
  return (
    <div
      className={`${css.reason}${said.refused ? " rcw-bad" : ""}${said.leftward ? ` ${css.leftward}` : ""}`}
      style={{ left: said.x, top: said.y }}
    >
      {said.text}
    </div>
  );
}

/** Wiring by keyboard: what is offered now, in a strip at the top of the canvas. */
export function ConnectHint() {
  const hint = useSelect((state) => {
    const mode = state.connecting;
    const target = mode?.targets[mode.index];
    if (!mode || !target) return null;
    const wire = wireBetween(state.schema, state.document, mode.source, target);
    return {
      refused: wire.refusal !== null,
      ends: `${nameOf(state.document, mode.source)} to ${nameOf(state.document, target)}`,
      text: wire.refusal ?? (wire.feedback ? "feedback, 1 step late" : ""),
    };
  });
  if (!hint) return null;
  return (
    <div className={`${css.hint}${hint.refused ? " rcw-bad" : ""}`}>
      <b>{hint.ends}</b>
      {hint.text ? <span>{hint.text}</span> : null}
      <span className="rcw-soft">arrows choose, Enter connects, Esc leaves</span>
    </div>
  );
}

import { useEffect, useState } from "react";
import { StateMark } from "../controls/Icon";
import { useApp, useSelect } from "../state/context";
import { lookOf, urgentLine, workerLine } from "../state/reducers";
import { css } from "./status.module.css";

/** Results are spoken when they have stood for so long (in ms): one outcome when the hand rests, not one for each frame. */
export const REST = 700;

/** The worker's words: at once, and at rest where they are `patient`. A notice is not cut short: after each they wait anew. */
function useRested(words: string, patient: boolean, notices: number): string {
  const [rested, setRested] = useState(words);
  useEffect(() => {
    if (words === rested) return undefined;
    if (!patient) {
      setRested(words);
      return undefined;
    }
    const timer = setTimeout(() => setRested(words), REST);
    return () => clearTimeout(timer);
  }, [words, rested, patient, notices]);
  return rested;
}

/**
 * The progress bar and the polite live region: what goes on, in words. What changes from frame to frame, as the pace of a training or the
 * results under a moving hand, is only seen; when it rests it is spoken too.
 */
export function StatusLine() {
  const { actions } = useApp();
  const { urgent, notice, noticeSeen, notices, worker, outcome, pace, activity, progress, look, old } = useSelect((state) => ({
    urgent: urgentLine(state),
    notice: state.notice,
    noticeSeen: state.noticeSeen,
    notices: state.notices,
    worker: workerLine(state.status),
    outcome: state.status.outcome,
    pace: state.status.pace,
    activity: state.status.activity,
    progress: state.status.progress,
    look: lookOf(state),
    old: state.status.old,
  }));
  const rested = useRested(worker, outcome !== "" || notice !== null, notices);
  // biome-ignore lint/correctness/useExhaustiveDependencies: news of the worker end a notice, a new notice does not
  useEffect(() => actions.quiet(), [rested]);
  const spoken = urgent ?? notice ?? rested;
  const seen = urgent ?? (noticeSeen ? notice : null) ?? (pace || worker);
  const busy = activity === "running" || activity === "compiling";
  const share = progress === null ? (busy ? null : look === "error" || look === "unfinished" || old ? 0 : 1) : progress;
  return (
    <div className={`${css.status} rcw-look-${look}`}>
      <span
        className={`${css.progress}${share === null ? ` ${css.unknown}` : ""}`}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      >
        <i style={share === null ? undefined : { width: `${share * 100}%` }} />
      </span>
      <span className={css.words}>
        <span className={css.said}>
          <StateMark look={look} />
          <span
            className={`${css.message}${seen === spoken ? "" : " rcw-unseen"}`}
            role="status"
            aria-live="polite"
            aria-label="Status"
            title={spoken}
          >
            <span key={notices}>{spoken}</span>
          </span>
          {seen === spoken ? null : (
            <span className={css.message} aria-hidden="true" title={seen}>
              {seen}
            </span>
          )}
        </span>
        {old ? <span className={css.old}>figures {old}</span> : null}
      </span>
    </div>
  );
}

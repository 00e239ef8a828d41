import { useSelect } from "../state/context";
import { statusLine } from "../state/reducers";

/** The progress bar and the polite live region: what goes on, in words. The pace changes too often to be read out: it is only seen. */
export function StatusLine() {
  const { text, pace, activity, progress, waiting } = useSelect((state) => ({
    text: statusLine(state),
    pace: state.notice === null && state.connected && !state.waiting ? state.status.pace : "",
    activity: state.status.activity,
    progress: state.status.progress,
    waiting: state.waiting || !state.connected,
  }));
  const busy = activity === "running" || activity === "compiling";
  const share = progress === null ? (busy ? null : activity === "failed" ? 0 : 1) : progress;
  const look = waiting ? "waiting" : activity;
  return (
    <div className={`rcw-status rcw-activity-${look}`}>
      <span
        className={`rcw-progress${share === null ? " rcw-unknown" : ""}`}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      >
        <i style={share === null ? undefined : { width: `${share * 100}%` }} />
      </span>
      <span className={`rcw-message${pace ? " rcw-unseen" : ""}`} role="status" aria-live="polite" aria-label="Status" title={text}>
        {text}
      </span>
      {pace ? (
        <span className="rcw-message" title={pace}>
          {pace}
        </span>
      ) : null}
    </div>
  );
}

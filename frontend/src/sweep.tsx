/** @jsxImportSource preact */
/** The panel of sweeps: a form, and a map of the errors that fills while the models are trained. One view of the sweep's model. */
import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import "./css/theme.css";
import { CsvButton } from "./CsvButton";
import { Fold } from "./Fold";
import type { SweepMessage } from "./generated";
import { png, svg } from "./figure/svg";
import { save } from "./figure/wire";
import { called, classes, panel, useRequests, type PanelProps } from "./panel";
import { Form, NOTHING, ofField, type Refusal } from "./sweep/Form";
import { SweepMap } from "./sweep/map";
import { mapPicture } from "./sweep/picture";
import { numbersOf, type MapTrait, type SweepTraits } from "./sweep/wire";
import { tell } from "./wire/models";
import { refusalOf, type Received } from "./wire/requests";
import { css as foldCss } from "./fold.module.css";
import { css } from "./sweep/sweep.module.css";
import "./css/targets.css";
import "./css/forced.css";

const KINDS = ["PNG", "SVG"] as const;
const EMPTY =
  "Choose one knob or two: all combinations are trained side by side, and the map shows the error of each on held-out rows, the last fifth of the training part. The best one alone is tested. Click a cell to set the sliders.";

function SweepPanel({ model, traits, dark }: PanelProps<SweepTraits>): JSX.Element {
  const { form, executors, progress, map, medians, errors } = traits;
  const [open, setOpen] = useState(!traits.folded);
  const [refusal, refuse] = useState<Refusal>(NOTHING);
  const { requests, said, say } = useRequests<SweepMessage>(model);
  const place = useRef<HTMLDivElement>(null);
  const busy = progress.activity === "running" || progress.activity === "waiting";
  const known = map.number !== undefined;
  const words = progress.words ?? "";
  const share = (progress.share ?? 0) * 100;

  const brief = open ? words : [progress.problem || words, busy && progress.lost].filter(Boolean).join(". ");

  /** Workers come and go between two cells. */
  const look = (): void => void tell(model, { type: "look" });

  function show(now: boolean): void {
    setOpen(now);
    if (now) look();
  }

  /** Asks the kernel, and says why it refused, at the field where it is one's. */
  async function ask(message: SweepMessage): Promise<Received> {
    const answer = await requests.send(message);
    const found = { field: answer.error?.field ?? "", words: refusalOf(answer) };
    if (ofField(found)) refuse(found);
    else say(found.words, !answer.ok);
    return answer;
  }

  async function take(place: number): Promise<void> {
    if (map.number === undefined) return;
    const answer = await ask({ type: "take", number: map.number, place });
    const done = answer.result?.["words"];
    if (answer.ok && typeof done === "string") say(done);
  }

  /** Saves the map as it stands there. */
  function savePicture(kind: (typeof KINDS)[number]): void {
    if (!place.current) return;
    const picture = mapPicture(place.current, "Sweep", map.about ?? "");
    void (kind === "PNG" ? png(picture) : svg(picture)).then((blob) => blob && save(blob, `sweep.${kind.toLowerCase()}`));
  }

  const draw = (): JSX.Element => (
    <div class={css.body}>
      <div class={css.left}>
        <Form
          form={form}
          executors={executors}
          busy={busy}
          refusal={refusal}
          refuse={refuse}
          begin={ask}
          stop={() => void ask({ type: "stop" })}
          look={look}
        />
        <div class={css.progress} role="progressbar" aria-label="Progress of the sweep" aria-valuenow={Math.round(share)} hidden={!busy}>
          <i style={{ width: `${share}%` }} />
        </div>
        <p class={css.words}>{progress.problem ? "" : words}</p>
        <div role="status" aria-atomic="false">
          <p class={classes(css.lost, progress.problem && "rcw-refused")}>{progress.problem || progress.lost}</p>
          <p class={`${css.said}${said.refused ? " rcw-refused" : ""}`}>{said.words}</p>
        </div>
      </div>
      <div class={css.right}>
        <div class={css.saves} hidden={!known}>
          {KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              class={foldCss.save}
              {...called(`Save the picture of Sweep as ${kind}`)}
              onClick={() => savePicture(kind)}
            >
              {kind}
            </button>
          ))}
          <CsvButton model={model} />
        </div>
        <p class={css.note} hidden={!map.note}>
          {map.note}
        </p>
        <p class={css.empty} hidden={known}>
          {EMPTY}
        </p>
        <Grid place={place} map={map} medians={medians} errors={errors} dark={dark} take={(place) => void take(place)} />
      </div>
    </div>
  );

  return <Fold name="Sweep" className={css.sweep} dark={dark} open={open} setOpen={show} heading="Sweep" brief={brief} draw={draw} />;
}

interface GridProps extends Pick<SweepTraits, "map" | "medians" | "errors"> {
  place: RefObject<HTMLDivElement | null>;
  dark: boolean;
  take: (cell: number) => void;
}

/** The map, which draws itself: its cells are many, and only their looks change. */
function Grid({ place, map, medians, errors, dark, take }: GridProps): JSX.Element {
  const drawn = useRef<SweepMap | null>(null);
  const taking = useRef(take);
  taking.current = take;
  const known = map.number !== undefined;
  useLayoutEffect(() => {
    if (!known || !place.current) return;
    drawn.current ??= new SweepMap(place.current, (cell) => taking.current(cell));
    drawn.current.show(map as MapTrait, numbersOf(medians), numbersOf(errors), dark);
  }, [place, known, map, medians, errors, dark]);
  return <div ref={place} hidden={!known} />;
}

export default panel<SweepTraits>(SweepPanel, {
  folded: false,
  form: {},
  executors: [],
  progress: {},
  map: {},
  medians: null,
  errors: null,
});

import { KEYS, type Where } from "../canvas/keys";
import { useApp, useSelect } from "../state/context";
import { Dialog } from "./Dialog";
import { css } from "./keys.module.css";

const HEADS: Record<Where, string> = {
  anywhere: "Anywhere",
  canvas: "On the canvas",
  wiring: "While a wire is made",
};
const SIGNS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };
const SPOKEN: Record<string, string> = { "/": "Slash", "?": "Question mark" };

/** "Ctrl+Shift+z" as its keys; a lone letter stays as it is typed, with Ctrl it is written large as on the keyboard. */
function keysOf(chord: string): string[] {
  const keys = chord.split("+");
  return keys.map((key) => (key.length === 1 && keys.length > 1 ? key.toUpperCase() : key));
}

/** The chords as people write them: the four arrows are one sign each behind one Shift. */
function chordsOf(chords: readonly string[]): string[][] {
  const all = chords.map(keysOf);
  const arrows = all.filter((keys) => keys.at(-1)?.startsWith("Arrow"));
  if (arrows.length < 4) return all;
  return [[...(arrows[0] ?? []).slice(0, -1), ...arrows.map((keys) => keys.at(-1) as string)]];
}

function Chord({ keys }: { keys: string[] }) {
  return (
    <span className={css.chord}>
      {keys.map((key) => (
        <kbd key={key}>
          <span aria-hidden="true">{SIGNS[key] ?? key}</span>
          <span className="rcw-unseen">{SPOKEN[key] ?? key.replace("Arrow", "")}</span>
        </kbd>
      ))}
    </span>
  );
}

/** The sheet of all keys, made from the table that the keys themselves come from. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { store } = useApp();
  const open = useSelect((state) => state.keysShown);
  if (!open) return null;
  const close = (): void => {
    store.setState({ keysShown: false });
    onClose();
  };
  return (
    <Dialog title="Keys" onClose={close}>
      <div className={css.keys} tabIndex={0} role="group" aria-label="List of keys">
        {(Object.keys(HEADS) as Where[]).map((where) => (
          <section key={where}>
            <h4>{HEADS[where]}</h4>
            <dl>
              {KEYS.filter((key) => key.where === where).map((key) => (
                <div key={key.does} className={css.row}>
                  <dt>
                    {chordsOf(key.chords).map((keys) => (
                      <Chord key={keys.join()} keys={keys} />
                    ))}
                  </dt>
                  <dd>{key.does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <p className="rcw-soft">
          On a Mac, Cmd counts as Ctrl. A slider with the focus moves by the arrow keys, Page Up, Page Down, Home and End.
        </p>
      </div>
    </Dialog>
  );
}

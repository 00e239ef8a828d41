/** @jsxImportSource preact */
/** What the panels under the figures share: each is a view of one model, drawn with Preact and anew whenever a trait or the theme changes. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { render, type ComponentType, type JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { keepKeys } from "./hostKeys";
import { isDark, watchTheme } from "./theme";
import { Requests } from "./wire/requests";
import { watchTraits } from "./wire/traits";

export interface PanelProps<Traits> {
  model: AnyModel;
  traits: Traits;
  dark: boolean;
}

/** The entry of a panel: `Panel` draws the traits that `first` names, which has their values until the model has some. */
export function panel<Traits extends object>(Panel: ComponentType<PanelProps<Traits>>, first: Traits) {
  return {
    render({ model, el }: Pick<RenderProps, "el"> & { model: AnyModel }): () => void {
      let [traits, dark] = [first, isDark()];
      const draw = (): void => render(<Panel model={model} traits={traits} dark={dark} />, el);
      const steps = [
        keepKeys(el),
        watchTraits<Traits>(model, Object.keys(first) as (keyof Traits & string)[], (read) => {
          traits = { ...traits, ...read };
          draw();
        }),
        watchTheme((now) => {
          if (now === dark) return;
          dark = now;
          draw();
        }),
      ];
      return () => {
        for (const step of steps) step();
        render(null, el);
      };
    },
  };
}

/** Class names in one, but for those that are not there. */
export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(" ");

/** A name for readers, and as a tooltip. */
export const called = (name: string) => ({ title: name, "aria-label": name });

/** An id of its own: not counted, since each widget evaluates this module anew. */
export const useUid = (): string => useState(() => `rcw-${Math.random().toString(36).slice(2)}`)[0];

/** Requests to the kernel, and what there is to say of them: that they wait, why they were refused, or what was done. */
export function useRequests<Message extends { type: string }>(model: AnyModel) {
  const [said, setSaid] = useState({ words: "", refused: false });
  const say = (words: string, refused = false): void => setSaid({ words, refused });
  const [requests] = useState(() => new Requests<Message>(model, say));
  useLayoutEffect(() => () => requests.dispose(), [requests]);
  return { requests, said, say };
}

/** What `draw` drew while it was open stays as it was while it is closed, half-typed texts and all. */
export function Kept({ open, draw }: { open: boolean; draw: () => JSX.Element }): JSX.Element | null {
  const drawn = useRef<JSX.Element | null>(null);
  if (open) drawn.current = draw();
  return drawn.current;
}

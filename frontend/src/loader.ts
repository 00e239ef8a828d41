/**
 * What each of our widgets is in a saved notebook: a few lines that get the widget's code, so that no file holds it.
 *
 * The kernel sends the code beside the model where a page runs the cell, else when it is asked. It is evaluated once a page. Until it is
 * there, or where no kernel is, words stand in the widget's place; a Playground's picture, which is an output below it, shows then.
 */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { make } from "./element";
import { leaveOut } from "./unsaved";

interface Entry {
  default: { render: (props: RenderProps & { facts: unknown }) => unknown };
}

/** The code of one bundle, as soon as somebody has it. */
class Code {
  readonly entry: Promise<Entry>;
  style = "";
  /** What the view needs beside its traits, and what never changes. */
  facts: unknown = null;
  private bring: (entry: Promise<Entry>) => void = () => undefined;
  private there = false;

  constructor(readonly name: string) {
    this.entry = new Promise((bring) => {
      this.bring = bring;
    });
  }

  get missing(): boolean {
    return !this.there;
  }

  take(script: string, style: string, facts: string): void {
    if (this.there) return;
    this.there = true;
    this.style = style;
    this.facts = JSON.parse(facts);
    this.dress(document.head);
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.bring((import(address) as Promise<Entry>).finally(() => URL.revokeObjectURL(address)));
  }

  dress(place: ParentNode & Node): void {
    dress(place, `rcw-style-${this.name}`, this.style);
  }
}

/** So long (in ms) nothing is said. */
export const PATIENCE = 1500;
const WORDS = "This widget waits for its kernel. Where that is gone, run the cell again.";
const PICTURE = '[data-mime-type="image/svg+xml"]';
const BESIDE = ":has(.rcw-playground):not(:has(.rcw-missing))"; // one :has within another is none
// A class says that the app of a Playground is missing: with :has() each change within had the style of all of it computed anew.
const STYLE = `
.jp-OutputArea-child${BESIDE} + .jp-OutputArea-child:has(> ${PICTURE}),
.output_area${BESIDE} + .output_area:has(.output_svg) { display: none; }
.rcw-playground.jupyter-widgets-disconnected::before, .rcw-playground .jupyter-widgets-disconnected::before { content: none; }
.rcw-missing { margin: 0; padding: 6px 12px; font: 13px / 1.4 var(--jp-ui-font-family, system-ui, sans-serif); }
.rcw-playground.rcw-waits { position: relative; overflow: hidden; }
.rcw-playground.rcw-waits > :not(:first-child) { position: absolute; top: 100%; width: 100%; visibility: hidden; }
`;

const page = globalThis as typeof globalThis & { rcwidgetsCode?: Map<string, Code> };
page.rcwidgetsCode ??= new Map();
const known = page.rcwidgetsCode;

function dress(place: ParentNode & Node, id: string, text: string): void {
  if (place.querySelector(`#${id}`)) return;
  const style = make("style", "", text);
  style.id = id;
  place.append(style);
}

function codeOf(model: AnyModel): Code {
  const name = String(model.get("_bundle"));
  const code = known.get(name) ?? new Code(name);
  known.set(name, code);
  return code;
}

/** Takes the code that came with the model; a page that saves the state of its widgets does not save it. */
function takePushed(model: AnyModel, code: Code): void {
  const pushed: unknown = model.get("_code");
  if (!Array.isArray(pushed)) return;
  model.set("_code", null);
  code.take(String(pushed[0]), String(pushed[1]), String(pushed[2]));
}

/** A Playground that is to be in no saved file names its boxes. */
function keepOut(model: AnyModel): void {
  const roots: unknown = model.get("unsaved");
  if (Array.isArray(roots) && roots.length) leaveOut(model.widget_manager, roots.map(String));
}

const textOf = (bytes: DataView | undefined): string => (bytes ? new TextDecoder().decode(bytes) : "");

export default {
  initialize({ model }: { model: AnyModel }): void {
    const code = codeOf(model);
    takePushed(model, code);
    const ask = (): void => {
      if (!code.missing) return;
      try {
        model.send({ type: "load" });
      } catch (error) {
        console.debug("rcwidgets: nobody to ask for the code.", error);
      }
    };
    model.on("msg:custom", (message: { type?: string } | null, buffers: readonly DataView[] = []) => {
      if (message?.type === "loaded") code.take(textOf(buffers[0]), textOf(buffers[1]), textOf(buffers[2]));
    });
    model.on("comm_live_update", ask);
    model.on("change:unsaved", () => keepOut(model));
    keepOut(model);
    ask();
  },

  render(props: RenderProps): () => void {
    const code = codeOf(props.model);
    const { el } = props;
    dress(document.head, "rcw-style-loader", STYLE);
    let leave: unknown;
    let over = false;
    const words = make("p", "rcw-missing", WORDS);
    let whole: Element | null = null;
    const patience = setTimeout(() => {
      el.append(words);
      if (code.name.startsWith("app-")) whole = el.closest(".rcw-playground");
      whole?.classList.add("rcw-waits");
    }, PATIENCE);
    const unsay = (): void => {
      clearTimeout(patience);
      words.remove();
      whole?.classList.remove("rcw-waits");
    };
    void code.entry.then(async (entry) => {
      unsay();
      if (over) return;
      const root = el.getRootNode();
      if (root instanceof ShadowRoot) code.dress(root);
      const left = await entry.default.render({ ...props, facts: code.facts });
      if (over && typeof left === "function") left();
      leave = left;
    });
    return () => {
      over = true;
      unsay();
      if (typeof leave === "function") leave();
    };
  },
};

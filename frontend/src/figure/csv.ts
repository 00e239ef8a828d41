/** A button that asks the kernel for the data in full and saves it. */
import { type Model, type Reply, make, save, send } from "./wire";

const PATIENCE = 1500; // ms until the button says why nothing comes

export function csvButton(model: Model): { button: HTMLElement; name: () => void; remove: () => void } {
  const button = make("button", "rcw-save", "CSV");
  const rest = () => `Download the data of ${model.get("label")} as CSV`;
  let wanted: number | null = null;
  let timer = 0;

  function say(title: string): void {
    button.title = title;
    button.setAttribute("aria-label", title);
  }

  function finish(title: string): void {
    window.clearTimeout(timer);
    wanted = null;
    button.removeAttribute("aria-busy");
    say(title);
  }

  function onReply(reply: Reply, buffers: DataView[]): void {
    if (wanted === null || reply.id !== wanted) return;
    const [bytes] = buffers;
    finish(reply.ok ? rest() : `${rest()}: ${reply.error?.text ?? "failed"}`);
    const content = bytes && new Blob([bytes as BlobPart], { type: "text/csv;charset=utf-8" });
    if (reply.ok && content) save(content, `${model.get("label").toLowerCase()}.csv`);
  }

  button.type = "button";
  say(rest());
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    window.clearTimeout(timer);
    timer = window.setTimeout(() => say("Waits for the kernel: a cell is running, or the kernel is gone"), PATIENCE);
    wanted = send(model, { type: "csv" });
  });
  model.on("msg:custom", onReply);
  return {
    button,
    name: () => {
      if (wanted === null) say(rest());
    },
    remove: () => {
      window.clearTimeout(timer);
      model.off("msg:custom", onReply);
    },
  };
}

/** Finds the status and transport models of an app model, and tells whether their kernel is still there. */
import type { AnyModel, Host } from "@anywidget/types";

const PREFIXES = ["anywidget:", "IPY_MODEL_"];

/** The bare model id of a reference, or null where it is none. */
export function modelId(reference: unknown): string | null {
  if (typeof reference !== "string") return null;
  const prefix = PREFIXES.find((word) => reference.startsWith(word));
  return prefix ? reference.slice(prefix.length) : null;
}

/** The model that a reference names, or null where it cannot be had (a saved notebook without its kernel). */
export async function findModel(host: Host, reference: unknown): Promise<AnyModel | null> {
  const id = modelId(reference);
  if (id === null) return null;
  try {
    return await host.getModel(`anywidget:${id}`);
  } catch (error) {
    console.warn("rcwidgets: a part of the widget could not be found.", error);
    return null;
  }
}

/** The widget manager's own model: it knows `comm_live`, which anywidget's view of it does not show. */
interface Underlying {
  comm_live?: boolean;
}

/** Tells whether the kernel's end of the comm is there, now and after each change; the returned function stops it. */
export function watchConnection(model: AnyModel, reference: unknown, onChange: (connected: boolean) => void): () => void {
  let stopped = false;
  const look = async (): Promise<void> => {
    const id = modelId(reference);
    if (id === null || !model.widget_manager) return;
    try {
      const underlying = (await model.widget_manager.get_model(id)) as unknown as Underlying;
      if (!stopped) onChange(underlying.comm_live !== false);
    } catch {
      if (!stopped) onChange(false);
    }
  };
  const update = (): void => void look();
  model.on("comm_live_update", update);
  update();
  return () => {
    stopped = true;
    model.off("comm_live_update", update);
  };
}

/** Sends a message; false where the kernel is gone, whose comm the page has then closed. */
export function tell(model: AnyModel, message: object, buffers?: ArrayBuffer[]): boolean {
  try {
    model.send(message, undefined, buffers);
    return true;
  } catch (error) {
    console.warn("rcwidgets: the kernel is gone.", error);
    return false;
  }
}

/** What a person can do. Each action changes this view at once where it can, sends a message, and shows the answer. */
import type { FileRead } from "../generated";
import { cutFile, LONGEST_FILE_NAME, refusedFile } from "../model/files";
import { travelled } from "../model/said";
import type { Offer } from "../types";
import { graphActions } from "./graphActions";
import type { Kernel } from "./kernel";
import { knobActions } from "./knobActions";
import { withError, withoutError, withReturned } from "./reducers";

export type Actions = ReturnType<typeof actionsOf>;

export function actionsOf(kernel: Kernel) {
  const { store } = kernel;

  function choose(owner: "task" | "trainer", kind: string): void {
    // The inspector shows what belongs to the task, such as the data to load, only while nothing is selected.
    if (owner === "task") store.setState({ selection: { nodes: [], edges: [] } });
    const { schema } = store.getState();
    const label = (owner === "task" ? schema.tasks : schema.trainers)[kind]?.label ?? kind;
    void kernel.edit([{ op: "choose", owner, kind }], { owner }).then((answer) => {
      if (answer.ok) kernel.notify(`${owner === "task" ? "Task" : "Trainer"}: ${label}`);
    });
  }

  /** Takes what the kernel offers; one undo takes it back. */
  function takeOffer(offer: Offer): void {
    store.setState({ selection: { nodes: [], edges: [] } });
    void kernel.edit([offer.edit]);
  }

  function declineOffer(offer: Offer): void {
    store.setState({ declined: offer.text + offer.label });
  }

  /** Sends a CSV file to the kernel, which reads it and trains on it; or says why not. */
  async function loadFile(file: Pick<File, "name" | "size" | "slice">): Promise<void> {
    if (store.getState().loading !== null) return;
    store.setState((state) => withoutError(state, "task"));
    const refused = refusedFile(file);
    if (refused) {
      refuseFile(refused);
      return;
    }
    store.setState({ loading: { name: file.name, share: 0 } });
    try {
      const pieces = cutFile(file);
      const name = file.name.slice(-LONGEST_FILE_NAME);
      for (const [piece, part] of pieces.entries()) {
        store.setState({ loading: { name: file.name, share: piece + 1 < pieces.length ? piece / pieces.length : null } });
        const buffer = await part.arrayBuffer();
        const answer = await kernel.send({ type: "upload", name, piece, pieces: pieces.length }, [buffer]);
        if (!answer.ok) {
          refuseFile(answer.error?.text ?? "The kernel refused this file.");
          return;
        }
      }
      kernel.notify(`${file.name} loaded`);
    } catch (error) {
      refuseFile(`${file.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      store.setState({ loading: null });
    }
  }

  /** The kernel reads the file again under options of `from_csv`, and trains on it; or says why not. */
  async function readAgain(options: FileRead["options"]): Promise<void> {
    const { file, loading } = store.getState();
    if (file === null || loading !== null) return;
    store.setState((state) => ({ ...withoutError(state, "task"), loading: { name: file.name, share: null } }));
    const answer = await kernel.send({ type: "read", options });
    store.setState({ loading: null });
    if (answer.ok) kernel.notify(`${file.name} read again`);
    else refuseFile(answer.error?.text ?? "The kernel refused this.");
  }

  function refuseFile(text: string): void {
    store.setState((state) => withError(state, "task", text)); // the panel is an alert: it says it itself
  }

  /** Takes the last change back, or does it again; `focus` where the focus is on the canvas, and may go to what comes back. */
  function travel(type: "undo" | "redo", focus = false): void {
    const ticket = kernel.ticket();
    store.setState((state) => {
      const before = state.returning?.before ?? state.document;
      return { overrides: {}, errors: {}, typed: {}, returning: { ticket, before, revision: null, focus } };
    });
    void kernel.send({ type }).then((answer) => {
      kernel.fail(answer, {});
      if (answer.ok) kernel.notify(travelled(type, answer.result));
      const revision = answer.result?.revision;
      store.setState((state) => {
        if (state.returning?.ticket !== ticket) return state;
        if (revision === undefined) return { returning: null };
        return withReturned({ ...state, returning: { ...state.returning, revision } });
      });
    });
  }

  function command(type: "run" | "pause" | "resume" | "stop" | "step" | "reset"): void {
    if (!kernel.transport) return;
    void kernel.transport.send({ type }).then((answer) => kernel.fail(answer, {}));
  }

  function exportCode(): void {
    void kernel.send({ type: "code" }).then((answer) => {
      if (answer.ok) store.setState({ code: { text: answer.result?.code ?? "" } });
      else kernel.fail(answer, {});
    });
  }

  return {
    ...knobActions(kernel),
    ...graphActions(kernel),
    choose,
    takeOffer,
    declineOffer,
    loadFile,
    readAgain,
    command,
    exportCode,
    undo: (focus?: boolean): void => travel("undo", focus),
    redo: (focus?: boolean): void => travel("redo", focus),
    notify: (text: string): void => kernel.notify(text),
    quiet: (): void => kernel.quiet(),
  };
}

/** A new notebook with a live playground, that runs by itself once, in the page that shows it. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { Spec } from "@jupyterlab/services";

const WANTED = "rcwidgets:run"; // what localStorage calls the notebook that is to be run
const PATIENCE = 60_000; // ms until it is no longer run by itself
const CELL = "import rcwidgets as rc\n\nplay = rc.Playground()\nplay";

/** A new notebook's content, for the kernel that runs it. */
function notebook(name: string, spec: Spec | undefined): object {
  const kernelspec = { name, display_name: spec?.display_name ?? name, language: spec?.language ?? "python" };
  const cell = { cell_type: "code", id: "playground", metadata: {}, source: CELL, outputs: [], execution_count: null };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [cell] };
}

/** The kernel that a new notebook has: the server's default where it is of Python, else the first that is. */
function pythonOf(specs: { default: string; kernelspecs: Record<string, Spec | undefined> } | null): string {
  const all = specs?.kernelspecs ?? {};
  const names = [specs?.default ?? "python3", ...Object.keys(all)];
  return names.find((name) => all[name]?.language.toLowerCase() === "python") ?? "python3";
}

/** Makes the notebook in `folder` and opens it, to be run by the page that shows it: this one, or in Notebook 7 a page of its own. */
export async function openPlayground(app: JupyterFrontEnd, folder: string): Promise<unknown> {
  const { contents, kernelspecs } = app.serviceManager;
  await kernelspecs.ready;
  const name = pythonOf(kernelspecs.specs);
  const file = await contents.newUntitled({ path: folder, type: "notebook" });
  const content = notebook(name, kernelspecs.specs?.kernelspecs[name]);
  await contents.save(file.path, { type: "notebook", format: "json", content });
  localStorage.setItem(WANTED, JSON.stringify({ path: file.path, until: Date.now() + PATIENCE }));
  // Without `kernel`, which the notebook names itself: with it, Notebook 7's tree would connect to that kernel too, and close its widgets.
  return app.commands.execute("docmanager:open", { path: file.path, factory: "Notebook" });
}

/** Runs the notebook that is shown if `openPlayground` has just made it, once its kernel is there. */
export async function runWanted(app: JupyterFrontEnd): Promise<void> {
  const { context, sessionContext } = app.shell.currentWidget ?? {};
  const wanted = JSON.parse(localStorage.getItem(WANTED) ?? "null");
  if (!context || !sessionContext || context.path !== wanted?.path || Date.now() > wanted.until) return;
  localStorage.removeItem(WANTED);
  await context.ready;
  await sessionContext.ready;
  await app.commands.execute("notebook:run-all-cells");
}

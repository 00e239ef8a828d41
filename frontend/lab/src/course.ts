/** The notebooks of the course, copied beside the user's own files, never over one of them. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { Contents } from "@jupyterlab/services";

export const FOLDER = "reservoir-computing-course";

/** A JSON file that ships with this extension, under the server's address of all extensions. */
async function shipped(base: string, name: string): Promise<unknown> {
  const answer = await fetch(`${base}/rcwidgets/course/${encodeURIComponent(name)}`);
  if (!answer.ok)
    throw new Error(`The course's file ${name} must come from the server, and it answered ${answer.status}. Install rcwidgets anew.`);
  return answer.json();
}

/** The names in the course's folder below `parent`, which is made where it is not there. */
async function namesIn(contents: Contents, parent: string, path: string): Promise<Set<string>> {
  const above = await contents.get(parent, { content: true });
  if (!above.content.some((entry) => entry.name === FOLDER)) await contents.save(path, { type: "directory" });
  const folder = await contents.get(path, { content: true });
  return new Set(folder.content.map((entry) => entry.name));
}

/** Copies what is missing into the course's folder below `parent` and opens the first notebook; `tell` hears how many were copied. */
export async function openCourse(app: JupyterFrontEnd, base: string, parent: string, tell: (words: string) => void): Promise<unknown> {
  const { contents } = app.serviceManager;
  const path = parent ? `${parent}/${FOLDER}` : FOLDER;
  const names = (await shipped(base, "index.json")) as string[];
  const there = await namesIn(contents, parent, path);
  const missing = names.filter((name) => !there.has(name));
  for (const name of missing) {
    const content = await shipped(base, name);
    await contents.save(`${path}/${name}`, { type: "notebook", format: "json", content });
  }
  const kept = names.length - missing.length;
  const some = missing.length === 1 ? "1 notebook" : `${missing.length} notebooks`;
  tell(`${some} of the course copied to ${path}${kept ? `; ${kept} that were there are left as they are` : ""}.`);
  if (app.commands.hasCommand("filebrowser:go-to-path"))
    await app.commands.execute("filebrowser:go-to-path", { path, dontShowBrowser: true });
  return app.commands.execute("docmanager:open", { path: `${path}/${names[0]}`, factory: "Notebook" });
}

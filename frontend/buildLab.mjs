/**
 * Builds the JupyterLab side into lab/built: the plugin, the project's version, and the notebooks of the course.
 *
 * The builder is called by its path: its command would look for yarn, and `npm run` within an npm script does not find the Node of PyPI.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const project = join(here, "..");
const built = join(here, "lab", "built");
const modules = join(here, "node_modules");

/** The version that stands in the Python package, its only place. */
function versionOf(source) {
  const found = /^__version__ = "([^"]+)"/m.exec(readFileSync(source, "utf8"));
  if (!found) throw new Error(`${source} must have a line __version__ = "...", and has none. Write it.`);
  return found[1];
}

rmSync(built, { recursive: true, force: true });
const builder = join(modules, "@jupyter", "builder", "lib", "build-labextension.js");
const core = join(modules, "@jupyterlab", "core-meta", "core.package.json");
execFileSync(process.execPath, [builder, "--core-package-file", core, "lab"], { cwd: here, stdio: "inherit" });

const about = join(built, "package.json");
const version = versionOf(join(project, "rcwidgets", "core", "version.py"));
writeFileSync(about, `${JSON.stringify({ ...JSON.parse(readFileSync(about, "utf8")), version }, null, 2)}\n`);

const course = join(built, "course");
const notebooks = readdirSync(join(project, "notebooks")).filter((name) => name.endsWith(".ipynb"));
mkdirSync(course);
for (const name of notebooks) copyFileSync(join(project, "notebooks", name), join(course, name));
writeFileSync(join(course, "index.json"), `${JSON.stringify(notebooks.sort())}\n`);

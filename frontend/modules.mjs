/**
 * CSS modules. `.sortKey` of `runs.module.css` is built as `.rcw-runs-sort-key`, and the class that has its file's name, `.runs`, as `.rcw-runs`:
 * a widget's CSS is global in the page, so every name starts with `rcw-`. A script imports the names as `css`, in which esbuild writes each into its place.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { transformSync } from "esbuild";

const KIND = /\.module\.css$/;

/** The text of a module with its names as built, these by the names that they have in it, and which of them are classes. */
export function readModule(path) {
  const file = basename(path).replace(KIND, "");
  const names = {};
  const { code } = transformSync(readFileSync(path, "utf8"), { loader: "local-css", sourcefile: `rcw-${file}.css` });
  const css = code.replace(new RegExp(`\\brcw_${file}_(\\w+)`, "g"), (_, name) => {
    names[name] = `rcw-${(name === file ? name : `${file}-${name}`).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return names[name];
  });
  return { css, names, classes: Object.keys(names).filter((name) => new RegExp(`\\.${names[name]}(?![\\w-])`).test(css)) };
}

/** Ends the build where a script names a class that its module lacks, or no script names one of a module. */
export function checkNames(folder) {
  const paths = readdirSync(folder, { recursive: true }).map((path) => join(folder, path));
  const left = new Map(paths.filter((path) => KIND.test(path)).map((path) => [path, new Set(readModule(path).classes)]));
  const known = new Map([...left].map(([path, names]) => [path, new Set(names)]));
  for (const path of paths.filter((one) => /\.tsx?$/.test(one))) {
    const text = readFileSync(path, "utf8");
    for (const [, alias = "css", file] of text.matchAll(/import \{ css(?: as (\w+))? \} from "(.*?\.module\.css)"/g)) {
      const from = join(dirname(path), file);
      for (const [, name] of text.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, "g"))) {
        if (!known.get(from)?.has(name)) throw new Error(`${path} names ${alias}.${name}, which ${from} has not. Mend the name.`);
        left.get(from).delete(name);
      }
    }
  }
  const unused = [...left].flatMap(([path, names]) => [...names].map((name) => `.${name} of ${path}`));
  if (unused.length > 0)
    throw new Error(`Every class of a CSS module must be used, and these are not: ${unused.join(", ")}. Take them out.`);
}

/** For esbuild. An enum's words are written where they are used, so that a name costs no more than a literal. */
export const cssModules = {
  name: "css-modules",
  setup(build) {
    build.onLoad({ filter: KIND, namespace: "file" }, ({ path }) => {
      const words = Object.entries(readModule(path).names).map(([name, built]) => `${name} = "${built}"`);
      return {
        contents: `import ${JSON.stringify(`built:${path}`)};\nexport enum css { ${words.join(", ")} }`,
        loader: "ts",
        watchFiles: [path],
      };
    });
    build.onResolve({ filter: /^built:/ }, ({ path }) => ({ path: path.slice("built:".length), namespace: "built" }));
    build.onLoad({ filter: /.*/, namespace: "built" }, ({ path }) => ({ contents: readModule(path).css, loader: "css" }));
  },
};

/** For the tests, which see the names alone. */
export const cssNames = {
  name: "css-names",
  enforce: "pre",
  async resolveId(source, importer) {
    const found = KIND.test(source) ? await this.resolve(source, importer, { skipSelf: true }) : null;
    return found && `\0${found.id}.js`;
  },
  load: (id) =>
    id.startsWith("\0") && id.endsWith(".module.css.js") ? `export const css = ${JSON.stringify(readModule(id.slice(1, -3)).names)}` : null,
};

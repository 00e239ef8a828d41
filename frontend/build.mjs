/**
 * Builds the self-contained modules that the Python package ships: `npm run build` (once), `--watch`, or `--dev` (serves the dev page).
 *
 * Each entry becomes one ES module without imports, because the page loads it from a `blob:` address.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { checkNames, cssModules } from "./modules.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "rcwidgets", "static");

/** The entries of the bundles that pyproject.toml says a wheel must have: the one list of them. */
function entriesOf(project) {
  const names = [...readFileSync(project, "utf8").matchAll(/"rcwidgets\/static\/(\w+)\.js"/g)].map(([, name]) => name);
  return names.map((name) => {
    const entry = [`src/${name}.tsx`, `src/${name}.ts`].find((path) => existsSync(join(here, path)));
    if (!entry)
      throw new Error(
        `The bundle ${name}.js of pyproject.toml must have its entry src/${name}.ts or .tsx, and neither is there. Write it.`,
      );
    return entry;
  });
}

/** React Flow's own stylesheet, with every selector moved under `.rcw-root`, because a widget's CSS is global in the page. */
const scoped = {
  name: "scoped-css",
  setup(build) {
    build.onLoad({ filter: /@xyflow[\\/]react[\\/]dist[\\/]base\.css$/ }, ({ path }) => {
      const css = readFileSync(path, "utf8");
      const keyframes = css.match(/@keyframes\s+[\w-]+\s*\{(?:[^{}]*\{[^{}]*\})*\s*\}/g) ?? [];
      const rules = keyframes.reduce((text, block) => text.replace(block, ""), css);
      return { contents: `.rcw-root {\n${rules}\n}\n${keyframes.join("\n")}`, loader: "css" };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "eof",
  logLevel: "info",
  plugins: [scoped, cssModules],
};

const product = { ...common, entryPoints: entriesOf(join(here, "..", "pyproject.toml")), outdir: out, entryNames: "[name]", minify: true };

if (process.argv.includes("--dev")) {
  const context = await esbuild.context({
    ...common,
    entryPoints: ["dev/dev.ts"],
    outdir: join(here, "dev", "built"),
    define: { "process.env.NODE_ENV": '"development"' },
  });
  if (process.argv.includes("--once")) {
    await context.rebuild();
    await context.dispose();
  } else {
    await context.watch();
    const { port } = await context.serve({ servedir: join(here, "dev") });
    console.log(`The dev page: http://localhost:${port}/`);
  }
} else if (process.argv.includes("--watch")) {
  const context = await esbuild.context(product);
  await context.watch();
} else {
  checkNames(join(here, "src"));
  await esbuild.build(product);
}

declare module "*.css";
/** The names of a CSS module's classes as built; a test tells which are not there. */
declare module "*.module.css" {
  // biome-ignore lint/suspicious/noExplicitAny: esbuild writes each name into its place
  export const css: any;
}

declare module "*.css";
/** The names of a CSS module's classes as built; a test tells which are not there. */
declare module "*.module.css" {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  export const css: any;
}

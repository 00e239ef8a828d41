/** What is used of JupyterLab's own packages. The page brings them; their own types would install 283 packages. */
declare module "@jupyterlab/application" {
  import type { ServiceManager } from "@jupyterlab/services";
  export interface JupyterFrontEnd {
    commands: {
      addCommand(id: string, options: object): unknown;
      execute(id: string, args?: object): Promise<unknown>;
      hasCommand(id: string): boolean;
    };
    serviceManager: ServiceManager;
    shell: { currentWidget?: Panel | null; currentChanged?: { connect(slot: () => void): void } };
    resolveOptionalService<T>(token: Token<T>): Promise<T | null>;
  }
  /** A document's panel; only one with a kernel has a session. */
  export interface Panel {
    context?: { path: string; ready: Promise<void> };
    sessionContext?: { ready: Promise<void> };
  }
  export interface JupyterFrontEndPlugin<T> {
    id: string;
    description: string;
    autoStart: boolean;
    activate(app: JupyterFrontEnd): Promise<T>;
  }
  export interface Token<T> {
    name: string;
    _type?: T;
  }
}
declare module "@jupyterlab/services" {
  export interface Spec {
    display_name: string;
    language: string;
  }
  export interface Contents {
    newUntitled(options: object): Promise<{ path: string }>;
    get(path: string, options: object): Promise<{ path: string; content: { name: string; path: string }[] }>;
    save(path: string, options: object): Promise<unknown>;
  }
  export interface ServiceManager {
    contents: Contents;
    kernelspecs: { ready: Promise<void>; specs: { default: string; kernelspecs: Record<string, Spec | undefined> } | null };
    serverSettings: { baseUrl: string };
  }
}
declare module "@jupyterlab/coreutils" {
  export const PageConfig: { getOption(name: string): string };
  export const URLExt: { join(...parts: string[]): string };
}
declare module "@jupyterlab/mainmenu" {
  import type { Token } from "@jupyterlab/application";
  export const IMainMenu: Token<{ fileMenu: { newMenu: { addItem(item: object): unknown } } }>;
}
declare module "@jupyterlab/launcher" {
  import type { Token } from "@jupyterlab/application";
  export const ILauncher: Token<{ add(item: object): unknown }>;
}
declare module "@jupyterlab/apputils" {
  import type { Token } from "@jupyterlab/application";
  export const ICommandPalette: Token<{ addItem(item: object): unknown }>;
}
declare module "@jupyterlab/filebrowser" {
  import type { Token } from "@jupyterlab/application";
  export const IDefaultFileBrowser: Token<{ model: { path: string } }>;
}
declare module "@jupyterlab/ui-components" {
  export class LabIcon {
    constructor(options: { name: string; svgstr: string });
  }
}

/** The JupyterLab side: a Launcher card, palette and menu that open a new playground, and a command that brings the course. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { openCourse } from "./course";
import { openPlayground, runWanted } from "./playground";

/** The words of a command: a Launcher card gives the folder; the palette wants a verb. */
interface Args {
  cwd?: string;
  isPalette?: boolean;
}

const PLAYGROUND = "rcwidgets:new-playground";
const COURSE = "rcwidgets:open-course";
const GROUP = "Reservoir computing"; // in the palette
const BLUE = 'fill="none" stroke="#0072b2" stroke-width="2"';
const DRAWN = '<circle cx="12" cy="12" r="6"/><path d="M1 12h5M18 12h5M9 10l6 4M9 14l6-4"/>';
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" ${BLUE}>${DRAWN}</g></svg>`;

/** Says something in the page's corner, where the page has one. */
async function notify(app: JupyterFrontEnd, message: string, type: "info" | "error"): Promise<void> {
  const options = { autoClose: type === "error" ? false : 6000 };
  if (app.commands.hasCommand("apputils:notify")) await app.commands.execute("apputils:notify", { message, type, options });
  else if (type === "error") console.error(message);
}

/** What a command does, so that a failure is said where the user looks. */
async function told(app: JupyterFrontEnd, act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    await notify(app, error instanceof Error ? error.message : String(error), "error");
    return undefined;
  }
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: "rcwidgets:launcher",
  description: "Opens a new notebook with a live playground, or the course.",
  autoStart: true,
  activate: async (app) => {
    // Imported here, not above: a page without a launcher (Voila, Notebook 7) has no such module, and a static import would fail the plugin.
    const absent = () => null;
    const [launching, palettes, browsing, menus, parts, utilities] = await Promise.all([
      import("@jupyterlab/launcher").catch(absent),
      import("@jupyterlab/apputils").catch(absent),
      import("@jupyterlab/filebrowser").catch(absent),
      import("@jupyterlab/mainmenu").catch(absent),
      import("@jupyterlab/ui-components").catch(absent),
      import("@jupyterlab/coreutils").catch(absent),
    ]);
    const launcher = launching && (await app.resolveOptionalService(launching.ILauncher));
    const palette = palettes && (await app.resolveOptionalService(palettes.ICommandPalette));
    const browser = browsing && (await app.resolveOptionalService(browsing.IDefaultFileBrowser));
    const menu = menus && (await app.resolveOptionalService(menus.IMainMenu));
    const icon = parts ? new parts.LabIcon({ name: "rcwidgets:playground", svgstr: ICON }) : undefined;
    const folder = (words: Args) => words.cwd ?? browser?.model.path ?? "";

    app.commands.addCommand(PLAYGROUND, {
      label: (words: Args) => (words.isPalette ? "New reservoir playground" : "Reservoir playground"),
      caption: "A new notebook with a reservoir network to draw, tweak and train",
      icon,
      execute: (words: Args) => told(app, () => openPlayground(app, folder(words))),
    });
    // In the group "Notebook" a card draws its `kernelIconUrl` and never the command's icon.
    launcher?.add({ command: PLAYGROUND, category: "Notebook", rank: 10, kernelIconUrl: `data:image/svg+xml,${encodeURIComponent(ICON)}` });
    palette?.addItem({ command: PLAYGROUND, category: GROUP, args: { isPalette: true } });
    menu?.fileMenu.newMenu.addItem({ command: PLAYGROUND, rank: 30 });

    const address = utilities?.PageConfig.getOption("fullLabextensionsUrl");
    if (address) {
      app.commands.addCommand(COURSE, {
        label: "Open the reservoir computing course",
        caption: "Copies the course's notebooks into this folder, never over a file, and opens the first",
        icon,
        execute: (words: Args) => told(app, () => openCourse(app, address, folder(words), (said) => void notify(app, said, "info"))),
      });
      palette?.addItem({ command: COURSE, category: GROUP });
    }
    app.shell.currentChanged?.connect(() => void runWanted(app));
    void runWanted(app);
  },
};

export default plugin;

/**
 * Whether the Jupyter server is reached. What is sent and not answered waits for the running cell, or nobody hears it: that is told apart by
 * asking the server itself. While it is not reached it is asked again, and the connection to the kernel is made anew when it answers.
 */
import type { AnyModel } from "@anywidget/types";

/** A server that says nothing for so long (in ms) is not reached. */
export const SILENCE = 2500;
/** The time from one question to the next while it is not reached, in ms. */
export const AGAIN = 2000;

interface Signal {
  connect: (slot: (sender: unknown, value: unknown) => void) => unknown;
}

/** What the page's own connection to the kernel tells: that of JupyterLab, Notebook 7 and Voila, or that of nbclassic. */
interface Connection {
  id?: string;
  connectionStatus?: string;
  connectionStatusChanged?: Signal;
  is_connected?: () => boolean;
  reconnect?: () => unknown;
  serverSettings?: { baseUrl: string; token?: string };
}

interface Manager {
  kernel?: Connection | null;
  comm_manager?: { kernel?: Connection | null };
}

export type Standing = "reached" | "unreached" | "gone";

export class Reach {
  standing: Standing = "reached";
  private readonly listeners = new Set<(standing: Standing) => void>();
  private asking: Promise<Standing> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Whether the last answer came while the page was connecting by itself, as it does after each restart of the kernel: that is let be. */
  private connecting = false;

  constructor(private readonly connection: Connection | null) {
    if (!connection) return;
    const doubt = (): void => void this.look();
    connection.connectionStatusChanged?.connect((_, status) => {
      if (status !== "connected" || this.standing !== "reached") doubt();
    });
    window.addEventListener("offline", doubt);
    window.addEventListener("online", doubt);
  }

  /** Whether there is a server to ask: elsewhere it counts as reached. */
  get known(): boolean {
    return this.address !== null;
  }

  /** Calls back after each change; the returned function stops it. */
  watch(onChange: (standing: Standing) => void): () => void {
    this.listeners.add(onChange);
    return () => this.listeners.delete(onChange);
  }

  /** Asks the server, unless it is being asked. */
  look(): Promise<Standing> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private get address(): string | null {
    const { connection } = this;
    const base = connection?.serverSettings?.baseUrl ?? document.body.dataset["baseUrl"];
    return connection?.id && base ? new URL(`${base}api/kernels/${connection.id}`, location.href).href : null;
  }

  private get connected(): boolean {
    const { connection } = this;
    if (connection?.is_connected) return connection.is_connected();
    return (connection?.connectionStatus ?? "connected") === "connected";
  }

  private async ask(): Promise<Standing> {
    const { address, connection } = this;
    if (address === null) return this.standing;
    const answer = await answerOf(address, connection?.serverSettings?.token);
    const apart = answer === "reached" && !this.connected;
    const letBe = apart && !this.connecting && connection?.connectionStatus === "connecting";
    this.connecting = letBe;
    const found = letBe ? this.standing : apart ? "unreached" : answer;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = letBe || found === "unreached" ? setTimeout(() => void this.look(), AGAIN) : null;
    // The page's own attempts become rare, and end, so the next one is made when the server answers and it has not connected meanwhile.
    if (apart && !letBe) Promise.resolve(connection?.reconnect?.()).catch(() => undefined);
    if (found !== this.standing) {
      this.standing = found;
      for (const listener of [...this.listeners]) listener(found);
    }
    return found;
  }
}

/** What the server says of the kernel. A hub or a proxy answers for a server that is not there, by 424 or from 500 on. */
async function answerOf(address: string, token = ""): Promise<Standing> {
  try {
    const headers: Record<string, string> = token ? { Authorization: `token ${token}` } : {};
    const { status } = await fetch(address, { headers, cache: "no-store", signal: AbortSignal.timeout(SILENCE) });
    if (status === 404) return "gone";
    return status === 424 || status >= 500 ? "unreached" : "reached";
  } catch {
    return "unreached";
  }
}

const NOWHERE = new Reach(null);
const known = new WeakMap<Connection, Reach>();

/** The reach of the server behind a model, one for all models of a kernel. */
export function reachOf(model: AnyModel): Reach {
  const manager = model.widget_manager as unknown as Manager | undefined;
  const connection = manager?.kernel ?? manager?.comm_manager?.kernel;
  if (!connection) return NOWHERE;
  const reach = known.get(connection) ?? new Reach(connection);
  known.set(connection, reach);
  return reach;
}

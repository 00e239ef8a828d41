import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../dev/kernel";
import { AGAIN, reachOf, SILENCE } from "../src/wire/reach";
import { PATIENCE, Requests, RETURN, UNREACHED, WAITING } from "../src/wire/requests";

/** A connection to a kernel as JupyterLab has it, and a server that answers with a status, or not at all. */
function makeServer() {
  const slots: ((sender: unknown, value: unknown) => void)[] = [];
  const connection = {
    id: "k1",
    connectionStatus: "connected",
    connectionStatusChanged: { connect: (slot: (typeof slots)[number]) => slots.push(slot) },
    reconnect: vi.fn(async () => undefined),
    serverSettings: { baseUrl: "http://there/base/", token: "secret" },
  };
  const server = { status: 200 as number | null };
  const fetch = vi.fn((_address: string, { signal }: RequestInit) => {
    if (server.status !== null) return Promise.resolve({ status: server.status } as Response);
    return new Promise<Response>((_, refuse) => signal?.addEventListener("abort", () => refuse(new Error("timeout"))));
  });
  vi.stubGlobal("fetch", fetch);
  const model = new FakeModel({});
  Object.assign(model, { widget_manager: { kernel: connection } });
  const tell = (status: string): void => {
    connection.connectionStatus = status;
    for (const slot of slots) slot(connection, status);
  };
  return { server, connection, model, fetch, tell, reach: reachOf(model as unknown as AnyModel) };
}

const pass = (time: number): Promise<unknown> => vi.advanceTimersByTimeAsync(time);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(AbortSignal, "timeout").mockImplementation((time) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), time);
    return controller.signal;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("Reach", () => {
  it("asks the server for this kernel, under its own address and with its token", async () => {
    const { reach, fetch } = makeServer();
    expect(await reach.look()).toBe("reached");
    expect(fetch.mock.calls[0]?.[0]).toBe("http://there/base/api/kernels/k1");
    expect(fetch.mock.calls[0]?.[1].headers).toEqual({ Authorization: "token secret" });
  });

  it.each([
    [200, "reached"],
    [403, "reached"],
    [404, "gone"],
    [424, "unreached"],
    [503, "unreached"],
  ])("takes a status of %i for %s", async (status, standing) => {
    const { reach, server } = makeServer();
    server.status = status;
    expect(await reach.look()).toBe(standing);
  });

  it("takes silence for a server that is not reached, and asks until it answers", async () => {
    const { reach, server, tell, connection } = makeServer();
    const heard: string[] = [];
    reach.watch((standing) => heard.push(standing));
    server.status = null;
    tell("connecting");
    await pass(SILENCE);
    expect(heard).toEqual(["unreached"]);
    server.status = 200;
    await pass(AGAIN); // the page may be about to connect by itself
    expect(connection.reconnect).not.toHaveBeenCalled();
    await pass(AGAIN);
    expect(connection.reconnect).toHaveBeenCalledOnce(); // it answers: the connection is made anew, whatever the page's own pause
    expect(heard).toEqual(["unreached"]);
    tell("connected");
    await pass(0);
    expect(heard).toEqual(["unreached", "reached"]);
    await pass(10 * AGAIN);
    expect(connection.reconnect).toHaveBeenCalledOnce();
  });

  it("lets a page alone that connects by itself, as after a restart of the kernel", async () => {
    const { reach, tell, connection } = makeServer();
    tell("connecting");
    await pass(AGAIN / 2);
    tell("connected");
    await pass(10 * AGAIN);
    expect([reach.standing, connection.reconnect.mock.calls.length]).toEqual(["reached", 0]);
  });

  it("connects at once where the page has given up", async () => {
    const { reach, tell, connection } = makeServer();
    tell("disconnected");
    await pass(0);
    expect([reach.standing, connection.reconnect.mock.calls.length]).toEqual(["unreached", 1]);
  });

  it("is reached where there is no server to ask", () => {
    const reach = reachOf(new FakeModel({}) as unknown as AnyModel);
    expect([reach.known, reach.standing]).toEqual([false, "reached"]);
  });
});

describe("Requests to a server that may be gone", () => {
  it("wait for the running cell where the server answers", async () => {
    const { model } = makeServer();
    const said: string[] = [];
    void new Requests(model as unknown as AnyModel, (words) => said.push(words)).send({ type: "undo" });
    await pass(PATIENCE);
    expect(said).toEqual([WAITING]);
  });

  it("say that the server is not reached, and are given up when it is back and nothing came", async () => {
    const { model, server } = makeServer();
    server.status = null;
    const said: string[] = [];
    const answer = new Requests(model as unknown as AnyModel, (words) => said.push(words)).send({ type: "undo" });
    await pass(PATIENCE + SILENCE);
    expect(said).toEqual([UNREACHED]);
    server.status = 200;
    await pass(AGAIN);
    expect(said).toEqual([UNREACHED, WAITING]);
    await pass(RETURN);
    expect(await answer).toMatchObject({ ok: false, error: { text: "The server was not reached when this was sent. Do it again." } });
    expect(said.at(-1)).toBe("");
  });

  it("are answered as ever where their answer comes when the server is back", async () => {
    const { model, server } = makeServer();
    server.status = null;
    const answer = new Requests(model as unknown as AnyModel).send({ type: "undo" });
    await pass(PATIENCE + SILENCE);
    server.status = 200;
    await pass(AGAIN);
    model.answer({ id: model.sent[0]?.["id"], ok: true });
    expect(await answer).toMatchObject({ ok: true });
  });

  it("are refused where the server knows the kernel no more", async () => {
    const { model, server } = makeServer();
    server.status = 404;
    const onGone = vi.fn();
    const answer = new Requests(model as unknown as AnyModel, undefined, onGone).send({ type: "undo" });
    await pass(PATIENCE);
    expect(await answer).toMatchObject({ ok: false, error: { text: "The kernel is gone: run the cell again." } });
    expect(onGone).toHaveBeenCalledOnce();
  });
});

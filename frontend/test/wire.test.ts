import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../dev/kernel";
import { BURST, Gesture } from "../src/wire/gestures";
import { modelId } from "../src/wire/models";
import { PATIENCE, Requests, WAITING } from "../src/wire/requests";
import { answerFrames } from "../src/wire/frames";
import { throttleLast } from "../src/wire/throttle";

/** What JupyterLab's comm does once its kernel has been shut down or restarted. */
const gone = (): never => {
  vi.spyOn(console, "warn").mockImplementationOnce(() => undefined);
  throw new Error("Cannot send");
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("throttleLast", () => {
  it("sends the first at once, at most one an interval, and always the last", () => {
    const sent: number[] = [];
    const send = throttleLast<number>((value) => sent.push(value), 33);
    for (let value = 0; value < 100; value += 1) {
      send(value);
      vi.advanceTimersByTime(5);
    }
    expect(sent[0]).toBe(0);
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.length).toBeLessThanOrEqual(17);
    vi.advanceTimersByTime(100);
    expect(sent.at(-1)).toBe(99);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it("flushes what it holds, once", () => {
    const sent: number[] = [];
    const send = throttleLast<number>((value) => sent.push(value), 33);
    send(1);
    send(2);
    send.flush();
    expect(sent).toEqual([1, 2]);
    vi.advanceTimersByTime(200);
    expect(sent).toEqual([1, 2]);
  });
});

describe("Gesture", () => {
  it("is one from press to release, however long it lasts", () => {
    let time = 0;
    const gesture = new Gesture(() => time);
    gesture.press();
    const first = gesture.current();
    time = 60_000;
    expect(gesture.current()).toBe(first);
    gesture.release();
    expect(gesture.current()).not.toBe(first);
  });

  it("joins keys within the burst, and parts them after it", () => {
    let time = 0;
    const gesture = new Gesture(() => time);
    const first = gesture.current();
    time += BURST;
    expect(gesture.current()).toBe(first);
    time += BURST + 1;
    expect(gesture.current()).not.toBe(first);
  });
});

describe("Requests", () => {
  const make = () => {
    const model = new FakeModel({});
    const waiting: string[] = [];
    const onGone = vi.fn();
    const requests = new Requests<{ type: string }>(model as unknown as AnyModel, (state) => waiting.push(state), onGone);
    return { model, waiting, requests, onGone };
  };

  it("matches answers to requests, and ignores those of other views", async () => {
    const { model, requests } = make();
    const first = requests.send({ type: "undo" });
    const second = requests.send({ type: "redo" });
    model.answer({ id: -1, ok: false });
    model.answer({ id: model.sent[1]?.["id"], ok: false, error: { text: "no" } });
    model.answer({ id: model.sent[0]?.["id"], ok: true });
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toMatchObject({ ok: false, error: { text: "no" } });
  });

  it("says that it waits after a while without an answer, and takes it back", () => {
    const { model, waiting, requests } = make();
    void requests.send({ type: "run" });
    vi.advanceTimersByTime(PATIENCE - 1);
    expect(waiting).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(waiting).toEqual([WAITING]);
    model.answer({ id: model.sent[0]?.["id"], ok: true });
    expect(waiting).toEqual([WAITING, ""]);
  });

  it("answers for a kernel that is gone, whose comm throws", async () => {
    const { model, waiting, requests, onGone } = make();
    model.send = gone;
    expect(await requests.send({ type: "run" })).toMatchObject({ ok: false, error: { text: expect.stringContaining("is gone") } });
    expect(onGone).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(2 * PATIENCE);
    expect(waiting).toEqual([]);
  });

  it("leaves no listener behind", () => {
    const { model, requests } = make();
    requests.dispose();
    expect(model.listenerCount).toBe(0);
  });
});

it("modelId reads both kinds of references", () => {
  expect(modelId("anywidget:abc")).toBe("abc");
  expect(modelId("IPY_MODEL_abc")).toBe("abc");
  expect(modelId(null)).toBeNull();
});

describe("answerFrames", () => {
  const models = (): [FakeModel, FakeModel] => [new FakeModel({ frame: 0 }), new FakeModel({})];
  const of = (model: FakeModel): AnyModel => model as unknown as AnyModel;

  it("answers a frame once it is on the screen, and the newest of those that came meanwhile", () => {
    const [status, transport] = models();
    answerFrames(of(status), of(transport));
    status.push({ frame: 1 });
    expect(transport.sent).toEqual([]);
    vi.advanceTimersByTime(20);
    status.push({ frame: 2 });
    status.push({ frame: 3 });
    vi.advanceTimersByTime(20);
    expect(transport.sent).toEqual([{ type: "drawn", frame: 1 }]);
    vi.advanceTimersByTime(100);
    expect(transport.sent).toEqual([
      { type: "drawn", frame: 1 },
      { type: "drawn", frame: 3 },
    ]);
  });

  it("does not stumble over a kernel that is gone", () => {
    const [status, transport] = models();
    answerFrames(of(status), of(transport));
    status.push({ frame: 1 });
    transport.send = gone;
    expect(() => vi.advanceTimersByTime(100)).not.toThrow();
  });

  it("says nothing once it is stopped", () => {
    const [status, transport] = models();
    const stop = answerFrames(of(status), of(transport));
    status.push({ frame: 1 });
    stop();
    status.push({ frame: 2 });
    vi.advanceTimersByTime(100);
    expect(transport.sent).toEqual([]);
    expect(status.listenerCount).toBe(0);
  });
});

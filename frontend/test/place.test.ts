import { describe, expect, it } from "vitest";
import { exampleDocument } from "../dev/kernel";
import { placeAfter, type Places, type Size } from "../src/model/layout";

const SIZE: Size = { width: 184, height: 160 };
const FLOW = { source: false, anchorIsSource: false };
const LINE: Places = { i: [0, 0], r: [232, 0], o: [464, 0] };

/** The places after it, and whether no card covers another. */
function placed(places: Places, anchor: string, flow = FLOW) {
  const document = exampleDocument();
  const { position, moved } = placeAfter(document, { places, sizeOf: () => SIZE }, anchor, SIZE, flow);
  const after: Places = { ...places, ...moved, n: position };
  const cards = Object.values(after);
  const apart = cards.every(([x, y], index) =>
    cards.every(([u, v], other) => other <= index || Math.abs(x - u) >= SIZE.width || Math.abs(y - v) >= SIZE.height),
  );
  return { position, moved, after, apart };
}

const rightOf = (after: Places, left: string, right: string): boolean => (after[left]?.[0] ?? 0) + SIZE.width <= (after[right]?.[0] ?? 0);

describe("a node that is added after another", () => {
  it("comes right of it, in line, where nothing follows", () => {
    const { position, moved, apart } = placed(LINE, "o");
    expect(position).toEqual([464 + 184 + 48, 0]);
    expect(moved).toEqual({});
    expect(apart).toBe(true);
  });

  it("comes between it and what follows, which makes room: no wire would run backwards", () => {
    const { after, moved, apart } = placed(LINE, "r");
    expect(Object.keys(moved)).toEqual(["o"]);
    expect(rightOf(after, "r", "n") && rightOf(after, "n", "o") && rightOf(after, "r", "o")).toBe(true);
    expect(after["n"]?.[1]).toBeGreaterThanOrEqual(SIZE.height); // the wire from r to o stays free
    expect(apart).toBe(true);
  });

  it("moves nothing where there is room enough, nor where what follows stands left already", () => {
    expect(placed({ ...LINE, o: [800, 0] }, "r").moved).toEqual({});
    expect(placed({ ...LINE, o: [-300, 0] }, "r").moved).toEqual({});
  });

  it("covers no other card", () => {
    const { position, apart } = placed({ i: [696, 20], r: [696, 230], o: [464, 0] }, "o");
    expect(position[0]).toBe(696);
    expect(apart).toBe(true);
  });

  it("is put before it where it is a source, and under it where that is one too", () => {
    const before = placed(LINE, "r", { source: true, anchorIsSource: false });
    expect(rightOf(before.after, "n", "r")).toBe(true);
    expect(before.apart).toBe(true);
    const under = placed(LINE, "i", { source: true, anchorIsSource: true });
    expect(under.position[0]).toBe(0);
    expect(rightOf(under.after, "n", "r")).toBe(true);
    expect(under.apart).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { exampleDocument } from "../dev/kernel";
import { schema } from "../dev/schema";
import type { Document } from "../src/generated";
import { copyNodes, pasteEdit } from "../src/model/clipboard";
import { freshName, isFeedback, topological } from "../src/model/graph";
import { freePlace, laidOut } from "../src/model/layout";
import { wireBetween } from "../src/model/refusal";

const wire = (document: Document, source: string, target: string) => wireBetween(schema, document, source, target);

describe("a wire", () => {
  const document = exampleDocument();

  it("to a node upstream or to itself is feedback", () => {
    expect(isFeedback(document, "o", "r")).toBe(true);
    expect(isFeedback(document, "r", "r")).toBe(true);
    expect(isFeedback(document, "i", "o")).toBe(false);
  });

  it("is refused in the schema's words, with the names in them", () => {
    expect(wire(document, "o", "i").refusal).toBe("'input' takes no feedback. Feedback goes to a reservoir or a recurrent node.");
    expect(wire(document, "i", "r").refusal).toBe("'input' is wired to 'reservoir' already.");
    const other = { ...document, nodes: [...document.nodes, { id: "i2", name: "input_2", kind: "Input", knobs: {}, position: null }] };
    expect(wire(other, "r", "i2").refusal).toBe("'input_2' gives the data and takes no input.");
    const full = { ...schema, limits: { nodes: 200, edges: 2 } };
    expect(wireBetween(full, document, "i", "o").refusal).toBe("A graph holds at most 500 wires.");
  });

  it("that can be made has no refusal", () => {
    expect(wire(document, "i", "o")).toEqual({ source: "i", target: "o", feedback: false, refusal: null });
    expect(wire(document, "o", "r")).toEqual({ source: "o", target: "r", feedback: true, refusal: null });
  });
});

describe("order and names", () => {
  it("goes from inputs to readouts, whatever the document's order", () => {
    const document = exampleDocument();
    document.nodes.reverse();
    expect(topological(document).map((node) => node.name)).toEqual(["input", "reservoir", "readout"]);
  });

  it("counts up to a free name", () => {
    expect(freshName(new Set(["reservoir", "reservoir_2"]), "reservoir_2")).toBe("reservoir_3");
    expect(freshName(new Set(), "reservoir")).toBe("reservoir");
  });
});

describe("places", () => {
  const size = { width: 184, height: 120 };

  it("run from left to right without touching, feedback or not", () => {
    const document = exampleDocument();
    document.edges.push({ source: "o", target: "r", feedback: true });
    const places = laidOut(document, () => size);
    expect(places["r"]?.[0]).toBeGreaterThanOrEqual((places["i"]?.[0] ?? 0) + size.width);
    expect(places["o"]?.[0]).toBeGreaterThanOrEqual((places["r"]?.[0] ?? 0) + size.width);
  });

  it("leave no wire behind a card that it passes", () => {
    const document = exampleDocument();
    document.edges.push({ source: "i", target: "o", feedback: false });
    const places = laidOut(document, () => size);
    const [top, wire] = [places["r"]?.[1] ?? 0, [places["i"], places["o"]].map((place) => (place?.[1] ?? 0) + size.height / 2)];
    const clear = (y: number) => y <= top - 10 || y >= top + size.height + 10;
    expect([...wire, ((wire[0] ?? 0) + (wire[1] ?? 0)) / 2].map(clear)).toEqual([true, true, true]);
  });

  it("for one more node cover none of the others", () => {
    const taken = [{ x: 200, y: 80, ...size }];
    const [x, y] = freePlace({ x: 0, y: 0, width: 640, height: 330 }, taken, size);
    const apart = x + size.width <= 200 || x >= 384 || y + size.height <= 80 || y >= 200;
    expect(apart).toBe(true);
    expect(freePlace({ x: 0, y: 0, width: 100, height: 100 }, taken, size)[0]).toBeGreaterThan(384);
    // Where the visible part is full, it comes under the middle of it, and the view need not leave what is there.
    const full = [0, 228, 456].map((x) => ({ x, y: 80, width: 184, height: 170 }));
    const below = freePlace({ x: 0, y: 0, width: 640, height: 330 }, full, size);
    expect([Math.abs(below[0] - 228) <= 10, below[1] >= 250 + 16 && below[1] <= 250 + 36]).toEqual([true, true]);
  });
});

it("what is pasted has fresh ids, fresh names, a new place, and the wires among the copied", () => {
  const document = exampleDocument();
  expect(copyNodes(document, ["r", "o"], { r: [10, 20], o: [300, 20] })).toBe(2);
  const edit = pasteEdit(document);
  expect(edit?.nodes.map((node) => node.name)).toEqual(["reservoir_2", "readout_2"]);
  expect(edit?.nodes.map((node) => node.position)).toEqual([
    [42, 52],
    [332, 52],
  ]);
  expect(Object.entries(edit?.like ?? {})).toEqual([
    [edit?.nodes[0]?.id, "r"],
    [edit?.nodes[1]?.id, "o"],
  ]);
  expect(edit?.edges).toEqual([{ source: edit?.nodes[0]?.id, target: edit?.nodes[1]?.id, feedback: false }]);
  expect(edit?.nodes.every((node) => /^[A-Za-z0-9_-]{1,64}$/.test(node.id) && !["r", "o"].includes(node.id))).toBe(true);
});

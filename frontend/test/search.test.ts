import { describe, expect, it } from "vitest";
import { schema } from "../dev/schema";
import { aliasFound, searched } from "../src/model/search";

const kinds = Object.values(schema.nodes);
const found = (typed: string): string[] => searched(kinds, typed).map((kind) => kind.kind);

describe("the search for a node", () => {
  it.each([
    ["linear", "LinearReadout"],
    ["readout", "LinearReadout"],
    ["delay", "Delay"],
    ["Delay", "Delay"],
    ["rnn", "VanillaRNN"],
    ["esn", "Reservoir"],
    ["echo", "Reservoir"],
    ["feedback", "Reservoir"],
    ["ridge", "LinearReadout"],
    ["output", "LinearReadout"],
    [" inp ", "Input"],
  ])("puts a name before an alias and both before a text: %s", (typed, kind) => {
    expect(found(typed)[0]).toBe(kind);
  });

  it("finds texts too, after the names", () => {
    expect(found("linear")).toEqual(["LinearReadout", "NVAR", "Dense"]);
  });

  it("wants every word, and shows all kinds in their order where nothing is typed", () => {
    expect(found("linear gradients")).toEqual(["Dense"]);
    expect(found("no such node")).toEqual([]);
    expect(found(" ")).toEqual(kinds.map((kind) => kind.kind));
  });

  it("says the alias where the name does not say why", () => {
    const kind = (name: string) => kinds.find((one) => one.kind === name) as (typeof kinds)[number];
    expect(aliasFound(kind("LinearReadout"), "rid")).toBe("ridge");
    expect(aliasFound(kind("Reservoir"), "state")).toBe("echo state network");
    expect(aliasFound(kind("Reservoir"), "res")).toBeNull();
    expect(aliasFound(kind("Reservoir"), "")).toBeNull();
  });
});

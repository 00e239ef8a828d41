import { expect, it } from "vitest";
import { leaveOut } from "../src/unsaved";

const refer = (...ids: string[]) => ({ state: { children: ids.map((id) => `IPY_MODEL_${id}`) } });
const models = () => ({
  box: refer("app", "layout"),
  app: refer("status"),
  status: refer("box"),
  layout: {},
  mine: refer("style"),
  style: {},
});
const manager = () => ({
  asked: [] as unknown[],
  get_state_sync(options?: unknown) {
    this.asked.push(options);
    return { version_major: 2, state: models() as Record<string, unknown> };
  },
  async get_state(options?: unknown) {
    return this.get_state_sync(options);
  },
});

it("leaves a box with all that it refers to out of what a manager gives out, and no other model", async () => {
  const one = manager();
  leaveOut(one, ["box"]);
  expect(one.get_state_sync({ drop_defaults: true })).toEqual({ version_major: 2, state: { mine: refer("style"), style: {} } });
  expect(one.asked).toEqual([{ drop_defaults: true }]);
  expect(Object.keys((await one.get_state()).state)).toEqual(["mine", "style"]);
});

it("takes several boxes, and ones that are closed meanwhile", () => {
  const one = manager();
  for (const ids of [["gone"], ["mine"], ["mine"]]) leaveOut(one, ids);
  expect(Object.keys(one.get_state_sync().state)).toEqual(["box", "app", "status", "layout"]);
});

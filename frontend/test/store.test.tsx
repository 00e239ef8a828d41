/** Components render for their own part of the state, and for nothing else. */
import { act, render } from "@testing-library/react";
import { expect, it } from "vitest";
import { createStore } from "zustand/vanilla";
import type { Actions } from "../src/state/actions";
import { AppContext, useSelect } from "../src/state/context";
import { initialState } from "../src/state/state";

it("a component renders again only where a part that it selects is another one", () => {
  const store = createStore(initialState);
  const renders: string[] = [];
  function Part() {
    const { height, nodes } = useSelect((state) => ({ height: state.height, nodes: state.selection.nodes }));
    renders.push(`${height} ${nodes.join()}`);
    return null;
  }
  render(
    <AppContext value={{ store, actions: {} as Actions, id: "one" }}>
      <Part />
    </AppContext>,
  );
  act(() => store.setState({ notice: "trained in 62 ms" }));
  act(() => store.setState((state) => ({ selection: { ...state.selection, edges: ["a>b"] } })));
  act(() => store.setState((state) => state));
  expect(renders).toEqual(["330 "]);
  act(() => store.setState({ height: 400 }));
  act(() => store.setState({ selection: { nodes: ["a"], edges: [] } }));
  expect(renders).toEqual(["330 ", "400 ", "400 a"]);
});

/** The dev page: the app on an in-memory kernel. `?width=1000&dark&view=editor&case=feedback` chooses what is shown. */
import type { RenderProps } from "@anywidget/types";
import app from "../src/app";
import footer from "../src/footer";
import { exampleDocument, FakeKernel } from "./kernel";

const query = new URLSearchParams(location.search);
document.body.dataset["jpThemeLight"] = query.has("dark") ? "false" : "true";

function exampleFor(name: string | null) {
  const example = exampleDocument();
  if (name === "empty") return { ...example, nodes: [], edges: [] };
  if (name === "feedback") example.edges.push({ source: "o", target: "r", feedback: true }, { source: "r", target: "r", feedback: true });
  if (name === "many") {
    const reservoir = example.nodes[1];
    if (reservoir)
      example.nodes.push(
        { ...reservoir, id: "r2", name: "reservoir_2" },
        { id: "d", kind: "GRU", name: "gru", knobs: { units: 32, seed: null }, position: null },
      );
    example.edges.push({ source: "i", target: "r2", feedback: false }, { source: "r2", target: "o", feedback: false });
  }
  return example;
}

const kernel = new FakeKernel(exampleFor(query.get("case")), query.get("view") === "editor" ? "editor" : "playground");
Object.assign(window, { kernel });

async function show(): Promise<void> {
  const frame = document.createElement("div");
  frame.className = "rcw-playground";
  frame.style.width = `${query.get("width") ?? 1000}px`;
  const place = document.createElement("div");
  const bar = document.createElement("div");
  frame.append(place, bar);
  document.body.append(frame);
  const props = { model: kernel.model, el: place, host: kernel.host, facts: kernel.app.state["schema"] };
  await app.render(props as unknown as Parameters<typeof app.render>[0]);
  footer.render({ model: kernel.status as unknown as RenderProps["model"], el: bar });
}

void show();
if (query.has("two")) void show();

import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { features } from "../canvas/flow";
import { FamilyMark, Icon } from "../controls/Icon";
import type { Document } from "../generated";
import { nameOf, topological } from "../model/graph";
import { useApp, useSelect } from "../state/context";
import { css } from "./outline.module.css";

interface Branch {
  id: string;
  name: string;
  kind: string;
  inputs: string[];
}

function branchesOf(document: Document): Branch[] {
  return topological(document).map((node) => ({
    id: node.id,
    name: node.name,
    kind: node.kind,
    inputs: document.edges
      .filter((edge) => edge.target === node.id)
      .map((edge) =>
        edge.feedback ? `feedback from ${nameOf(document, edge.source)}, 1 step late` : `from ${nameOf(document, edge.source)}`,
      ),
  }));
}

/** The graph as text, from inputs to readouts: each node, and under it what it reads. */
export function Outline() {
  const { store } = useApp();
  const { document, schema, status, selected } = useSelect((state) => ({
    document: state.document,
    schema: state.schema,
    status: state.status.nodes,
    selected: state.selection.nodes,
  }));
  const [open, setOpen] = useState(true);
  const [active, setActive] = useState<string | null>(null);
  const tree = useRef<HTMLUListElement>(null);
  const branches = useMemo(() => branchesOf(document), [document]);
  const current = branches.some((branch) => branch.id === active) ? active : branches[0]?.id;

  const onKeyDown = (event: KeyboardEvent): void => {
    const place = branches.findIndex((branch) => branch.id === current);
    const targets: Record<string, number> = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: branches.length - 1 };
    const target = branches[Math.max(0, Math.min(branches.length - 1, targets[event.key] ?? -1))];
    if (event.key in targets && target) {
      event.preventDefault();
      setActive(target.id);
      tree.current?.querySelector<HTMLElement>(`[data-branch="${target.id}"]`)?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && !event.shiftKey && current) {
      event.preventDefault();
      store.setState({ selection: { nodes: [current], edges: [] } });
    }
  };

  return (
    <section className={css.outline}>
      <button type="button" className={css.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="chevron" />
        Outline
      </button>
      {open ? (
        <ul ref={tree} role="tree" aria-label="Model outline" onKeyDown={onKeyDown}>
          {branches.map((branch) => {
            const size = status[branch.id]?.size;
            const kind = schema.nodes[branch.kind];
            const label = [branch.name, branch.kind, typeof size === "number" ? features(size) : null].filter(Boolean).join(", ");
            return (
              <li
                key={branch.id}
                role="treeitem"
                aria-label={label}
                aria-selected={selected.includes(branch.id)}
                data-branch={branch.id}
                tabIndex={branch.id === current ? 0 : -1}
                onFocus={() => setActive(branch.id)}
                onClick={() => store.setState({ selection: { nodes: [branch.id], edges: [] } })}
              >
                <span className={css.row}>
                  {kind ? <FamilyMark family={kind.family} /> : null}
                  <span>{branch.name}</span>
                </span>
                {branch.inputs.length > 0 ? (
                  <ul role="group">
                    {branch.inputs.map((text) => (
                      <li key={text} role="treeitem" className="rcw-soft">
                        {text}
                      </li>
                    ))}
                  </ul>
                ) : null}
              </li>
            );
          })}
          {branches.length === 0 ? (
            <li role="treeitem" className="rcw-soft">
              no nodes yet
            </li>
          ) : null}
        </ul>
      ) : null}
    </section>
  );
}

import { useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import type { Placement } from "../canvas/usePlacement";
import { FamilyMark } from "../controls/Icon";
import type { NodeKind } from "../generated";
import { useSelect } from "../state/context";
import { usePaletteDrag } from "./usePaletteDrag";

interface Props {
  placement: Placement;
  search: RefObject<HTMLInputElement | null>;
  root: RefObject<HTMLElement | null>;
  onAdded?: () => void;
}

const matches = (kind: NodeKind, words: string): boolean =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `${kind.kind} ${kind.label} ${kind.group} ${kind.doc}`.toLowerCase().includes(word));

/** The node kinds by group: drag one to the canvas, or choose it with a click or Enter and it finds a free place. */
export function Palette({ placement, search, root, onAdded }: Props) {
  const kinds = useSelect((state) => state.schema.nodes);
  const [words, setWords] = useState("");
  const [active, setActive] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);

  const groups = useMemo(() => {
    const shown = Object.values(kinds).filter((kind) => matches(kind, words.trim()));
    const names = [...new Set(shown.map((kind) => kind.group))];
    return names.map((name) => ({ name, kinds: shown.filter((kind) => kind.group === name) }));
  }, [kinds, words]);
  const order = groups.flatMap((group) => group.kinds.map((kind) => kind.kind));
  const current = active !== null && order.includes(active) ? active : order[0];

  const add = (kind: string): void => {
    placement.add(kind);
    onAdded?.();
  };
  const drag = usePaletteDrag(root, placement, onAdded);

  const focus = (kind: string | undefined): void => {
    if (kind === undefined) return;
    setActive(kind);
    const options = list.current?.querySelectorAll<HTMLElement>("[data-kind]") ?? [];
    [...options].find((option) => option.dataset["kind"] === kind)?.focus();
  };

  const onListKey = (event: KeyboardEvent): void => {
    const place = order.indexOf(current ?? "");
    const targets: Record<string, number> = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: order.length - 1 };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      if (target < 0) search.current?.focus();
      else focus(order[Math.min(target, order.length - 1)]);
    } else if ((event.key === "Enter" || event.key === " ") && !event.shiftKey && current !== undefined) {
      event.preventDefault();
      add(current);
    }
  };

  return (
    <div className="rcw-palette">
      <input
        ref={search}
        type="search"
        className="rcw-search"
        placeholder="Search  /"
        aria-label="Search nodes"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            focus(order[0]);
          } else if (event.key === "Enter" && !event.shiftKey && words.trim() !== "" && order[0]) add(order[0]);
          else if (event.key === "Escape" && words !== "") {
            event.stopPropagation();
            setWords("");
          }
        }}
      />
      <div ref={list} className="rcw-list" role="listbox" aria-label="Node palette" onKeyDown={onListKey}>
        {groups.map((group) => (
          <div key={group.name} role="group" aria-label={group.name}>
            <div className="rcw-list-head" aria-hidden="true">
              {group.name}
            </div>
            {group.kinds.map((kind) => (
              <div
                key={kind.kind}
                role="option"
                aria-selected={kind.kind === active}
                aria-label={kind.kind}
                data-kind={kind.kind}
                tabIndex={kind.kind === current ? 0 : -1}
                className="rcw-option"
                title={`${kind.doc} Drag it to the canvas, or click.`}
                onFocus={() => setActive(kind.kind)}
                onClick={() => {
                  if (!drag.justDragged()) add(kind.kind);
                }}
                {...drag.handlersOf(kind)}
              >
                <FamilyMark family={kind.family} />
                <span>{kind.kind}</span>
              </div>
            ))}
          </div>
        ))}
        {order.length === 0 ? <p className="rcw-soft rcw-none">No node is called that.</p> : null}
      </div>
      {drag.ghost ? (
        <div className="rcw-ghost" style={{ left: drag.ghost.x, top: drag.ghost.y }} aria-hidden="true">
          <FamilyMark family={drag.ghost.kind.family} />
          {drag.ghost.kind.kind}
        </div>
      ) : null}
    </div>
  );
}

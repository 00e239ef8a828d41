import { useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import type { Placement } from "../canvas/usePlacement";
import { FamilyMark } from "../controls/Icon";
import { LockMark } from "../controls/Lockable";
import { LOCKED, isLocked } from "../model/locks";
import { aliasFound, searched } from "../model/search";
import { useApp, useSelect } from "../state/context";
import { usePaletteDrag } from "./usePaletteDrag";
import { css } from "./palette.module.css";

interface Props {
  placement: Placement;
  search: RefObject<HTMLInputElement | null>;
  root: RefObject<HTMLElement | null>;
  onAdded?: () => void;
}

/**
 * The node kinds by group, or as a search finds them: drag one to the canvas, or choose it with a click or Enter and it finds a place, after
 * the node that is selected.
 */
export function Palette({ placement, search, root, onAdded }: Props) {
  const { id } = useApp();
  const kinds = useSelect((state) => state.schema.nodes);
  const locked = useSelect((state) => isLocked(state.locks, "model"));
  const [words, setWords] = useState("");
  const [active, setActive] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);

  const searching = words.trim() !== "";
  const groups = useMemo(() => {
    const shown = searched(Object.values(kinds), words);
    if (searching) return [{ name: "Found", kinds: shown }];
    const names = [...new Set(shown.map((kind) => kind.group))];
    return names.map((name) => ({ name, kinds: shown.filter((kind) => kind.group === name) }));
  }, [kinds, words, searching]);
  const order = groups.flatMap((group) => group.kinds.map((kind) => kind.kind));
  const current = active !== null && order.includes(active) ? active : order[0];

  /** The new node gets the focus once it is drawn; until then the canvas has it, not the list. */
  const added = (): void => {
    setWords("");
    root.current?.focus({ preventScroll: true });
    onAdded?.();
  };
  const add = (kind: string): void => {
    placement.add(kind);
    added();
  };
  const drag = usePaletteDrag(root, placement, added);

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
    <div className={css.palette}>
      {locked ? (
        <p className={`rcw-soft ${css.none}`}>
          <LockMark /> {LOCKED}
        </p>
      ) : null}
      <input
        ref={search}
        type="search"
        className={css.search}
        placeholder="Search  /"
        aria-label="Search nodes"
        value={words}
        aria-controls={`${id}-nodes`}
        aria-activedescendant={searching && current ? `${id}-node-${current}` : undefined}
        onChange={(event) => {
          setWords(event.target.value);
          setActive(null);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            focus(order[0]);
          } else if (event.key === "Enter" && !event.shiftKey && searching && current) add(current);
          else if (event.key === "Escape" && words !== "") {
            event.stopPropagation();
            setWords("");
          }
        }}
      />
      <div ref={list} id={`${id}-nodes`} className={css.list} role="listbox" aria-label="Node palette" onKeyDown={onListKey}>
        {groups.map((group) => (
          <div key={group.name} role="group" aria-label={group.name}>
            <div className={css.head} aria-hidden="true">
              {group.name}
            </div>
            {group.kinds.map((kind) => (
              <div
                key={kind.kind}
                id={`${id}-node-${kind.kind}`}
                role="option"
                aria-selected={kind.kind === (searching ? current : active)}
                aria-label={kind.kind}
                aria-disabled={locked || undefined}
                data-kind={kind.kind}
                tabIndex={kind.kind === current ? 0 : -1}
                className={`${css.option}${searching && kind.kind === current ? ` ${css.marked}` : ""}`}
                title={`${kind.doc} Drag it to the canvas, or click.`}
                onFocus={() => setActive(kind.kind)}
                onClick={() => {
                  if (!drag.justDragged()) add(kind.kind);
                }}
                {...drag.handlersOf(kind)}
              >
                <FamilyMark family={kind.family} />
                <span>
                  {kind.kind}
                  {aliasFound(kind, words) ? <small className={css.alias}>{aliasFound(kind, words)}</small> : null}
                </span>
              </div>
            ))}
          </div>
        ))}
        {order.length === 0 ? <p className={`rcw-soft ${css.none}`}>No node is called that.</p> : null}
      </div>
      {drag.ghost ? (
        <div className={css.ghost} style={{ left: drag.ghost.x, top: drag.ghost.y }} aria-hidden="true">
          <FamilyMark family={drag.ghost.kind.family} />
          {drag.ghost.kind.kind}
        </div>
      ) : null}
    </div>
  );
}

import { ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState, type CSSProperties, type RefObject } from "react";
import { Button } from "./controls/Button";
import { Canvas } from "./canvas/Canvas";
import { usePlacement } from "./canvas/usePlacement";
import { usePlaygroundKeys } from "./canvas/usePlaygroundKeys";
import { CodeDialog } from "./panels/CodeDialog";
import { FileDialog } from "./panels/FileDialog";
import { Inspector } from "./panels/Inspector";
import { Output } from "./panels/Output";
import { KeysDialog } from "./panels/KeysDialog";
import { Palette } from "./panels/Palette";
import { StatusLine } from "./panels/StatusLine";
import { TopBar } from "./panels/TopBar";
import { isHidden } from "./model/locks";
import { useApp, useSelect } from "./state/context";
import type { AppState } from "./state/state";
import { useKeptFocus } from "./useKeptFocus";
import { useTheme } from "./useTheme";
import { css } from "./root.module.css";

export type Room = "tight" | "narrow" | "medium" | "wide";

/** How much room the app has: the width of its own box, not of the window. */
export const roomFor = (width: number): Room => (width < 420 ? "tight" : width < 760 ? "narrow" : width < 1440 ? "medium" : "wide");

const takesData = (state: AppState): boolean =>
  Object.values(state.schema.tasks[state.document.task.kind]?.knobs ?? {}).some((knob) => knob.kind === "columns");

function useRoom(element: RefObject<HTMLElement | null>): Room {
  const [room, setRoom] = useState<Room>("medium");
  useEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const measure = (): void => {
      if (target.clientWidth > 0) setRoom(roomFor(target.clientWidth));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return room;
}

export function Root() {
  return (
    <ReactFlowProvider>
      <Layout />
    </ReactFlowProvider>
  );
}

function Layout() {
  const { store } = useApp();
  const { view, height, connected, reached, wantsData, withPalette, withInspector } = useSelect((state) => ({
    withPalette: !isHidden(state.locks, "palette"),
    withInspector: !isHidden(state.locks, "inspector"),
    view: state.view,
    height: state.height,
    connected: state.connected,
    reached: state.reached,
    wantsData: state.data === null && takesData(state),
  }));
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [listOpen, setListOpen] = useState(false);
  const { dark } = useTheme();
  const room = useRoom(root);
  const placement = usePlacement(canvas);
  const narrow = room === "narrow" || room === "tight";
  // Where there is room for one of them only, the settings take the place of the canvas, so that the forecast stays in view below them.
  const [settingsOpen, setSettingsOpen] = useState(false);
  const covered = narrow && settingsOpen;
  useEffect(() => {
    if (wantsData) setSettingsOpen(true);
  }, [wantsData]);
  const editor = view === "editor";

  const focusRoot = (): void => root.current?.focus({ preventScroll: true });
  const focusSearch = useCallback(() => {
    if (!withPalette) return undefined;
    if (search.current) return search.current.focus();
    setListOpen(true);
    requestAnimationFrame(() => search.current?.focus());
    return undefined;
  }, [withPalette]);
  const keys = usePlaygroundKeys(root, focusSearch);
  useKeptFocus(root);

  const parts = `${withPalette ? "" : " rcw-no-palette"}${withInspector ? "" : " rcw-no-inspector"}`;
  const onAdded = narrow ? { onAdded: () => setListOpen(false) } : {};
  const palette = withPalette ? <Palette placement={placement} search={search} root={root} {...onAdded} /> : null;
  return (
    <div
      ref={root}
      className={`rcw-root rcw-${room}${room === "tight" ? " rcw-narrow" : ""} rcw-view-${view}${dark ? " rcw-dark" : ""}${covered ? " rcw-covered" : ""}${parts}`}
      style={{ "--rcw-height": `${height}px` } as CSSProperties}
      tabIndex={-1}
      data-jp-suppress-context-menu
      onKeyDown={(event) => keys.handle(event.nativeEvent)}
    >
      {reached ? null : (
        <p className={css.banner} role="alert">
          <b>Server not reached.</b> What you see is its last state. It goes on by itself when the server is back.
        </p>
      )}
      {connected || !reached ? null : (
        <p className={css.banner} role="alert">
          <b>Disconnected.</b> The kernel behind this widget is gone: run the cell again. What you see is its last state.
        </p>
      )}
      {editor ? null : <TopBar wide={room === "wide"} />}
      <div className={css.middle}>
        {narrow ? null : palette}
        <div className={css.stage} onPointerDown={(event) => (event.target as Element).closest(".react-flow__pane") && focusRoot()}>
          <Canvas canvas={canvas} dark={dark} withEditing={editor || room !== "wide"} />
          {narrow ? (
            <div className={css.corner}>
              {withPalette ? (
                <Button
                  aria-expanded={listOpen}
                  onClick={() => {
                    setListOpen(!listOpen);
                    setSettingsOpen(false);
                  }}
                >
                  Nodes
                </Button>
              ) : null}
              {withInspector ? (
                <Button
                  aria-expanded={settingsOpen}
                  title="The settings of what is selected, in the place of the canvas"
                  onClick={() => {
                    setSettingsOpen(!settingsOpen);
                    setListOpen(false);
                  }}
                >
                  Settings
                </Button>
              ) : null}
              {listOpen ? palette : null}
            </div>
          ) : null}
          {editor ? (
            <div className={css.status}>
              <StatusLine />
            </div>
          ) : null}
        </div>
        {!withInspector || (narrow && !settingsOpen) ? null : (
          <Inspector
            withKinds={editor}
            allSliders={covered}
            focusCanvas={() => {
              setSettingsOpen(false);
              focusRoot();
            }}
          />
        )}
      </div>
      <Output />
      <KeysDialog onClose={focusRoot} />
      <FileDialog onClose={focusRoot} />
      <CodeDialog
        onClose={() => {
          store.setState({ code: null });
          focusRoot();
        }}
      />
    </div>
  );
}

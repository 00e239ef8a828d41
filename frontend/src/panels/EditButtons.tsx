import { useReactFlow } from "@xyflow/react";
import { Button } from "../controls/Button";
import { IconButton } from "../controls/IconButton";
import { isHidden } from "../model/locks";
import { laidOut } from "../model/layout";
import { useFitView } from "../canvas/useFit";
import { useApp, useSelect } from "../state/context";
import { estimatedSize } from "../state/reducers";
import { css } from "./bar.module.css";

/** Undo, Redo, Auto-layout and Export code: words in the top bar, signs on the canvas. */
export function EditButtons({ look }: { look: "text" | "icon" }) {
  const { actions, store } = useApp();
  const history = useSelect((state) => state.history);
  const withCode = useSelect((state) => !isHidden(state.locks, "code"));
  const flow = useReactFlow();
  const fit = useFitView();

  const layOut = (): void => {
    const state = store.getState();
    if (state.document.nodes.length === 0) return;
    const places = laidOut(state.document, (id) => {
      const size = flow.getInternalNode(id)?.measured;
      return size?.width && size.height ? { width: size.width, height: size.height } : estimatedSize(state, id);
    });
    actions.moveNodes(places, undefined, "Nodes arranged from left to right");
    requestAnimationFrame(() => fit(true));
  };

  const buttons = [
    {
      icon: "undo",
      label: "Undo",
      title: history.undo ? `Undo: ${history.undo}` : "Nothing to undo",
      disabled: !history.undo,
      onClick: () => actions.undo(),
    },
    {
      icon: "redo",
      label: "Redo",
      title: history.redo ? `Redo: ${history.redo}` : "Nothing to redo",
      disabled: !history.redo,
      onClick: () => actions.redo(),
    },
    { icon: "layout", label: "Auto-layout", title: "Auto-layout: arrange the nodes from left to right", disabled: false, onClick: layOut },
    {
      icon: "code",
      label: "Export code",
      title: "Export code: the model and its training in Python",
      disabled: false,
      onClick: () => actions.exportCode(),
    },
  ] as const;

  const shown = buttons.filter((button) => withCode || button.icon !== "code");
  return shown.map((button) =>
    look === "icon" ? (
      <IconButton key={button.label} {...button} />
    ) : (
      <Button
        key={button.label}
        look={button.icon !== "code" && "quiet"}
        title={button.title}
        disabled={button.disabled}
        onClick={button.onClick}
      >
        {button.label}
      </Button>
    ),
  );
}

/** The device that the training runs on. */
export function DeviceChip() {
  const device = useSelect((state) => state.status.device);
  if (!device) return null;
  return (
    <span className={css.chip} title="The device that the training runs on">
      {device}
    </span>
  );
}
